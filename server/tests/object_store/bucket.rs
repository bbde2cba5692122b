//! A bucket that is set up by the command, and what its rules then do.

use crate::harness::{BYTES, Harness, KEY, sdk, settings};
use clinical_images::ports::ObjectStore as _;
use clinical_server::adapter::object_store::s3::{
    BucketSetup, RuleStatus, S3ObjectStore, S3Settings,
};
use reqwest::Method;
use std::time::{Duration, SystemTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

const CLINIC: &str = "https://images.practice.example";

/// An object store over a bucket that is not there yet.
fn object_store(harness: &Harness) -> S3ObjectStore {
    let settings = settings(harness.server.address().port());
    S3ObjectStore::new(&S3Settings {
        bucket: "fresh-bucket".to_owned(),
        ..settings
    })
}

#[tokio::test]
async fn a_bucket_is_set_up_once_and_a_second_time_changes_nothing() {
    let harness = Harness::new().await;
    let object_store = object_store(&harness);
    let first = BucketSetup {
        made: true,
        cors: RuleStatus::Created,
        lifecycle: RuleStatus::Created,
        keeps_versions: false,
    };
    assert_eq!(object_store.set_up(CLINIC).await, Ok(first));
    let again = BucketSetup {
        made: false,
        cors: RuleStatus::AlreadySet,
        lifecycle: RuleStatus::AlreadySet,
        keeps_versions: false,
    };
    assert_eq!(object_store.set_up(CLINIC).await, Ok(again));
    let moved = BucketSetup {
        cors: RuleStatus::Created,
        ..again
    };
    assert_eq!(
        object_store.set_up("https://moved.example").await,
        Ok(moved)
    );
}

#[tokio::test]
async fn pages_of_the_origin_may_put_and_do_nothing_else_even_after_a_restart() {
    let harness = Harness::new().await;
    object_store(&harness).set_up(CLINIC).await.unwrap();
    let harness = harness.restarted().await;
    let may = async |bucket: &str, origin: &str, method: &str, headers: &str| {
        let path = format!("/{bucket}/{KEY}");
        let preflight = harness
            .ask(Method::OPTIONS, &path, origin)
            .header("access-control-request-method", method)
            .header("access-control-request-headers", headers);
        preflight.send().await.unwrap()
    };
    let needed = "content-type, if-none-match, x-amz-checksum-sha256";
    let answer = may("fresh-bucket", CLINIC, "PUT", needed).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.headers()["access-control-allow-origin"], CLINIC);
    assert_eq!(answer.headers()["access-control-allow-methods"], "PUT");
    for (bucket, origin, method, headers) in [
        ("fresh-bucket", CLINIC, "GET", ""),
        ("fresh-bucket", CLINIC, "DELETE", ""),
        ("fresh-bucket", CLINIC, "PUT", "x-amz-acl"),
        ("fresh-bucket", "https://elsewhere.example", "PUT", ""),
        ("pictures", CLINIC, "PUT", ""),
    ] {
        let answer = may(bucket, origin, method, headers).await;
        assert_eq!(answer.status(), 403, "{bucket} {origin} {method} {headers}");
    }
}

#[tokio::test]
async fn rules_of_others_stay() {
    use aws_sdk_s3::types::{CorsConfiguration, CorsRule};
    let harness = Harness::new().await;
    let object_store = object_store(&harness);
    object_store.ensure_bucket().await.unwrap();
    let client = sdk(&harness);
    let theirs = CorsRule::builder()
        .id("theirs")
        .allowed_origins("https://theirs.example")
        .allowed_methods("GET")
        .build()
        .unwrap();
    let rules = CorsConfiguration::builder().cors_rules(theirs.clone());
    let put = client.put_bucket_cors().bucket("fresh-bucket");
    put.cors_configuration(rules.build().unwrap())
        .send()
        .await
        .unwrap();
    object_store.set_up(CLINIC).await.unwrap();
    object_store.set_up("https://moved.example").await.unwrap();
    let asked = client.get_bucket_cors().bucket("fresh-bucket").send().await;
    let rules = asked.unwrap().cors_rules().to_vec();
    let ids: Vec<_> = rules.iter().map(|rule| rule.id().unwrap()).collect();
    assert_eq!(ids, ["theirs", "clinical-images-upload"]);
    assert_eq!(rules[0], theirs);
}

#[tokio::test]
async fn what_is_older_than_a_day_goes_when_the_store_starts() {
    let harness = Harness::new().await;
    harness.object_store.set_up(CLINIC).await.unwrap();
    harness.put(KEY, BYTES).await;
    let old = "sessions/older/image/1";
    harness.put(old, BYTES).await;
    let elsewhere = "kept/for/ever";
    harness.put(elsewhere, BYTES).await;
    let yesterday = SystemTime::now() - Duration::from_secs(25 * 60 * 60);
    for key in [old, elsewhere] {
        let file = std::fs::File::open(harness.file(key)).unwrap();
        file.set_modified(yesterday).unwrap();
    }
    let harness = harness.restarted().await;
    let there = async |key: &str| {
        let key = clinical_images::ports::ObjectKey::new(key);
        harness.object_store.exists(&key).await.unwrap()
    };
    assert!(!there(old).await);
    assert!(there(KEY).await, "younger");
    assert!(there(elsewhere).await, "not under the rule's prefix");
}

/// A store that has buckets and objects, and answers everything about rules as one that does not know them.
#[tokio::test]
async fn a_store_without_rules_is_told_so_and_is_set_up_all_the_same() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let store = tokio::spawn(async move {
        loop {
            let (mut line, _) = listener.accept().await.unwrap();
            let mut head = [0; 8192];
            let read = line.read(&mut head).await.unwrap();
            let is_head = head[..read].starts_with(b"HEAD");
            let (status, body) = if is_head {
                ("200 OK", "")
            } else {
                (
                    "501 Not Implemented",
                    "<Error><Code>NotImplemented</Code></Error>",
                )
            };
            let length = body.len();
            let reply = format!(
                "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
            );
            line.write_all(reply.as_bytes()).await.unwrap();
        }
    });
    let done = S3ObjectStore::new(&settings(port))
        .set_up(CLINIC)
        .await
        .unwrap();
    assert_eq!(
        (done.cors, done.lifecycle),
        (RuleStatus::Unsupported, RuleStatus::Unsupported)
    );
    store.abort();
}
