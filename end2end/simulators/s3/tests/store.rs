//! What the S3 simulator promises, asked as a browser and as Amazon's SDK ask: races, restarts, browsers' rules, limits.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

mod harness;

use aws_sdk_s3::types::{CorsConfiguration, CorsRule};
use harness::{BUCKET, BYTES, Harness, KEY, ORIGIN};
use harness::{checksum, headers, request, send, settings, start_fault};
use reqwest::Method;
use s3_simulator::{OBJECT_LIMIT, StartFault};
use std::time::Duration;

#[tokio::test]
async fn the_store_takes_objects_up_to_its_limit() {
    let harness = Harness::new().await;
    let largest = vec![7; usize::try_from(OBJECT_LIMIT).unwrap()];
    harness.put(KEY, &largest).await;
    let mut larger = largest;
    larger.push(7);
    let signed = harness.presigned("sessions/other", &larger).await;
    // The store may hang up before it has heard everything.
    let sent = request(&signed, &larger).send().await;
    assert!(sent.is_err() || sent.is_ok_and(|answer| answer.status() == 400));
    assert_eq!(harness.files(), 1);
}

#[tokio::test]
async fn only_our_pages_may_come_from_a_browser() {
    let harness = Harness::new().await;
    let path = format!("/pictures/{KEY}");
    let preflight = |origin: &str| {
        harness
            .ask(Method::OPTIONS, &path, origin)
            .header("access-control-request-method", "PUT")
            .header(
                "access-control-request-headers",
                "content-type,if-none-match",
            )
            .send()
    };
    for origin in [ORIGIN, "http://192.168.1.20:3000"] {
        let reply = preflight(origin).await.unwrap();
        assert_eq!(reply.status(), 200);
        let said = |name: &str| reply.headers()[name].to_str().unwrap().to_owned();
        assert_eq!(said("access-control-allow-origin"), origin);
        assert_eq!(said("access-control-allow-methods"), "PUT,GET,HEAD");
        assert_eq!(
            said("access-control-allow-headers"),
            "content-type,if-none-match,x-amz-checksum-sha256"
        );
        assert_eq!(said("access-control-max-age"), "3600");
        assert!(
            !reply
                .headers()
                .contains_key("access-control-allow-credentials")
        );
    }
    for origin in [
        "https://clinic.example.evil",
        "http://clinic.example",
        "null",
    ] {
        let reply = preflight(origin).await.unwrap();
        assert_eq!(reply.status(), 403, "{origin}");
        assert!(!reply.headers().contains_key("access-control-allow-origin"));
    }
    let signed = harness.presigned(KEY, BYTES).await;
    let ours = request(&signed, BYTES)
        .header("origin", ORIGIN)
        .send()
        .await
        .unwrap();
    assert_eq!(ours.headers()["access-control-allow-origin"], ORIGIN);
    let refused = request(&signed, BYTES)
        .header("origin", ORIGIN)
        .send()
        .await
        .unwrap();
    assert_eq!(refused.status(), 412);
    assert_eq!(
        refused.headers()["access-control-allow-origin"],
        ORIGIN,
        "errors can be read too"
    );
}

#[tokio::test]
async fn the_store_has_no_form_uploads_and_no_anonymous_visitors() {
    let harness = Harness::new().await;
    for method in [Method::POST, Method::PATCH, Method::OPTIONS] {
        let reply = harness
            .ask(method.clone(), "/pictures", ORIGIN)
            .send()
            .await
            .unwrap();
        assert_eq!(reply.status(), 405, "{method}");
    }
    for (method, path) in [
        (Method::GET, "/"),
        (Method::GET, "/pictures"),
        (Method::DELETE, "/x"),
    ] {
        let reply = harness.ask(method, path, ORIGIN).send().await.unwrap();
        assert!(reply.status().is_client_error(), "{path}");
        assert_ne!(reply.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn a_store_that_cannot_work_does_not_start() {
    let harness = Harness::new().await;
    let fault = start_fault(settings(harness.dir.path())).await;
    assert!(matches!(fault, StartFault::InUse(_)), "{fault}");
    let free = tempfile::tempdir().unwrap();
    let mut taken = settings(free.path());
    taken.listen = harness.server.address();
    assert!(matches!(start_fault(taken).await, StartFault::Listen(..)));
    for origin in [
        "*",
        "https://*",
        "clinic.example",
        "https://clinic.example/",
    ] {
        let mut wrong = settings(free.path());
        wrong.allowed_origins = vec![origin.to_owned()];
        assert!(
            matches!(start_fault(wrong).await, StartFault::Origin(_)),
            "{origin}"
        );
    }
    let mut wrong = settings(free.path());
    wrong.bucket = "../up".to_owned();
    assert!(matches!(start_fault(wrong).await, StartFault::Bucket(_)));
}

#[tokio::test]
async fn a_restart_keeps_objects_and_checksums_and_sweeps_what_was_half_way() {
    let harness = Harness::new().await;
    harness.put(KEY, BYTES).await;
    assert_eq!(harness.checksum(KEY).await, Some(checksum(BYTES)));
    std::fs::write(harness.dir.path().join(".staging/99"), b"half").unwrap();

    let harness = harness.restarted().await;

    assert_eq!(harness.checksum(KEY).await, Some(checksum(BYTES)));
    assert_eq!(harness.read(KEY).await, BYTES);
    assert_eq!(harness.files(), 1);
    let again = harness.presigned(KEY, BYTES).await;
    assert_eq!(send(&again, BYTES).await, 412);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_sixteen_racers_one_wins() {
    let harness = Harness::new().await;
    for round in 0..8 {
        let name = format!("{KEY}/{round}");
        let bytes: Vec<Vec<u8>> = (0..16_u8).map(|racer| vec![racer; 70_000]).collect();
        let mut puts = Vec::new();
        for bytes in &bytes {
            puts.push(request(&harness.presigned(&name, bytes).await, bytes));
        }
        let racers: Vec<_> = puts
            .into_iter()
            .map(|put| tokio::spawn(put.send()))
            .collect();
        let mut statuses = Vec::new();
        for racer in racers {
            statuses.push(racer.await.unwrap().unwrap().status().as_u16());
        }
        let winner = statuses
            .iter()
            .position(|status| *status == 200)
            .expect("someone wins");
        let lost = statuses.iter().filter(|status| **status == 412).count();
        assert_eq!(lost, 15, "{statuses:?}");
        assert_eq!(harness.read(&name).await, bytes[winner]);
    }
    assert_eq!(harness.files(), 8);
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    use tokio::io::AsyncWriteExt as _;
    let harness = Harness::new().await;
    let signed = harness.presigned(KEY, BYTES).await;
    let (authority, path) = signed
        .uri()
        .strip_prefix("http://")
        .unwrap()
        .split_once('/')
        .unwrap();
    let headers: String = headers(&signed)
        .map(|(name, value)| format!("{name}: {value}\r\n"))
        .collect();
    let length = BYTES.len();
    let head = format!(
        "PUT /{path} HTTP/1.1\r\nhost: {authority}\r\n{headers}content-length: {length}\r\n\r\n"
    );
    let mut line = tokio::net::TcpStream::connect(harness.server.address())
        .await
        .unwrap();
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&BYTES[..9]).await.unwrap();
    until(|| harness.files() == 1).await;
    drop(line);
    until(|| harness.files() == 0).await;
    assert_eq!(send(&signed, BYTES).await, 200);
}

async fn until(condition: impl Fn() -> bool) {
    for _ in 0..500 {
        if condition() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("it did not come to that");
}

#[tokio::test]
async fn a_listing_goes_on_where_its_page_ended() {
    let harness = Harness::new().await;
    for key in [
        "sessions/a/1",
        "sessions/b/1",
        "sessions/b/2",
        "sessions/b/3",
        "other",
    ] {
        harness.put(key, BYTES).await;
    }
    let client = &harness.client;
    let mut keys = Vec::new();
    let mut sizes = Vec::new();
    let mut pages = client
        .list_objects_v2()
        .bucket(BUCKET)
        .prefix("sessions/b/")
        .into_paginator()
        .page_size(2)
        .send();
    while let Some(page) = pages.next().await {
        let page = page.unwrap();
        sizes.push(page.contents().len());
        keys.extend(
            page.contents()
                .iter()
                .map(|object| object.key().unwrap().to_owned()),
        );
    }
    assert_eq!(keys, ["sessions/b/1", "sessions/b/2", "sessions/b/3"]);
    assert_eq!(sizes, [2, 1]);
    let folders = client
        .list_objects_v2()
        .bucket(BUCKET)
        .delimiter("/")
        .send()
        .await;
    assert_eq!(
        folders
            .unwrap_err()
            .raw_response()
            .unwrap()
            .status()
            .as_u16(),
        501
    );
}

#[tokio::test]
async fn a_put_without_conditions_replaces_and_other_promises_are_refused() {
    let harness = Harness::new().await;
    let client = &harness.client;
    let put = || client.put_object().bucket(BUCKET).key(KEY);
    for bytes in [b"first".as_slice(), b"second"] {
        put().body(bytes.to_vec().into()).send().await.unwrap();
    }
    assert_eq!(harness.read(KEY).await, b"second");
    let refused = [
        put().if_match("\"tag\""),
        put().if_none_match("\"tag\""),
        put().checksum_crc32("AAAAAA=="),
        put().content_md5("XrY7u+Ae7tCTyyK7j1rNww=="),
    ];
    for attempt in refused {
        let fault = attempt
            .body(b"third".to_vec().into())
            .send()
            .await
            .unwrap_err();
        assert_eq!(fault.raw_response().unwrap().status().as_u16(), 501);
    }
    assert_eq!(harness.read(KEY).await, b"second");
    assert_eq!(harness.files(), 1);
}

#[tokio::test]
async fn a_rule_that_the_store_would_not_carry_out_is_refused() {
    let harness = Harness::new().await;
    let pattern = CorsRule::builder()
        .allowed_origins("https://*.example")
        .allowed_methods("PUT")
        .build()
        .unwrap();
    let rules = CorsConfiguration::builder().cors_rules(pattern);
    let put = harness.client.put_bucket_cors().bucket(BUCKET);
    let put = put.cors_configuration(rules.build().unwrap());
    let fault = put.send().await.unwrap_err();
    assert_eq!(fault.raw_response().unwrap().status().as_u16(), 501);
}
