//! What was stored stays readable.

use super::*;
use crate::id::PracticeId;

/// A session as it was stored until November 2026, when a deployment had one practice.
const OF_ONE_PRACTICE: &str = r#"{
    "view": {
        "id": "0000000000000000000000000000002a", "epoch": 7, "revision": 0,
        "launch": {
            "patient": {
                "id": "14e52e16edb7a435bfa05e307afd008b", "nhi": "ZZZ0016", "family": "Ngātai", "given": "Aroha",
                "born": "1971-03-18", "sex": "female"
            },
            "facility": { "code": "F2N060-E", "name": "Kōwhai Medical Centre" },
            "provider": { "id": "7d1f0a3b", "name": "Dr Hinemoa Walker" },
            "launched_at": 1795000000000, "demo": false
        },
        "patient_mark": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "links": [], "pictures": [], "others": 0, "most_pictures": 20, "targets": ["media"], "ended": null
    },
    "version": 3,
    "limits": {
        "most_pictures": 20,
        "pairing": { "secs": 300, "nanos": 0 }, "phone_idle": { "secs": 600, "nanos": 0 },
        "session_idle": { "secs": 7200, "nanos": 0 }, "put": { "secs": 300, "nanos": 0 },
        "get": { "secs": 900, "nanos": 0 }, "keep_ended": { "secs": 1800, "nanos": 0 },
        "filing": {
            "targets": ["media"], "lease": { "secs": 120, "nanos": 0 }, "quiet": { "secs": 330, "nanos": 0 },
            "second_look": { "secs": 60, "nanos": 0 }, "absences": 2, "looks": 8, "tries": 5,
            "first_wait": { "secs": 5, "nanos": 0 }, "longest_wait": { "secs": 600, "nanos": 0 }
        }
    },
    "keys": {
        "desktop": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "codes": {}, "phones": {}
    },
    "room": 42, "uploads": {}, "attempts": 0, "doomed": [], "filings": {},
    "active_at": 1795000000000, "phone_active_at": {}, "ended_at": null
}"#;

#[test]
fn a_session_from_before_there_was_a_choice_belongs_to_the_environments_practice() {
    let session: Session = serde_json::from_str(OF_ONE_PRACTICE).unwrap();
    let launch = &session.view.launch;
    assert_eq!(launch.practice, PracticeId::of_environment());
    assert_eq!(launch.facility.code.as_str(), "F2N060-E");
    let again = serde_json::to_string(&session).unwrap();
    assert!(again.contains(r#""practice":"practice""#));
    assert_eq!(serde_json::from_str::<Session>(&again).unwrap(), session);
}
