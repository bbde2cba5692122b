//! Posting one picture, and what is known about it afterwards.
//!
//! A Media can neither be changed nor deleted through ALEX, and nothing at ALEX stops a second one.
//! So only what is certain to have created nothing may be called failed, and only that is ever
//! posted again: a refused token, and an optional element that ALEX names as the reason of its
//! refusal.

use super::call::{Answer, Attempts, Budget, Call, End, Gateway, Reply};
use super::oauth::TokenFault;
use bytes::Bytes;
use clinical_images::fhir;
use clinical_images::fhir::media::{Media, Optional};
use clinical_images::fhir::outcome::OperationOutcome;
use clinical_images::launch::FacilityCode;
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::session::FilingOutcome;

/// Where a picture goes.
pub(super) struct Target<'a> {
    pub url: String,
    pub facility: &'a FacilityCode,
    pub correlation: &'a str,
    pub budget: Budget,
}

/// Posts a picture; when ALEX refuses it for an optional element, once without what it named, and
/// once with the least.
pub(super) async fn post(
    gateway: &Gateway,
    mut media: Media<'_>,
    target: Target<'_>,
) -> FilingOutcome {
    let Target {
        url,
        facility,
        correlation,
        budget,
    } = target;
    let mut attempts = Attempts::of(correlation);
    let mut call = Call {
        what: "POST Media",
        url,
        facility,
        body: None,
    };
    let mut simpler = [Named::Only, Named::WithTheRest].into_iter();
    loop {
        call.body = Some(Bytes::from(media.to_json()));
        let reply = gateway.send(&call, &mut attempts, budget).await;
        let refusal = reply.outcome().filter(|_| reply.status() == Some(400));
        match refusal.zip(simpler.next()) {
            Some((refusal, what)) if simplify(&mut media, &refusal, what) => {}
            _ => return conclude(&reply),
        }
    }
}

/// What to leave out of the next version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Only,
    WithTheRest,
}

/// Leaves out the optional elements that ALEX named. Whether there were any.
fn simplify(media: &mut Media<'_>, refusal: &OperationOutcome, what: Named) -> bool {
    let named = |element: &Optional| refusal.names("Media", element.path());
    let mut found = false;
    for element in Optional::ALL.into_iter().filter(named) {
        found |= media.leave_out(element);
    }
    if found && what == Named::WithTheRest {
        for element in Optional::ALL {
            media.leave_out(element);
        }
    }
    found
}

/// What a reply, or its absence, makes known.
pub(super) fn conclude(reply: &Reply) -> FilingOutcome {
    let failure = |reason| FilingFailure {
        reason,
        technical: reply.told(),
    };
    let reason = match &reply.end {
        End::NoToken(TokenFault::Refused(_)) => Some(FilingReason::Credentials),
        End::NoToken(TokenFault::Away(_)) | End::NotSent(_) => Some(FilingReason::AlexAway),
        End::Silent(_) => None,
        End::Answered(answer) => {
            if let Some(record) = created(answer) {
                return FilingOutcome::Filed { record };
            }
            certain_refusal(answer.status, reply.outcome().as_ref())
        }
    };
    match reason {
        Some(reason) => FilingOutcome::Failed(failure(reason)),
        None => FilingOutcome::Unknown(failure(FilingReason::NoAnswer)),
    }
}

/// ALEX's id of the Media, when it says that there is one.
fn created(answer: &Answer) -> Option<String> {
    let body = answer
        .body
        .as_deref()
        .ok()
        .filter(|_| answer.is_success())?;
    let media = fhir::resource(body, "Media").ok()?;
    fhir::id(&media).map(str::to_owned)
}

/// Statuses with which nothing was created; any other leaves it open.
fn certain_refusal(status: u16, outcome: Option<&OperationOutcome>) -> Option<FilingReason> {
    match status {
        401 => Some(FilingReason::Credentials),
        403 => Some(FilingReason::Forbidden),
        429 => Some(FilingReason::AlexAway),
        400 | 404 | 405 | 413 | 415 | 422 => {
            let transient = outcome.is_some_and(OperationOutcome::is_transient);
            Some(if transient {
                FilingReason::AlexAway
            } else {
                FilingReason::Rejected
            })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use FilingReason::{AlexAway, Credentials, Forbidden, NoAnswer, Rejected};

    fn outcome_of(end: End) -> FilingOutcome {
        conclude(&Reply {
            what: "POST Media",
            correlation: "c1".into(),
            end,
        })
    }

    fn answered(status: u16, body: &str) -> FilingOutcome {
        let body = Ok(body.as_bytes().to_vec());
        outcome_of(End::Answered(Answer {
            status,
            retry_after: None,
            body,
        }))
    }

    fn failed(reason: FilingReason, technical: &str) -> FilingOutcome {
        FilingOutcome::Failed(FilingFailure {
            reason,
            technical: technical.to_owned(),
        })
    }

    fn unknown(technical: &str) -> FilingOutcome {
        FilingOutcome::Unknown(FilingFailure {
            reason: NoAnswer,
            technical: technical.to_owned(),
        })
    }

    #[test]
    fn every_status_is_certain_or_it_is_not() {
        for status in 100..600 {
            let told = format!("POST Media: {status}, correlation c1");
            let expected = match status {
                400 | 404 | 405 | 413 | 415 | 422 => failed(Rejected, &told),
                401 => failed(Credentials, &told),
                403 => failed(Forbidden, &told),
                429 => failed(AlexAway, &told),
                _ => unknown(&told),
            };
            for body in ["", "<html>", "{", "null", r#"{"statusCode":404}"#] {
                assert_eq!(answered(status, body), expected, "{status} {body}");
            }
        }
    }

    #[test]
    fn filed_is_only_what_a_success_calls_a_media_with_an_id() {
        let filed = FilingOutcome::Filed {
            record: "m1".into(),
        };
        for status in [200, 201] {
            assert_eq!(
                answered(status, r#"{"resourceType":"Media","id":"m1"}"#),
                filed
            );
        }
        for body in [
            r#"{"resourceType":"Media"}"#,
            r#"{"resourceType":"Media","id":""}"#,
            r#"{"resourceType":"Media","id":"a b"}"#,
            r#"{"resourceType":"Media","id":7}"#,
            r#"{"resourceType":"OperationOutcome","id":"o1"}"#,
            r#"{"resourceType":"Media","id":"m1""#,
        ] {
            assert_eq!(
                answered(201, body),
                unknown("POST Media: 201, correlation c1"),
                "{body}"
            );
        }
        assert!(matches!(
            answered(500, r#"{"resourceType":"Media","id":"m1"}"#),
            FilingOutcome::Unknown(_)
        ));
    }

    #[test]
    fn without_an_answer_it_depends_on_whether_anything_was_sent() {
        let refused = TokenFault::Refused("401, error invalid_client".into());
        let away = TokenFault::Away("503".into());
        let broken = Answer {
            status: 201,
            retry_after: None,
            body: Err("the answer broke off"),
        };
        for (end, expected) in [
            (
                End::NoToken(refused),
                failed(
                    Credentials,
                    "POST Media: not sent, token refused: 401, error invalid_client, correlation c1",
                ),
            ),
            (
                End::NoToken(away),
                failed(
                    AlexAway,
                    "POST Media: not sent, no token: 503, correlation c1",
                ),
            ),
            (
                End::NotSent("Connection refused".into()),
                failed(
                    AlexAway,
                    "POST Media: not sent, Connection refused, correlation c1",
                ),
            ),
            (
                End::Silent("no answer in time"),
                unknown("POST Media: no answer in time, correlation c1"),
            ),
            (
                End::Answered(broken),
                unknown("POST Media: 201, the answer broke off, correlation c1"),
            ),
        ] {
            assert_eq!(outcome_of(end), expected);
        }
    }

    #[test]
    fn support_reads_codes_and_paths_and_nothing_of_the_text() {
        let body = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"business-rule",
            "diagnostics":"ZZZ0016","details":{"text":"Ngata"},"expression":["Media.identifier","ZZZ0016"]}]}"#;
        let told = "POST Media: 400, issue business-rule, at Media.identifier, correlation c1";
        assert_eq!(answered(400, body), failed(Rejected, told));
    }

    #[test]
    fn a_certain_refusal_that_will_pass_is_told_as_away() {
        let body = r#"{"resourceType":"OperationOutcome","issue":[{"severity":"error","code":"throttled"}]}"#;
        assert_eq!(
            answered(400, body),
            failed(AlexAway, "POST Media: 400, issue throttled, correlation c1")
        );
        let busy = Answer {
            status: 429,
            retry_after: Some(2),
            body: Ok(Vec::new()),
        };
        let told = "POST Media: 429, retry after 2 s, correlation c1";
        assert_eq!(outcome_of(End::Answered(busy)), failed(AlexAway, told));
    }
}
