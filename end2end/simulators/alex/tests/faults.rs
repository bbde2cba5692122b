//! The script by the call alone, as end-to-end tests order it.

mod common;

use std::time::Duration;

use common::{Alex, FIRST, dir, json_of, media};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn each_status_is_given_as_often_as_ordered_and_then_no_more() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for status in [400, 401, 403, 429, 500, 503] {
        let fault = json!({ "on": "POST /FHIR/Media", "reply": status.to_string(), "times": 2 });
        assert_eq!(alex.order(fault).await, StatusCode::CREATED);
        for _ in 0..2 {
            let reply = alex.post_media(&media("x")).send().await.unwrap();
            assert_eq!(reply.status().as_u16(), status);
            assert_eq!(reply.headers().contains_key("retry-after"), status == 429);
            assert_eq!(json_of(reply).await["resourceType"], "OperationOutcome");
        }
        assert_eq!(alex.own("faults").await, json!([]));
    }
    assert_eq!(alex.own("media").await, json!([]));
    assert_eq!(
        alex.post_media(&media("x")).send().await.unwrap().status(),
        StatusCode::CREATED
    );
}

#[tokio::test]
async fn html_is_a_502_that_is_no_json() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.order(json!({ "on": "POST /FHIR/Media", "reply": "html" }))
        .await;
    let reply = alex.post_media(&media("x")).send().await.unwrap();
    assert_eq!(reply.status(), StatusCode::BAD_GATEWAY);
    assert!(
        reply.headers()["content-type"]
            .to_str()
            .unwrap()
            .starts_with("text/html")
    );
}

#[tokio::test]
async fn a_400_can_name_the_element_it_dislikes() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let fault = json!({ "on": "POST /FHIR/Media", "reply": "400", "expression": "Media.bodySite" });
    alex.order(fault).await;
    let body = json_of(alex.post_media(&media("x")).send().await.unwrap()).await;
    assert_eq!(body["issue"][0]["expression"], json!(["Media.bodySite"]));
}

#[tokio::test]
async fn lost_creates_the_media_and_closes_without_a_byte() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.order(json!({ "on": "POST /FHIR/Media", "reply": "lost" }))
        .await;
    let error = alex.post_media(&media("x")).send().await.unwrap_err();
    assert!(error.status().is_none() && !error.is_timeout() && !error.is_connect());
    assert_eq!(alex.own("media").await.as_array().unwrap().len(), 1);
    let received = alex.own("received").await;
    let last = received.as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["outcome"], "hungUp");
    assert_eq!(
        (&last["status"], &last["fault"]),
        (&json!(null), &json!("lost"))
    );
}

#[tokio::test]
async fn timeout_waits_and_closes_and_creates_nothing() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.order(json!({ "on": "POST /FHIR/Media", "reply": "timeout" }))
        .await;
    let sent = media("x");
    let (reply, stands) = tokio::join!(alex.post_media(&sent).send(), alex.advance(60, 1));
    assert!(reply.is_err());
    assert_eq!(stands["aheadMs"], 60_000);
    assert_eq!(alex.own("media").await, json!([]));
}

#[tokio::test]
async fn a_caller_who_gives_up_is_on_record() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.order(json!({ "on": "* /FHIR/*", "reply": "timeout" }))
        .await;
    let call = alex.call(Method::GET, &format!("/FHIR/Patient/{FIRST}"));
    assert!(
        call.timeout(Duration::from_millis(50))
            .send()
            .await
            .unwrap_err()
            .is_timeout()
    );
    let received = alex.own("received").await;
    assert_eq!(
        received.as_array().unwrap().last().unwrap()["outcome"],
        "pending"
    );
}

#[tokio::test]
async fn an_order_is_for_its_call_only_and_the_token_endpoint_can_fail_too() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.order(json!({ "on": "POST /*/oauth2/v2.0/token", "reply": "503" }))
        .await;
    assert_eq!(alex.get("/FHIR/Location").await.0, StatusCode::OK);
    assert_eq!(
        alex.ask_token(&[]).await.status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(alex.ask_token(&[]).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn orders_are_listed_cleared_and_refused_when_they_make_no_sense() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let order = json!({ "on": "GET /FHIR/Media", "reply": "lost", "times": 3 });
    assert_eq!(alex.order(order).await, StatusCode::CREATED);
    let step = json!({ "match": { "call": "GET /FHIR/Media" }, "reply": "lost", "times": 3 });
    assert_eq!(alex.own("faults").await, json!([step]));
    assert_eq!(alex.own("script").await, json!([step]));
    let reply = alex
        .plain(Method::DELETE, "/medtech/api/faults")
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    assert_eq!(alex.own("faults").await, json!([]));
    for nonsense in [
        json!({ "on": "POST /FHIR/Media", "reply": "418" }),
        json!({ "on": "nothing", "reply": "503" }),
        json!({ "on": "POST /FHIR/Media", "reply": "503", "times": 0 }),
        json!({ "on": "POST /FHIR/Media", "reply": "503", "often": 1 }),
        json!([]),
    ] {
        assert_eq!(alex.order(nonsense).await, StatusCode::BAD_REQUEST);
    }
}
