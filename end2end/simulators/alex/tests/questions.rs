//! Answers that are not true: tokens, searches, reads.
#![allow(clippy::unwrap_used)]

mod common;

use std::collections::HashSet;

use common::{Alex, FIRST, NHI, dir, json_of, media};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

/// The search by which a client reads back.
fn search(reference: &str) -> String {
    format!(
        "/FHIR/Media?patient.identifier={NHI}%7CZZZ0016&identifier=urn:clinicpro:image%7C{reference}"
    )
}

async fn with_two() -> (tempfile::TempDir, Alex) {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for reference in ["img-1", "img-2"] {
        alex.post_media(&media(reference)).send().await.unwrap();
    }
    (dir, alex)
}

/// What a search answers when this is scripted for it.
async fn found(alex: &Alex, reply: &str) -> Value {
    let matching = json!({ "kind": "search", "identifier": "img-1" });
    alex.script(json!([{ "match": matching, "reply": reply }]))
        .await;
    let (status, bundle) = alex.get(&search("img-1")).await;
    assert_eq!(status, StatusCode::OK, "{reply}");
    assert_eq!(bundle["resourceType"], "Bundle");
    bundle
}

fn resources(bundle: &Value) -> Vec<Value> {
    let entries = bundle["entry"].as_array().into_iter().flatten();
    let matches = entries.filter(|entry| entry["search"]["mode"] == "match");
    matches.map(|entry| entry["resource"].clone()).collect()
}

#[tokio::test]
async fn a_search_can_find_nothing_or_everything_or_all_twice() {
    let (_dir, alex) = with_two().await;
    let nothing = found(&alex, "search-nothing").await;
    assert_eq!(
        (&nothing["total"], resources(&nothing).len()),
        (&json!(0), 0)
    );
    assert_eq!(
        nothing["entry"][0]["resource"]["resourceType"],
        "OperationOutcome"
    );
    assert_eq!(found(&alex, "search-all").await["total"], 2);
    let double = resources(&found(&alex, "search-double").await);
    let ids: HashSet<_> = double.iter().map(|found| found["id"].to_string()).collect();
    assert_eq!((double.len(), ids.len()), (2, 2));
    assert_eq!(found(&alex, "plain").await["total"], 1);
}

#[tokio::test]
async fn what_is_found_can_be_another_patients_or_other_bytes_or_without_any() {
    let (_dir, alex) = with_two().await;
    let truth = resources(&found(&alex, "plain").await).remove(0);
    let other = resources(&found(&alex, "search-other-patient").await).remove(0);
    assert_ne!(other["subject"], truth["subject"]);
    assert_eq!(other["content"], truth["content"]);
    let bytes = resources(&found(&alex, "search-other-bytes").await).remove(0);
    assert_eq!(bytes["content"]["size"], 2001);
    assert_ne!(bytes["content"]["data"], truth["content"]["data"]);
    assert!(bytes["content"]["hash"].is_string());
    let bare = resources(&found(&alex, "search-no-data").await).remove(0);
    assert_eq!(
        bare["content"],
        json!({ "contentType": "image/jpeg", "title": "Left forearm" })
    );
}

#[tokio::test]
async fn pages_lead_on_by_their_links_to_everything_once() {
    let (_dir, alex) = with_two().await;
    let all = format!("/FHIR/Media?patient.identifier={NHI}%7CZZZ0016");
    for (reply, pages) in [
        ("search-pages", vec![1, 1]),
        ("search-empty-page", vec![0, 2]),
    ] {
        alex.script(json!([{ "match": { "kind": "search" }, "reply": reply }]))
            .await;
        let (mut sizes, mut seen, mut next) = (Vec::new(), HashSet::new(), Some(all.clone()));
        while let Some(path) = next {
            let (status, bundle) = alex.get(&path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            let found = resources(&bundle);
            sizes.push(found.len());
            seen.extend(found.iter().map(|found| found["id"].to_string()));
            let link = &bundle["link"][0];
            assert!(link.is_null() || link["relation"] == "next");
            let url = link["url"].as_str();
            next = url.map(|url| url.strip_prefix(alex.base.as_str()).unwrap().to_owned());
        }
        assert_eq!((sizes, seen.len()), (pages, 2), "{reply}");
    }
}

#[tokio::test]
async fn a_record_that_lags_is_found_once_the_time_has_passed_and_read_at_once() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.script(json!([{ "reply": "lag", "afterMs": 90_000 }]))
        .await;
    let created = json_of(alex.post_media(&media("img-1")).send().await.unwrap()).await;
    let read = format!("/FHIR/Media/{}", created["id"].as_str().unwrap());
    assert_eq!(alex.get(&read).await.0, StatusCode::OK);
    alex.advance(60, 0).await;
    assert_eq!(alex.get(&search("img-1")).await.1["total"], 0);
    alex.stop();
    let alex = Alex::start(dir.path()).await;
    assert_eq!(
        alex.own("clock").await["aheadMs"],
        60_000,
        "the clock outlives a restart"
    );
    alex.advance(31, 0).await;
    assert_eq!(alex.get(&search("img-1")).await.1["total"], 1);
}

#[tokio::test]
async fn a_patient_can_be_another_or_have_another_nhi() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let read = format!("/FHIR/Patient/{FIRST}");
    let by_nhi = format!("/FHIR/Patient?identifier={NHI}%7CZZZ0016");
    for (reply, same_id) in [("patient-other", false), ("patient-other-nhi", true)] {
        for (path, identifier) in [(&read, FIRST), (&by_nhi, "ZZZ0016")] {
            let matching = json!({ "kind": "patient", "identifier": identifier });
            alex.script(json!([{ "match": matching, "reply": reply }]))
                .await;
            let (_, body) = alex.get(path).await;
            let patient = if body["resourceType"] == "Bundle" {
                resources(&body).remove(0)
            } else {
                body
            };
            assert_eq!(patient["resourceType"], "Patient");
            assert_eq!(patient["id"] == FIRST, same_id, "{reply} {path}");
            assert_ne!(patient["identifier"][0]["value"], "ZZZ0016");
        }
    }
}

#[tokio::test]
async fn a_token_can_be_spent_refused_missing_or_oddly_told() {
    let dir = dir();
    let mut alex = Alex::start(dir.path()).await;
    let path = format!("/FHIR/Patient/{FIRST}");
    let cases = [
        ("token-expires-at-once", json!(0), Some(401)),
        ("token-revoked", json!(3599), Some(401)),
        ("token-missing", json!(3599), None),
        ("token-life-as-text", json!("3599"), Some(200)),
    ];
    for (reply, life, status) in cases {
        alex.script(json!([{ "match": { "kind": "token" }, "reply": reply }]))
            .await;
        let body = json_of(alex.ask_token(&[]).await).await;
        assert_eq!(body["expires_in"], life, "{reply}");
        let Some(status) = status else {
            assert!(body["access_token"].is_null());
            continue;
        };
        alex.token = body["access_token"].as_str().unwrap().to_owned();
        assert_eq!(alex.get(&path).await.0.as_u16(), status, "{reply}");
    }
}

#[tokio::test]
async fn steps_are_taken_in_order_by_kind_and_identifier() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let steps = json!([
        { "match": { "kind": "search" }, "reply": "500" },
        { "match": { "kind": "media", "identifier": "img-2" }, "reply": "503", "times": 2 },
        { "match": { "kind": "media" }, "reply": "400" },
    ]);
    assert_eq!(alex.script(steps).await, StatusCode::CREATED);
    let post = async |reference| {
        alex.post_media(&media(reference))
            .send()
            .await
            .unwrap()
            .status()
    };
    assert_eq!(post("img-2").await, 503);
    assert_eq!(post("img-1").await, 400);
    assert_eq!(post("img-1").await, 201);
    let left = json!([
        { "match": { "kind": "search" }, "reply": "500", "times": 1 },
        { "match": { "kind": "media", "identifier": "img-2" }, "reply": "503", "times": 1 },
    ]);
    assert_eq!(alex.own("script").await, left);
    let cleared = alex
        .plain(Method::DELETE, "/medtech/api/script")
        .send()
        .await
        .unwrap();
    assert_eq!(cleared.status(), StatusCode::NO_CONTENT);
    assert_eq!(post("img-2").await, 201);
    let received = alex.own("received").await;
    let told = |entry: &Value| entry["fault"].as_str().map(str::to_owned);
    let posts = received
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["path"] == "/FHIR/Media");
    let faults: Vec<_> = posts.map(told).collect();
    assert_eq!(faults, [Some("503".into()), Some("400".into()), None, None]);
}

#[tokio::test]
async fn a_step_that_makes_no_sense_is_refused_and_none_of_its_list_is_taken() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for nonsense in [
        json!([{ "reply": "lost" }, { "reply": "nothing-like-it" }]),
        json!([{ "reply": "search-all", "match": { "kind": "media" } }]),
        json!([{ "reply": "lost", "match": { "kind": "picture" } }]),
        json!([{ "reply": "lost", "times": 0 }]),
        json!([{ "reply": "lost", "match": { "call": "POST" } }]),
        json!([{ "reply": "lost", "often": 1 }]),
        json!({ "reply": "lost" }),
    ] {
        assert_eq!(
            alex.script(nonsense.clone()).await,
            StatusCode::BAD_REQUEST,
            "{nonsense}"
        );
    }
    assert_eq!(alex.own("script").await, json!([]));
    let year = alex.advance(366 * 24 * 3600, 0).await;
    assert_eq!(year["resourceType"], "OperationOutcome");
}

#[tokio::test]
async fn a_late_create_needs_no_token_that_is_still_good() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.script(json!([{ "reply": "late-504" }])).await;
    alex.post_media(&media("img-1")).send().await.unwrap();
    assert_eq!(alex.own("clock").await["late"], 1);
    assert_eq!(alex.advance(7200, 0).await["late"], 0);
    assert_eq!(alex.created().await, ["img-1"]);
}
