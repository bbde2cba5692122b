//! The S3 adapter against the S3 simulator: both ends of the path that a picture's bytes take.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]

#[path = "object_store/bucket.rs"]
mod bucket;
#[path = "object_store/harness.rs"]
mod harness;
#[path = "object_store/timeouts.rs"]
mod timeouts;

use clinical_images::digest::Sha256;
use clinical_images::moment::Moment;
use clinical_images::ports::{ObjectRead, ObjectStore as _, Port, PortFault};
use clinical_server::adapter::object_store::s3::{Keys, S3ObjectStore};
use harness::{BYTES, FIVE_MINUTES, Harness, KEY, key};
use harness::{altered, answer, now, order, request, send, settings};
use std::collections::BTreeSet;
use std::time::Duration;

fn broken(fault: &PortFault) -> &str {
    match fault {
        PortFault::Protocol {
            port: Port::ObjectStore,
            detail,
        } => detail,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_was_put_with_permission_is_found_read_and_signed_for() {
    let harness = Harness::new().await;
    let signed = harness.permission(KEY, BYTES).await;
    let port = harness.server.address().port();
    assert!(
        signed
            .url
            .starts_with(&format!("http://localhost:{port}/pictures/{KEY}?"))
    );
    let names: BTreeSet<&str> = signed
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(
        names,
        ["content-type", "if-none-match", "x-amz-checksum-sha256"].into()
    );

    assert_eq!(send(&signed, BYTES).await.0, 200);

    assert_eq!(harness.object_store.exists(&key()).await, Ok(true));
    assert_eq!(
        harness.object_store.read(&key(), 1000).await,
        Ok(Some(ObjectRead::Whole(BYTES.to_vec())))
    );
    let signed = harness
        .object_store
        .presign_get(&key(), FIVE_MINUTES)
        .await
        .unwrap();
    let shown = reqwest::get(&signed.url).await.unwrap();
    assert_eq!(shown.headers()["content-type"], "image/jpeg");
    assert_eq!(shown.headers()["cache-control"], "private, no-store");
    assert_eq!(shown.bytes().await.unwrap(), BYTES);
}

#[tokio::test]
async fn a_permission_ends_when_it_says() {
    let harness = Harness::new().await;
    let at = Moment::from_millis(1_700_000_000_999);
    let signed = harness
        .object_store
        .presign_put(&order(KEY, BYTES), at)
        .await
        .unwrap();
    assert_eq!(signed.expires_at, Moment::from_millis(1_700_000_300_000));
    for (age, expected) in [
        (Duration::from_secs(290), 200),
        (Duration::from_secs(302), 403),
    ] {
        let key = format!("{KEY}/{}", age.as_secs());
        let order = order(&key, BYTES);
        let signed = harness
            .object_store
            .presign_put(&order, now().minus(age))
            .await
            .unwrap();
        let (status, text) = send(&signed, BYTES).await;
        assert_eq!(status, expected, "{text}");
        assert_eq!(text.contains("expired"), status == 403, "{text}");
    }
    let mut forever = order(KEY, BYTES);
    forever.lifetime = Duration::from_secs(8 * 24 * 3600);
    broken(
        &harness
            .object_store
            .presign_put(&forever, now())
            .await
            .unwrap_err(),
    );
}

#[tokio::test]
async fn a_permission_is_for_exactly_what_it_says() {
    let harness = Harness::new().await;
    let signed = harness.permission(KEY, BYTES).await;
    let other = Sha256::of(b"other").to_base64();
    let mut elsewhere = signed.clone();
    elsewhere.url = signed.url.replace("image-1", "image-2");
    let mut later = signed.clone();
    later.url = signed
        .url
        .replace("X-Amz-Expires=300", "X-Amz-Expires=3000");
    let mut unsigned = signed.clone();
    unsigned.url = signed.url.split('?').next().unwrap().to_owned();
    let attempts = [
        (
            "type",
            altered(signed.clone(), "content-type", Some("text/html")),
        ),
        ("no type", altered(signed.clone(), "content-type", None)),
        (
            "checksum",
            altered(signed.clone(), "x-amz-checksum-sha256", Some(&other)),
        ),
        (
            "no checksum",
            altered(signed.clone(), "x-amz-checksum-sha256", None),
        ),
        ("replacing", altered(signed.clone(), "if-none-match", None)),
        ("key", elsewhere),
        ("expiry", later),
        ("signature", unsigned),
    ];
    for (what, attempt) in attempts {
        let (status, text) = send(&attempt, BYTES).await;
        assert_eq!(status, 403, "{what}: {text}");
    }
    for length in [BYTES.len() - 1, BYTES.len() + 1] {
        let bytes: Vec<u8> = BYTES.iter().copied().cycle().take(length).collect();
        assert_eq!(send(&signed, &bytes).await.0, 403, "{length} bytes");
    }
    let copied = request(&signed, BYTES).header("x-amz-copy-source", "/pictures/any");
    assert_eq!(answer(copied.send().await.unwrap()).await.0, 501);
    assert_eq!(harness.files(), 0);
    assert_eq!(
        send(&signed, BYTES).await.0,
        200,
        "the permission itself was good"
    );
}

#[tokio::test]
async fn wrong_bytes_are_refused_and_nothing_of_them_stays() {
    let harness = Harness::new().await;
    let signed = harness.permission(KEY, BYTES).await;
    let mut wrong = BYTES.to_vec();
    wrong[7] ^= 1;

    let (status, text) = send(&signed, &wrong).await;

    assert_eq!(status, 400);
    assert!(text.contains("<Code>BadDigest</Code>"), "{text}");
    assert_eq!(harness.object_store.exists(&key()).await, Ok(false));
    assert_eq!(harness.files(), 0);
    assert_eq!(
        send(&signed, BYTES).await.0,
        200,
        "the right bytes may still come"
    );
}

#[tokio::test]
async fn a_second_put_changes_nothing() {
    let harness = Harness::new().await;
    let first = harness.permission(KEY, BYTES).await;
    let second = harness.permission(KEY, b"other bytes").await;
    assert_eq!(send(&first, BYTES).await.0, 200);
    for (signed, bytes) in [(&first, BYTES), (&second, b"other bytes".as_slice())] {
        let (status, text) = send(signed, bytes).await;
        assert_eq!(status, 412, "{text}");
        assert!(text.contains("<Code>PreconditionFailed</Code>"), "{text}");
    }
    assert_eq!(
        harness.object_store.read(&key(), 1000).await,
        Ok(Some(ObjectRead::Whole(BYTES.to_vec())))
    );
    assert_eq!(harness.files(), 1);
}

#[tokio::test]
async fn bytes_that_rotted_in_the_store_are_not_handed_out() {
    let harness = Harness::new().await;
    harness.put(KEY, BYTES).await;
    let file = harness.only_file();
    let mut rotten = std::fs::read(&file).unwrap();
    rotten[9] ^= 1;
    std::fs::write(&file, &rotten).unwrap();
    let fault = harness.object_store.read(&key(), 1000).await.unwrap_err();
    assert!(broken(&fault).contains("checksum"), "{fault}");
}

#[tokio::test]
async fn reading_stops_at_the_limit() {
    let harness = Harness::new().await;
    harness.put(KEY, BYTES).await;
    let exactly = BYTES.len() as u64;
    assert_eq!(
        harness.object_store.read(&key(), exactly).await,
        Ok(Some(ObjectRead::Whole(BYTES.to_vec())))
    );
    let beyond = harness.object_store.read(&key(), exactly - 1).await;
    assert_eq!(beyond, Ok(Some(ObjectRead::TooLarge { length: exactly })));
}

#[tokio::test]
async fn nothing_is_found_where_nothing_lies() {
    let harness = Harness::new().await;
    assert_eq!(harness.object_store.exists(&key()).await, Ok(false));
    assert_eq!(harness.object_store.read(&key(), 1000).await, Ok(None));
    assert_eq!(harness.object_store.delete(&key()).await, Ok(()));
    harness.put(KEY, BYTES).await;
    assert_eq!(harness.object_store.delete(&key()).await, Ok(()));
    assert_eq!(harness.object_store.exists(&key()).await, Ok(false));
    assert_eq!(harness.files(), 0);
}

#[tokio::test]
async fn a_missing_bucket_is_made_once() {
    let harness = Harness::new().await;
    let mut settings = settings(harness.server.address().port());
    settings.bucket = "another-bucket".to_owned();
    let object_store = S3ObjectStore::new(&settings);
    assert_eq!(object_store.has_bucket().await, Ok(false));
    assert_eq!(
        broken(&object_store.exists(&key()).await.unwrap_err()),
        "the bucket is not there",
        "and not: nothing lies there"
    );
    assert!(broken(&object_store.read(&key(), 1).await.unwrap_err()).contains("NoSuchBucket"));
    assert_eq!(object_store.ensure_bucket().await, Ok(true));
    assert_eq!(object_store.ensure_bucket().await, Ok(false));
    assert_eq!(object_store.has_bucket().await, Ok(true));
}

#[tokio::test]
async fn faults_hold_no_secrets() {
    let harness = Harness::new().await;
    let mut wrong = settings(harness.server.address().port());
    wrong.keys = Keys::Fixed {
        access_key: "demo-access".into(),
        secret_key: "wrong-secret-canary".into(),
    };
    let object_store = S3ObjectStore::new(&wrong);
    let faults = [
        object_store.read(&key(), 1).await.unwrap_err(),
        object_store.delete(&key()).await.unwrap_err(),
        object_store.exists(&key()).await.unwrap_err(),
        object_store.ensure_bucket().await.unwrap_err(),
    ];
    for fault in faults {
        let text = format!("{fault} {fault:?} {object_store:?} {wrong:?}");
        assert!(broken(&fault).contains("403"), "{text}");
        for canary in ["canary", "X-Amz", "demo-access", KEY] {
            assert!(!text.contains(canary), "{canary} in {text}");
        }
    }
}

#[tokio::test]
async fn without_an_endpoint_browsers_are_sent_to_amazon() {
    let mut settings = settings(1);
    (
        settings.endpoint,
        settings.public_endpoint,
        settings.path_style,
    ) = (None, None, false);
    let signed = S3ObjectStore::new(&settings)
        .presign_put(&order(KEY, BYTES), now())
        .await
        .unwrap();
    let place = format!("https://pictures.s3.ap-southeast-2.amazonaws.com/{KEY}?");
    assert!(signed.url.starts_with(&place), "{}", signed.url);
}
