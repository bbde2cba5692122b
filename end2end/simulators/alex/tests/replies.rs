//! Every reply of the catalogue, seen from outside: what the caller hears, and what is in the ledger
//! then and later.
#![allow(clippy::unwrap_used)]

mod common;
#[path = "replies/expected.rs"]
mod expected;
#[path = "replies/seen.rs"]
mod seen;

use std::collections::BTreeSet;

use common::{Alex, FIRST, NHI, dir, media};
use expected::{ANSWERS, STATUSES, creates};
use reqwest::Method;
use seen::Seen::{self, Refusal};
use seen::look;
use serde_json::{Value, json};

async fn observe(name: &str, heard: &Seen, now: usize, later: usize) {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let step = json!([{ "match": { "kind": "media", "identifier": "img-1" }, "reply": name }]);
    assert_eq!(alex.script(step).await, 201, "{name}");
    let sent = media("img-1");
    let seen = alex.without_waiting(look(alex.post_media(&sent))).await;
    assert_eq!(seen, *heard, "{name}");
    assert_eq!(alex.own("script").await, json!([]), "{name} is used up");
    assert_eq!(
        alex.created().await.len(),
        now,
        "{name}: by the time of the reply"
    );
    let stands = alex.advance(300, 0).await;
    assert_eq!(stands["late"], 0, "{name}");
    assert_eq!(
        alex.created().await,
        vec!["img-1"; later],
        "{name}: in the end"
    );
    let ledger = alex.own("ledger").await;
    let duplicates = ledger["duplicates"].as_array().unwrap();
    assert_eq!(duplicates.len(), usize::from(later > 1), "{name}");
}

#[tokio::test]
async fn every_reply_to_a_create_is_heard_as_told_and_creates_what_it_says() {
    for (name, heard, now, later) in creates() {
        observe(name, &heard, now, later).await;
    }
}

#[tokio::test]
async fn every_status_comes_with_its_code_having_created_or_not() {
    for (status, code) in STATUSES {
        let heard = Refusal(status, code.to_owned());
        observe(&status.to_string(), &heard, 0, 0).await;
        observe(&format!("{status}-created"), &heard, 1, 1).await;
    }
}

#[tokio::test]
async fn the_tables_here_name_the_whole_catalogue_and_agree_with_it() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let catalogue = alex.own("catalogue").await;
    let catalogue = catalogue.as_array().unwrap();
    let name = |entry: &Value| entry["name"].as_str().unwrap().to_owned();
    let listed: BTreeSet<_> = catalogue.iter().map(name).collect();
    assert_eq!(listed.len(), catalogue.len(), "no name twice");
    let mut seen: BTreeSet<_> = creates().iter().map(|row| row.0.to_owned()).collect();
    seen.extend(ANSWERS.iter().map(|name| (*name).to_owned()));
    for (status, _) in STATUSES {
        seen.extend([status.to_string(), format!("{status}-created")]);
    }
    assert_eq!(listed, seen);
    assert!(listed.len() >= 40);
    for (reply, _, now, later) in creates() {
        let entry = catalogue.iter().find(|entry| entry["name"] == reply);
        assert_eq!(
            entry.unwrap()["creates"],
            json!([now, later - now]),
            "{reply}"
        );
    }
    let beyond = catalogue
        .iter()
        .filter(|entry| entry["beyondTheProtocol"] == true);
    let proofs = [400, 401, 403, 404, 405, 413, 415, 422, 429];
    let wanted: Vec<_> = proofs
        .iter()
        .map(|status| format!("{status}-created"))
        .collect();
    assert_eq!(beyond.map(name).collect::<Vec<_>>(), wanted);
}

#[tokio::test]
async fn a_status_is_told_to_every_kind_of_call_in_its_own_words() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let calls = [
        (
            "search",
            format!("/FHIR/Media?patient.identifier={NHI}%7CZZZ0016"),
        ),
        ("search", "/FHIR/DocumentReference".to_owned()),
        ("read", "/fhir/Media/x".to_owned()),
        ("patient", format!("/FHIR/Patient/{FIRST}")),
        (
            "patient",
            format!("/FHIR/Patient?identifier={NHI}%7CZZZ0016"),
        ),
        ("practice", "/FHIR/Location".to_owned()),
        (
            "launch",
            "/vendorforms/api/getlaunchcontextstring/a/b".to_owned(),
        ),
        ("other", "/FHIR/Encounter".to_owned()),
    ];
    for (kind, path) in calls {
        alex.script(json!([{ "match": { "kind": kind }, "reply": "504" }]))
            .await;
        let seen = look(alex.call(Method::GET, &path)).await;
        assert_eq!(seen, Refusal(504, "timeout".into()), "{path}");
    }
    for (status, error) in [(401, "invalid_client"), (500, "temporarily_unavailable")] {
        let step = json!([{ "match": { "kind": "token" }, "reply": status.to_string() }]);
        alex.script(step).await;
        let reply = alex.ask_token(&[]).await;
        assert_eq!(reply.status().as_u16(), status);
        assert_eq!(common::json_of(reply).await["error"], error);
        assert_eq!(alex.ask_token(&[]).await.status(), 200, "once");
    }
}

#[tokio::test]
async fn the_headers_are_as_the_catalogue_says() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let cases = [
        ("429", "retry-after", Some("2")),
        ("429-two-minutes", "retry-after", Some("120")),
        (
            "429-date",
            "retry-after",
            Some("Wed, 21 Oct 2015 07:28:00 GMT"),
        ),
        ("429-no-hint", "retry-after", None),
        ("503-wait", "retry-after", Some("30")),
        (
            "401",
            "www-authenticate",
            Some("Bearer error=\"invalid_token\""),
        ),
        ("405", "allow", Some("GET")),
        ("html", "content-type", Some("text/html; charset=utf-8")),
        (
            "wrong-type",
            "content-type",
            Some("text/plain; charset=utf-8"),
        ),
        ("redirect-loop", "location", Some("/FHIR/Media")),
        (
            "redirect-away",
            "location",
            Some("http://elsewhere.invalid/FHIR/Media"),
        ),
        ("201-empty", "location", None),
        ("201-no-id", "location", None),
        ("202", "location", None),
        ("204", "etag", None),
        ("200", "etag", Some("W/\"1\"")),
    ];
    for (reply, header, wanted) in cases {
        alex.script(json!([{ "reply": reply }])).await;
        let answer = alex.post_media(&media("x")).send().await.unwrap();
        let given = answer
            .headers()
            .get(header)
            .map(|value| value.to_str().unwrap());
        assert_eq!(given, wanted, "{reply}");
        assert_eq!(answer.headers()["mt-correlationid"], "corr-1", "{reply}");
    }
    for reply in [
        "201-no-body",
        "201-location-lower-case",
        "201-location-relative",
        "huge",
    ] {
        alex.script(json!([{ "reply": reply }])).await;
        let answer = alex.post_media(&media("x")).send().await.unwrap();
        let location = answer.headers()["location"].to_str().unwrap().to_owned();
        let ledger = alex.own("ledger").await;
        let id = ledger["records"].as_array().unwrap().last().unwrap()["id"].clone();
        let id = id.as_str().unwrap();
        let wanted = match reply {
            "201-location-lower-case" => format!("{}/fhir/media/{id}/_history/1", alex.base),
            "201-location-relative" => format!("Media/{id}/_history/1"),
            _ => format!("{}/fhir/Media/{id}/_history/1", alex.base),
        };
        assert_eq!(location, wanted, "{reply}");
    }
}

#[tokio::test]
async fn a_refused_element_is_the_one_that_the_step_names_or_an_optional_one() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for (step, wanted) in [
        (json!({ "reply": "400-element" }), "Media.bodySite"),
        (
            json!({ "reply": "422", "expression": "Media.view" }),
            "Media.view",
        ),
    ] {
        alex.script(json!([step])).await;
        let body = common::json_of(alex.post_media(&media("x")).send().await.unwrap()).await;
        assert_eq!(body["issue"][0]["expression"], json!([wanted]));
    }
}
