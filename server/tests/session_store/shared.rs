//! What only a store that several servers share can get wrong: its Redis killed, taken over by a replica; changes by
//! another server.

use crate::backends::{fresh_prefix, settings};
use crate::fixtures::{
    NOW, after, decided, id, idempotency_key, noted, put, reserve, session, unused_name,
};
use crate::redis_server::RedisServer;
use crate::retrying_store::RetryingStore;
use clinical_images::digest::Sha256;
use clinical_images::ports::{
    Append, Appended, ChangeNotifications, IdempotencyKey, ReplayGuard as _, SessionStore,
};
use clinical_images::session::{Decision, Session, SessionView};
use clinical_server::adapter::session::redis::{RedisSessions, RedisSettings};
use fault_proxy::FaultProxy;
use futures::StreamExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::task::{JoinSet, spawn_blocking};
use tokio::time::timeout;

/// Longer than anything here takes; only a test that fails waits for it.
const PATIENCE: Duration = Duration::from_secs(30);

pub async fn connect(settings: &RedisSettings) -> RedisSessions {
    RedisSessions::connect(settings).await.unwrap()
}

/// A server of its own, and a store on it.
pub async fn alone() -> (RedisServer, RedisSessions) {
    let server = spawn_blocking(RedisServer::start).await.unwrap();
    let store = connect(&settings(server.address(), "alone")).await;
    (server, store)
}

async fn is_notified(notifications: &mut ChangeNotifications) -> bool {
    let notified = timeout(PATIENCE, notifications.next()).await;
    notified.expect("a notification in time").is_some()
}

/// Folds every stored event, which fails at a gap, and compares with the state. What epoch it is does not matter.
pub async fn assert_whole(store: &dyn SessionStore, number: u128) -> Session {
    let found = store.load(id(number)).await.unwrap().unwrap();
    let mut view = SessionView {
        epoch: found.view.epoch,
        ..session(number).view
    };
    for event in store.events_after(id(number), 0).await.unwrap().unwrap() {
        view.apply(&event).unwrap();
    }
    assert_eq!(view, found.view);
    found
}

/// What a writer was told last, and the request it was told for.
struct Told {
    number: u128,
    version: u64,
    last: (IdempotencyKey, Decision),
}

/// Appends until the store is away, and counts what was acknowledged.
async fn write_until_away(
    store: Arc<RedisSessions>,
    number: u128,
    count: Arc<AtomicUsize>,
) -> Option<Told> {
    let mut told = None;
    loop {
        let Ok(Some(session)) = store.load(id(number)).await else {
            return told;
        };
        let command = match session.version {
            0 => reserve(1),
            version => noted(1, &version.to_string()),
        };
        let (decision, idempotency_key) = (decided(&session, command), idempotency_key("write"));
        let append = Append {
            expected: session.version,
            idempotency_key,
            decision: &decision,
        };
        let Ok(Appended::Done) = store.append(append).await else {
            return told;
        };
        count.fetch_add(1, Ordering::SeqCst);
        told = Some(Told {
            number,
            version: decision.next.version,
            last: (idempotency_key, decision),
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill_of_redis_and_is_not_done_twice() {
    let (mut server, store) = alone().await;
    let store = Arc::new(store);
    for number in 0..8 {
        store.open(&session(number)).await.unwrap();
    }
    let nonce = (Sha256::of(b"launch"), unused_name());
    assert_eq!(
        store.claim_once(nonce.0, nonce.1, after(60), NOW).await,
        Ok(nonce.1)
    );
    for acknowledgements in [1, 100, 333] {
        let (mut writers, count) = (JoinSet::new(), Arc::new(AtomicUsize::new(0)));
        for number in 0..8 {
            let (store, count) = (Arc::clone(&store), Arc::clone(&count));
            writers.spawn(write_until_away(store, number, count));
        }
        server = spawn_blocking(move || {
            while count.load(Ordering::SeqCst) < acknowledgements {
                std::thread::yield_now();
            }
            server.kill();
            server
        })
        .await
        .unwrap();
        let told = writers.join_all().await;
        server = spawn_blocking(move || {
            server.start_again();
            server
        })
        .await
        .unwrap();
        let patient = RetryingStore::over(connect(&settings(server.address(), "alone")).await);
        for Told {
            number,
            version,
            last: (idempotency_key, decision),
        } in told.into_iter().flatten()
        {
            let found = assert_whole(&patient, number).await;
            assert!(
                found.version >= version,
                "told {version}, found {}",
                found.version
            );
            let append = Append {
                expected: version - 1,
                idempotency_key,
                decision: &decision,
            };
            let replayed = Appended::Replayed(decision.reply.clone());
            assert_eq!(patient.append(append).await, Ok(replayed));
        }
        assert_eq!(
            patient
                .claim_once(nonce.0, unused_name(), after(60), NOW)
                .await,
            Ok(nonce.1)
        );
        assert_eq!(patient.due(after(1_000_000), 99).await.unwrap().len(), 8);
        // The store that lived through it serves again by itself.
        timeout(PATIENCE, async {
            while store.probe().await.is_err() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        })
        .await
        .expect("the store comes back with its Redis");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn behind_a_sentinel_work_goes_on_with_the_replica_that_takes_over() {
    let (mut first, sentinel, _replica) = spawn_blocking(|| {
        let first = RedisServer::start();
        let replica = first.replica();
        // A Sentinel asks for replicas when it starts, and then every ten seconds only.
        while !first
            .command(&["INFO", "replication"])
            .contains("state=online")
        {
            std::thread::yield_now();
        }
        let sentinel = first.sentinel();
        while !sentinel.command(&["INFO", "sentinel"]).contains("slaves=1") {
            std::thread::yield_now();
        }
        (first, sentinel, replica)
    })
    .await
    .unwrap();
    let settings = RedisSettings {
        url: format!(
            "redis-sentinel://{}?sentinelServiceName=clinic",
            sentinel.address()
        )
        .into(),
        ..settings(sentinel.address(), "alone")
    };
    let store = RetryingStore::over(connect(&settings).await);
    store.open(&session(1)).await.unwrap();
    let before = put(&store, 1, reserve(1)).await;
    spawn_blocking(move || {
        // This replica has all of it; what becomes of one that lacks something is the next test's matter.
        assert_eq!(first.command(&["WAIT", "1", "5000"]), "1");
        first.kill();
    })
    .await
    .unwrap();
    let after = put(&store, 1, noted(1, "after")).await;
    assert_eq!(after.version, before.version + 1);
    assert_whole(&store, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_replica_that_lacks_acknowledged_events_takes_over_with_another_epoch() {
    let (main, replica) = spawn_blocking(|| (RedisServer::start(), RedisServer::start()))
        .await
        .unwrap();
    let proxy = FaultProxy::before(main.address(), 1).await.unwrap();
    let store = connect(&settings(proxy.address(), "alone")).await;
    store.open(&session(1)).await.unwrap();
    put(&store, 1, reserve(1)).await;

    let address = main.address();
    replica.command(&["REPLICAOF", "127.0.0.1", &address.port().to_string()]);
    put(&store, 1, noted(1, "both have this")).await;
    assert_eq!(main.command(&["WAIT", "1", "20000"]), "1");
    replica.command(&["REPLICAOF", "NO", "ONE"]);
    let lost = put(&store, 1, noted(1, "only the lost server has this")).await;
    let lost = store.load(id(1)).await.unwrap().unwrap_or(lost);
    assert_eq!(lost.view.revision, 3);

    proxy.redirect(replica.address());
    drop(main);
    let patient = RetryingStore::over(store);
    let taken_over = patient.load(id(1)).await.unwrap().unwrap();
    assert_eq!(taken_over.view.revision, 2);
    assert_ne!(
        taken_over.view.epoch, lost.view.epoch,
        "the lost event must not be continued"
    );
    put(&patient, 1, noted(1, "another third event")).await;
    let later = assert_whole(&patient, 1).await;
    assert_eq!(
        (later.view.revision, later.view.epoch),
        (3, taken_over.view.epoch)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_by_one_server_wakes_who_follows_at_another() {
    let settings = settings(RedisServer::shared().address(), &fresh_prefix());
    let (here, there) = (connect(&settings).await, connect(&settings).await);
    here.open(&session(1)).await.unwrap();
    let mut notifications = there.subscribe(id(1));
    for picture in 0..3 {
        let known = there.events_after(id(1), 0).await.unwrap().unwrap().len();
        put(&here, 1, reserve(picture)).await;
        while there.events_after(id(1), 0).await.unwrap().unwrap().len() == known {
            assert!(is_notified(&mut notifications).await);
        }
    }
    here.forget(id(1)).await.unwrap();
    while there.load(id(1)).await.unwrap().is_some() {
        assert!(is_notified(&mut notifications).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_follows_is_woken_after_a_break_for_what_was_missed() {
    let (server, prefix) = (RedisServer::shared(), fresh_prefix());
    let proxy = FaultProxy::before(server.address(), 1).await.unwrap();
    let there = connect(&settings(proxy.address(), &prefix)).await;
    let here = connect(&settings(server.address(), &prefix)).await;
    here.open(&session(1)).await.unwrap();
    let mut notifications = there.subscribe(id(1));
    proxy.shut();
    put(&here, 1, reserve(1)).await;
    proxy.open();
    assert!(is_notified(&mut notifications).await);
    let patient = RetryingStore::over(there);
    let events = patient.events_after(id(1), 0).await.unwrap().unwrap();
    assert_eq!(events.len(), 1);
}
