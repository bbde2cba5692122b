use super::*;
use proptest::prelude::*;
use serde_json::json;

fn outcome(issues: Value) -> OperationOutcome {
    let body = json!({ "resourceType": "OperationOutcome", "issue": issues });
    OperationOutcome::read(body.to_string().as_bytes()).unwrap()
}

#[test]
fn codes_come_worst_first_and_each_once() {
    let outcome = outcome(json!([
        { "severity": "warning", "code": "informational" },
        { "severity": "error", "code": "business-rule" },
        { "severity": "fatal", "code": "structure" },
        { "severity": "error", "code": "business-rule" },
        { "severity": "error", "code": "ZZZ0016" },
    ]));
    assert_eq!(
        outcome.codes(),
        ["structure", "business-rule", "unlisted", "informational"]
    );
    assert_eq!(outcome.severity(), Some(Severity::Fatal));
}

#[test]
fn only_what_is_transient_throughout_is_transient() {
    let transient = |codes: &[&str]| {
        let issues = codes
            .iter()
            .map(|code| json!({ "severity": "error", "code": code }));
        outcome(issues.collect()).is_transient()
    };
    for code in [
        "lock-error",
        "no-store",
        "exception",
        "timeout",
        "incomplete",
        "throttled",
    ] {
        assert!(transient(&[code]), "{code}");
    }
    assert!(!transient(&["throttled", "business-rule"]));
    assert!(!transient(&["forbidden"]));
    assert!(!transient(&[]));
}

#[test]
fn bodies_that_are_no_outcome_are_nothing() {
    let whole =
        json!({ "resourceType": "OperationOutcome", "issue": [{ "code": "value" }] }).to_string();
    for end in 0..whole.len() {
        assert_eq!(
            OperationOutcome::read(&whole.as_bytes()[..end]),
            None,
            "cut at {end}"
        );
    }
    for other in [
        "<html>502</html>",
        r#"{"statusCode":404,"message":"Resource not found"}"#,
        "[]",
        "null",
    ] {
        assert_eq!(OperationOutcome::read(other.as_bytes()), None, "{other}");
    }
}

#[test]
fn issues_in_another_shape_are_taken_for_what_they_are() {
    let outcome = outcome(json!([null, "x", { "code": 7, "expression": "Media", "details": [] }]));
    assert_eq!(outcome.codes(), ["unlisted"]);
    assert_eq!(outcome.paths(), Vec::<&str>::new());
}

#[test]
fn an_element_is_named_by_path_or_by_text_and_not_by_chance() {
    let by_path = outcome(json!([{ "expression": ["Media.bodySite.coding[1]"] }]));
    assert!(by_path.names("Media", "bodySite") && !by_path.names("Media", "view"));
    assert!(!by_path.names("Media", "body"));
    let by_text =
        outcome(json!([{ "diagnostics": "Element 'operator' and Media.view are unknown" }]));
    assert!(by_text.names("Media", "operator") && by_text.names("Media", "view"));
    let by_chance = outcome(json!([{ "details": { "text": "please note the size in view" } }]));
    assert!(
        !["note", "size", "view"]
            .iter()
            .any(|element| by_chance.names("Media", element))
    );
    let older = outcome(json!([{ "location": ["Media.note"] }]));
    assert!(older.names("Media", "note"));
}

#[test]
fn nothing_a_patient_is_known_by_comes_out_of_it() {
    let outcome = outcome(json!([{
        "severity": "error",
        "code": "value",
        "details": { "text": "Ngata ZZZ0016" },
        "diagnostics": "Ngata ZZZ0016",
        "expression": ["Media.where(value='ZZZ0016')", "ZZZ0016", "Media.ZZZ0016", "Media.identifier[0].value"],
    }]));
    assert_eq!(outcome.paths(), ["Media.identifier[0].value"]);
    let shown = format!("{outcome:?}");
    assert!(
        !shown.contains("ZZZ0016") && !shown.contains("Ngata"),
        "{shown}"
    );
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..100), text in ".{0,40}") {
        let _ = OperationOutcome::read(&bytes);
        let outcome = outcome(json!([{ "diagnostics": text, "expression": [text] }]));
        let _ = (outcome.names("Media", "note"), outcome.paths());
    }
}
