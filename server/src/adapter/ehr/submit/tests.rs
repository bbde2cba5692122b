use super::*;
use crate::adapter::ehr::oauth::TokenFault;
use FilingReason::{AlexUnavailable, Credentials, NoAnswer, Rejected};

const OURS: &str = "2a";

fn outcome_of(end: End) -> SubmitOutcome {
    let reply = Reply {
        what: "POST Media",
        correlation: "c1".into(),
        end,
    };
    conclude(&reply, "Media", OURS)
}

fn answered(status: u16, body: &str) -> SubmitOutcome {
    located(status, None, body)
}

fn located(status: u16, location: Option<&str>, body: &str) -> SubmitOutcome {
    outcome_of(End::Answered(Answer {
        status,
        retry_after: None,
        location: location.map(str::to_owned),
        body: Ok(body.as_bytes().to_vec()),
    }))
}

fn failure(reason: FilingReason, technical: &str) -> FilingFailure {
    FilingFailure {
        reason,
        technical: technical.to_owned(),
    }
}

fn unknown(technical: &str) -> SubmitOutcome {
    SubmitOutcome::Unknown(failure(NoAnswer, technical))
}

fn filed(record: &str) -> SubmitOutcome {
    SubmitOutcome::Filed {
        record: record.into(),
    }
}

#[test]
fn filed_is_only_what_a_success_calls_ours_with_an_id() {
    for status in [200, 201] {
        assert_eq!(
            answered(status, r#"{"resourceType":"Media","id":"m1"}"#),
            filed("m1")
        );
    }
    let with = |value: &str| {
        let own = format!(r#"{{"system":"{PICTURE_SYSTEM}","value":"{value}"}}"#);
        format!(r#"{{"resourceType":"Media","id":"m1","identifier":[{{"value":"x"}},{own}]}}"#)
    };
    assert_eq!(answered(201, &with(OURS)), filed("m1"));
    for body in [
        r#"{"resourceType":"Media"}"#,
        r#"{"resourceType":"Media","id":""}"#,
        r#"{"resourceType":"Media","id":"a b"}"#,
        r#"{"resourceType":"Media","id":7}"#,
        r#"{"resourceType":"OperationOutcome","id":"o1"}"#,
        r#"{"resourceType":"Media","id":"m1""#,
        &with("somebody else's"),
    ] {
        let expected = unknown("POST Media: 201, correlation c1");
        assert_eq!(answered(201, body), expected, "{body}");
    }
    let refused = answered(500, r#"{"resourceType":"Media","id":"m1"}"#);
    assert!(matches!(refused, SubmitOutcome::Unknown(_)));
}

#[test]
fn where_a_created_record_lies_tells_its_id_too() {
    for location in [
        "https://alex.example.test/fhir/Media/m1/_history/1",
        "https://alex.example.test/FHIR/Media/m1",
        "https://alex.example.test/fhir/media/m1",
        "Media/m1",
    ] {
        for body in ["", "<html>", "{", r#"{"resourceType":"Media"}"#] {
            let outcome = located(201, Some(location), body);
            assert_eq!(outcome, filed("m1"), "{location} {body}");
        }
    }
    let other = format!(r#"{{"system":"{PICTURE_SYSTEM}","value":"other"}}"#);
    let body = format!(r#"{{"resourceType":"Media","id":"m2","identifier":[{other}]}}"#);
    let outcome = located(201, Some("Media/m1"), &body);
    assert!(matches!(outcome, SubmitOutcome::Unknown(_)), "{outcome:?}");
    for (status, location) in [
        (200, "Media/m1"),
        (202, "Media/m1"),
        (201, "Patient/m1"),
        (201, "Media/"),
        (201, "Media/a b"),
        (500, "Media/m1"),
    ] {
        let outcome = located(status, Some(location), "");
        assert!(
            matches!(outcome, SubmitOutcome::Unknown(_)),
            "{status} {location}"
        );
    }
}

#[test]
fn support_reads_what_happened_and_when_nothing_was_sent() {
    let broken = Answer {
        status: 201,
        retry_after: None,
        location: None,
        body: Err("the answer broke off"),
    };
    let later = |technical: &str| SubmitOutcome::Later {
        failure: failure(AlexUnavailable, technical),
        after: None,
    };
    for (end, expected) in [
        (
            End::NoToken(TokenFault::Refused("401, error invalid_client".into())),
            SubmitOutcome::Failed(failure(
                Credentials,
                "POST Media: not sent, token refused: 401, error invalid_client, correlation c1",
            )),
        ),
        (
            End::NoToken(TokenFault::Unavailable("503".into())),
            later("POST Media: not sent, no token: 503, correlation c1"),
        ),
        (
            End::NotSent("Connection refused".into()),
            later("POST Media: not sent, Connection refused, correlation c1"),
        ),
        (
            End::NoResponse("no answer in time"),
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
    let text = "POST Media: 400, issue business-rule, at Media.identifier, correlation c1";
    assert_eq!(
        answered(400, body),
        SubmitOutcome::Failed(failure(Rejected, text))
    );
}
