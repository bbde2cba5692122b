//! What programs before the renaming stored must load.

use super::{OutboxEntry, OutboxRules, OutboxState};
use crate::moment::Moment;

fn stored(state: &str) -> OutboxEntry {
    let (picture, digest) = ("5".repeat(32), "a".repeat(64));
    let text = format!(
        r#"{{"pages":[{{"picture":"{picture}","sha256":"{digest}"}}],"patient":"{digest}","revision":7,
            "committed_at":1000,"targets":["scanPdf"],"records":[],"spare":["d1"],"fence":3,"tries":2,
            "correlations":["c1"],"stage":{state},"outcomes":1,"recorded":0}}"#
    );
    serde_json::from_str(&text).unwrap()
}

#[test]
fn an_entry_under_its_older_names_loads() {
    let entry = stored(
        r#"{"sending":{"fence":3,"worker":"77777777777777777777777777777777","since":1,"until":9}}"#,
    );
    assert_eq!((entry.fencing_token, entry.tries), (3, 2));
    assert_eq!(entry.duplicates, ["d1"]);
    let OutboxState::Sending(lease) = entry.state else {
        panic!("{:?}", entry.state)
    };
    assert_eq!(
        (lease.fencing_token, lease.until),
        (3, Moment::from_millis(9))
    );
}

#[test]
fn an_unknown_outcome_under_its_older_names_loads() {
    let entry = stored(
        r#"{"unknown":{"since":1,"absences":1,"vain":4,"failure":{"reason":"noAnswer","technical":"t"},"look_at":5,
            "looking":{"fence":3,"worker":"77777777777777777777777777777777","since":1,"until":9}}}"#,
    );
    let OutboxState::Unknown(reconciliation) = entry.state else {
        panic!("{:?}", entry.state)
    };
    assert_eq!(
        (reconciliation.not_found, reconciliation.failed_lookups),
        (1, 4)
    );
    assert_eq!(reconciliation.next_lookup_at, Moment::from_millis(5));
    assert_eq!(
        reconciliation.lease.map(|lease| lease.fencing_token),
        Some(3)
    );
}

#[test]
fn rules_under_their_older_names_load() {
    let text = r#"{"targets":["media"],"lease":{"secs":120,"nanos":0},"quiet":{"secs":330,"nanos":0},
        "second_look":{"secs":60,"nanos":0},"absences":2,"looks":8,"tries":5,
        "first_wait":{"secs":5,"nanos":0},"longest_wait":{"secs":600,"nanos":0}}"#;
    let rules: OutboxRules = serde_json::from_str(text).unwrap();
    assert_eq!(rules, OutboxRules::default());
}
