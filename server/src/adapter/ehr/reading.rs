//! What a reply to a read means, and the fault when it is not a resource.

use super::answer::Answer;
use super::call::{End, Reply};
use super::oauth::TokenFault;
use clinical_images::fhir::{self, ParseError};
use clinical_images::ports::EhrFault;
use serde_json::Value;

/// The resource of this type that was answered.
pub(super) fn resource(reply: &Reply, kind: &'static str) -> Result<Value, EhrFault> {
    fhir::resource(body(reply)?, kind).map_err(|error| protocol_fault(reply, error))
}

/// The body of a success.
pub(super) fn body(reply: &Reply) -> Result<&[u8], EhrFault> {
    match &reply.end {
        End::Answered(answer) if answer.is_success() => {
            // A body that did not arrive whole is an answer that did not come.
            answer
                .body
                .as_deref()
                .map_err(|_| EhrFault::Unavailable(reply.support_text()))
        }
        End::Answered(answer) => Err(refusal(reply, answer)),
        End::NoToken(TokenFault::Refused(_)) => Err(EhrFault::Refused(reply.support_text())),
        End::NoToken(TokenFault::Unavailable(_)) | End::NotSent(_) | End::NoResponse(_) => {
            Err(EhrFault::Unavailable(reply.support_text()))
        }
    }
}

/// The answer came and makes no sense.
pub(super) fn protocol_fault(reply: &Reply, error: ParseError) -> EhrFault {
    EhrFault::Protocol(format!("{}, {error}", reply.support_text()))
}

fn refusal(reply: &Reply, answer: &Answer) -> EhrFault {
    let text = reply.support_text();
    let transient = reply
        .outcome()
        .is_some_and(|outcome| outcome.is_transient());
    match answer.status {
        401 | 403 => EhrFault::Refused(text),
        404 | 410 => EhrFault::NotFound(text),
        408 | 429 | 500.. => EhrFault::Unavailable(text),
        _ if transient => EhrFault::Unavailable(text),
        _ => EhrFault::Protocol(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(status: u16, body: &str) -> EhrFault {
        let answer = Answer {
            status,
            retry_after: None,
            location: None,
            body: Ok(body.as_bytes().to_vec()),
        };
        let reply = Reply {
            what: "GET Patient",
            correlation: "c1".into(),
            end: End::Answered(answer),
        };
        resource(&reply, "Patient").unwrap_err()
    }

    #[test]
    fn every_refusal_of_a_read_has_its_kind() {
        let outcome = |code| {
            format!(
                r#"{{"resourceType":"OperationOutcome","issue":[{{"severity":"error","code":"{code}"}}]}}"#
            )
        };
        for (status, body, expected) in [
            (
                401,
                String::new(),
                "ALEX refuses: GET Patient: 401, correlation c1",
            ),
            (
                403,
                outcome("forbidden"),
                "ALEX refuses: GET Patient: 403, issue forbidden, correlation c1",
            ),
            (
                404,
                r#"{"statusCode":404}"#.into(),
                "ALEX does not know it: GET Patient: 404, correlation c1",
            ),
            (
                503,
                outcome("transient"),
                "ALEX unavailable: GET Patient: 503, issue transient, correlation c1",
            ),
            (
                502,
                "<html>".into(),
                "ALEX unavailable: GET Patient: 502, correlation c1",
            ),
            (
                429,
                String::new(),
                "ALEX unavailable: GET Patient: 429, correlation c1",
            ),
            (
                400,
                outcome("throttled"),
                "ALEX unavailable: GET Patient: 400, issue throttled, correlation c1",
            ),
            (
                400,
                outcome("invalid"),
                "ALEX violated its protocol: GET Patient: 400, issue invalid, correlation c1",
            ),
            (
                302,
                String::new(),
                "ALEX violated its protocol: GET Patient: 302, correlation c1",
            ),
            (
                200,
                "{".into(),
                "ALEX violated its protocol: GET Patient: 200, correlation c1, the body is not JSON",
            ),
            (
                200,
                "{}".into(),
                "ALEX violated its protocol: GET Patient: 200, correlation c1, the body is not a Patient",
            ),
        ] {
            assert_eq!(fault(status, &body).to_string(), expected);
        }
    }
}
