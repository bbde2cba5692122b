//! Stores that are down, silent, slow or break off. How long to wait is set short, so that nobody waits.

use crate::harness::{BYTES, KEY, key, now, order, settings};
use clinical_images::ports::{ObjectStore as _, Port, PortFault};
use clinical_server::adapter::object_store::s3::{S3ObjectStore, S3Settings, S3Timeouts};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

/// A moment: long enough for this machine, and nothing is measured by it.
const MOMENT: Duration = Duration::from_millis(300);

fn impatient(port: u16) -> S3Settings {
    let timeouts = S3Timeouts {
        connect: MOMENT,
        attempt: MOMENT,
        operation: 4 * MOMENT,
        body: MOMENT,
    };
    S3Settings {
        timeouts,
        ..settings(port)
    }
}

fn is_away(fault: &PortFault) {
    let away = matches!(
        fault,
        PortFault::Unavailable {
            port: Port::ObjectStore,
            ..
        }
    );
    assert!(away, "{fault:?}");
}

#[tokio::test]
async fn a_store_that_is_down_is_said_to_be_away_and_signing_asks_nobody() {
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let closed = closed.local_addr().unwrap().port();
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for port in [closed, silent.local_addr().unwrap().port()] {
        let object_store = S3ObjectStore::new(&impatient(port));
        is_away(&object_store.exists(&key()).await.unwrap_err());
        is_away(&object_store.list(None, 5).await.unwrap_err());
        assert!(
            object_store
                .presign_put(&order(KEY, BYTES), now())
                .await
                .is_ok()
        );
    }
}

/// What a store does after it has begun to answer.
#[derive(Clone, Copy, Debug)]
enum Then {
    BreaksOff,
    Stalls,
    /// A byte now and then: never silent for long, and never done.
    Trickles,
}

#[tokio::test]
async fn a_body_that_breaks_off_stalls_or_trickles_is_cut() {
    let head = "HTTP/1.1 200 OK\r\ncontent-length: 100000\r\ncontent-type: image/jpeg\r\n\r\nsome";
    for then in [Then::BreaksOff, Then::Stalls, Then::Trickles] {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let store = tokio::spawn(async move {
            let (mut line, _) = listener.accept().await.unwrap();
            let _ = line.read(&mut [0; 4096]).await.unwrap();
            line.write_all(head.as_bytes()).await.unwrap();
            match then {
                Then::BreaksOff => {}
                Then::Stalls => std::future::pending::<()>().await,
                Then::Trickles => {
                    while line.write_all(b"x").await.is_ok() {
                        tokio::time::sleep(MOMENT / 30).await;
                    }
                }
            }
        });
        let object_store = S3ObjectStore::new(&impatient(port));
        let fault = object_store.read(&key(), 200_000).await.unwrap_err();
        assert!(
            matches!(fault, PortFault::Unavailable { .. }),
            "{then:?}: {fault:?}"
        );
        store.abort();
    }
}

#[tokio::test]
async fn a_passing_failure_is_tried_three_times() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let store = tokio::spawn(async move {
        let mut asked = 0;
        loop {
            let (mut line, _) = listener.accept().await.unwrap();
            let _ = line.read(&mut [0; 4096]).await.unwrap();
            asked += 1;
            let status = if asked < 3 {
                "503 Busy"
            } else {
                "404 Not Found"
            };
            let reply =
                format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            line.write_all(reply.as_bytes()).await.unwrap();
            if asked == 3 {
                return;
            }
        }
    });
    let mut settings = settings(port);
    settings.timeouts = S3Timeouts::default();
    assert_eq!(S3ObjectStore::new(&settings).has_bucket().await, Ok(false));
    store.await.unwrap();
}

#[tokio::test]
async fn without_credentials_the_vault_says_so_and_nothing_breaks() {
    use aws_credential_types::provider::{self, ProvideCredentials, error::CredentialsError};
    use clinical_server::adapter::object_store::s3::Keys;

    #[derive(Debug)]
    struct Nobody;

    impl ProvideCredentials for Nobody {
        fn provide_credentials<'a>(&'a self) -> provider::future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let canary = CredentialsError::provider_error("canary: token in here");
            provider::future::ProvideCredentials::ready(Err(canary))
        }
    }

    let mut settings = impatient(1);
    settings.keys = Keys::Given(provider::SharedCredentialsProvider::new(Nobody));
    let object_store = S3ObjectStore::new(&settings);
    let faults = [
        object_store
            .presign_put(&order(KEY, BYTES), now())
            .await
            .unwrap_err(),
        object_store
            .presign_get(&key(), MOMENT * 10)
            .await
            .unwrap_err(),
        object_store.exists(&key()).await.unwrap_err(),
    ];
    for fault in faults {
        is_away(&fault);
        let told = fault.to_string();
        assert!(told.ends_with("no credentials could be had"), "{told}");
    }
}

#[tokio::test]
async fn credentials_that_end_are_fetched_anew() {
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::{self, ProvideCredentials};
    use clinical_server::adapter::object_store::s3::Keys;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::SystemTime;

    /// Gives keys that are about to end, numbered.
    #[derive(Debug, Default)]
    struct SequencedEvent(AtomicU32);

    impl ProvideCredentials for SequencedEvent {
        fn provide_credentials<'a>(&'a self) -> provider::future::ProvideCredentials<'a>
        where
            Self: 'a,
        {
            let number = self.0.fetch_add(1, Ordering::SeqCst);
            let until = SystemTime::now() + Duration::from_secs(60);
            let key = format!("key-{number}");
            let keys = Credentials::new(key, "secret", Some("token".into()), Some(until), "test");
            provider::future::ProvideCredentials::ready(Ok(keys))
        }
    }

    let mut settings = settings(1);
    settings.keys = Keys::Given(provider::SharedCredentialsProvider::new(
        SequencedEvent::default(),
    ));
    let object_store = S3ObjectStore::new(&settings);
    for number in 0..3 {
        let signed = object_store
            .presign_put(&order(KEY, BYTES), now())
            .await
            .unwrap();
        assert!(
            signed.url.contains(&format!("key-{number}")),
            "{}",
            signed.url
        );
        assert!(signed.url.contains("X-Amz-Security-Token=token"));
    }
}
