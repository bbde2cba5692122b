//! What only a store that several servers share can get wrong: its Redis killed, paused, taken over by a replica, set up
//! badly; another server's changes.

use crate::kit::{
    NOW, after, anybody, decided, id, noted, put, request, reserve, session, with_one_session,
};
use crate::patient::Patient;
use crate::places::{InFaultyRedis, InRedis, Place, fresh_prefix, settings};
use crate::redis_server::RedisServer;
use clinical_images::digest::Sha256;
use clinical_images::ports::{Append, Appended, PortFault, SessionStore, Wakes};
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

async fn connect(settings: &RedisSettings) -> RedisSessions {
    RedisSessions::connect(settings).await.unwrap()
}

/// A server of its own, and a store on it.
async fn alone() -> (RedisServer, RedisSessions) {
    let server = spawn_blocking(RedisServer::start).await.unwrap();
    let store = connect(&settings(server.address(), "alone")).await;
    (server, store)
}

async fn is_woken(wakes: &mut Wakes) -> bool {
    let woken = timeout(PATIENCE, wakes.next()).await;
    woken.expect("a wake in time").is_some()
}

/// Folds every stored event, which fails at a gap, and compares with the state. What epoch it is does not matter.
async fn assert_whole(store: &dyn SessionStore, number: u128) -> Session {
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
    last: (clinical_images::ports::Request, Decision),
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
        let (decision, request) = (decided(&session, command), request("write"));
        let append = Append {
            expected: session.version,
            request,
            decision: &decision,
        };
        let Ok(Appended::Done) = store.append(append).await else {
            return told;
        };
        count.fetch_add(1, Ordering::SeqCst);
        told = Some(Told {
            number,
            version: decision.next.version,
            last: (request, decision),
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
    let mark = (Sha256::of(b"launch"), anybody());
    assert_eq!(
        store.remember_once(mark.0, mark.1, after(60), NOW).await,
        Ok(true)
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
        let patient = Patient::over(connect(&settings(server.address(), "alone")).await);
        for Told {
            number,
            version,
            last: (request, decision),
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
                request,
                decision: &decision,
            };
            let replayed = Appended::Replayed(decision.reply.clone());
            assert_eq!(patient.append(append).await, Ok(replayed));
        }
        assert_eq!(
            patient.remember_once(mark.0, mark.1, after(60), NOW).await,
            Ok(true)
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
    let patient = Patient::over(store);
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
    let mut wakes = there.follow(id(1));
    for picture in 0..3 {
        let known = there.events_after(id(1), 0).await.unwrap().unwrap().len();
        put(&here, 1, reserve(picture)).await;
        while there.events_after(id(1), 0).await.unwrap().unwrap().len() == known {
            assert!(is_woken(&mut wakes).await);
        }
    }
    here.forget(id(1)).await.unwrap();
    while there.load(id(1)).await.unwrap().is_some() {
        assert!(is_woken(&mut wakes).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_follows_is_woken_after_a_break_for_what_was_missed() {
    let (server, prefix) = (RedisServer::shared(), fresh_prefix());
    let proxy = FaultProxy::before(server.address(), 1).await.unwrap();
    let there = connect(&settings(proxy.address(), &prefix)).await;
    let here = connect(&settings(server.address(), &prefix)).await;
    here.open(&session(1)).await.unwrap();
    let mut wakes = there.follow(id(1));
    proxy.shut();
    put(&here, 1, reserve(1)).await;
    proxy.open();
    assert!(is_woken(&mut wakes).await);
    let patient = Patient::over(there);
    let events = patient.events_after(id(1), 0).await.unwrap().unwrap();
    assert_eq!(events.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_cannot_be_reached_nobody_waits_and_afterwards_all_is_well() {
    let proxy = FaultProxy::before(RedisServer::shared().address(), 1)
        .await
        .unwrap();
    let settings = RedisSettings {
        time_out: Duration::from_millis(500),
        ..settings(proxy.address(), &fresh_prefix())
    };
    let store = Arc::new(connect(&settings).await);
    store.open(&session(1)).await.unwrap();
    proxy.shut();
    // What comes at the moment of the break may wait for the first try at another connection.
    while store.load(id(1)).await.is_ok() {}
    let mut many = JoinSet::new();
    for _ in 0..200 {
        let store = Arc::clone(&store);
        many.spawn(async move { store.load(id(1)).await.unwrap_err() });
    }
    for fault in many.join_all().await {
        assert!(matches!(fault, PortFault::Away { .. }), "{fault}");
        assert!(!fault.to_string().contains("timed out"), "{fault}");
    }
    proxy.open();
    let store = Arc::into_inner(store).expect("nobody else holds it");
    assert_eq!(Patient::over(store).load(id(1)).await, Ok(Some(session(1))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn while_redis_stalls_one_command_at_a_time_tries_its_luck() {
    let proxy = FaultProxy::before(RedisServer::shared().address(), 1)
        .await
        .unwrap();
    let settings = RedisSettings {
        time_out: Duration::from_millis(300),
        ..settings(proxy.address(), &fresh_prefix())
    };
    let store = connect(&settings).await;
    store.open(&session(1)).await.unwrap();
    proxy.hold();
    let stalled = store.load(id(1)).await;
    assert!(
        matches!(stalled, Err(PortFault::Away { .. })),
        "{stalled:?}"
    );
    let (first, second) = tokio::join!(store.load(id(1)), store.load(id(1)));
    assert!(first.is_err());
    let sentence = second.unwrap_err().to_string();
    assert!(sentence.contains("does not answer in time"), "{sentence}");
    proxy.release();
    assert_eq!(Patient::over(store).load(id(1)).await, Ok(Some(session(1))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unsafe_settings_of_redis_are_named_and_make_it_unready_unless_allowed() {
    let (server, store) = alone().await;
    assert_eq!(store.probe().await, Ok(()));
    let mut allowed = settings(server.address(), "alone");
    allowed.unsafe_allowed = true;
    let allowed = connect(&allowed).await;

    server.command(&["CONFIG", "SET", "appendfsync", "everysec"]);
    assert_eq!(store.probe().await, Ok(()), "a warning only");
    for (setting, bad, good) in [
        ("appendonly", "no", "yes"),
        ("maxmemory-policy", "allkeys-lru", "volatile-lru"),
    ] {
        assert_eq!(server.command(&["CONFIG", "SET", setting, bad]), "OK");
        let fault = store.probe().await.unwrap_err();
        assert!(matches!(fault, PortFault::Broken { .. }));
        assert!(
            fault.to_string().contains(&format!("{setting} {bad}")),
            "{fault}"
        );
        assert_eq!(allowed.probe().await, Ok(()));
        assert_eq!(server.command(&["CONFIG", "SET", setting, good]), "OK");
        assert_eq!(store.probe().await, Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_hides_its_settings_and_lines_of_history_can_be_used() {
    let server = spawn_blocking(RedisServer::start).await.unwrap();
    server.command(&[
        "ACL", "SETUSER", "app", "on", ">secret", "~*", "&*", "+@all", "-config", "-info",
    ]);
    let settings = RedisSettings {
        url: format!("redis://app:secret@{}", server.address()).into(),
        ..settings(server.address(), "alone")
    };
    let store = connect(&settings).await;
    store.open(&session(1)).await.unwrap();
    assert_eq!(store.probe().await, Ok(()));
    assert_eq!(store.load(id(1)).await, Ok(Some(session(1))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn redis_is_not_trusted_to_forget_and_keeps_nothing_of_what_is_forgotten() {
    let (server, store) = alone().await;
    store.open(&session(1)).await.unwrap();
    put(&store, 1, reserve(1)).await;
    store
        .remember_once(Sha256::of(b"launch"), anybody(), after(60), NOW)
        .await
        .unwrap();
    let lasting = "local bad = 0 for _, key in ipairs(redis.call('KEYS', '*')) do
        if redis.call('TTL', key) ~= -1 then bad = bad + 1 end end return {#redis.call('KEYS', '*'), bad}";
    assert_eq!(server.command(&["EVAL", lasting, "0"]), "0");
    store.forget(id(1)).await.unwrap();
    let left = "return #redis.call('KEYS', '*' .. ARGV[1] .. '*')";
    let name = id(1).to_string();
    assert_eq!(server.command(&["EVAL", left, "0", &name]), "0");
    assert_eq!(
        server.command(&["EXISTS", "alone:{1}:due", "alone:{1}:all"]),
        "0"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_has_forgotten_the_scripts_is_told_them_again() {
    let (server, store) = alone().await;
    store.open(&session(1)).await.unwrap();
    assert_eq!(server.command(&["SCRIPT", "FLUSH"]), "OK");
    assert_eq!(store.load(id(1)).await, Ok(Some(session(1))));
    assert_eq!(put(&store, 1, reserve(1)).await.version, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_of_long_ago_are_let_go_here_too() {
    let place = InRedis::fresh().await;
    let (store, opened) = with_one_session(&place).await;
    let (decision, request) = (decided(&opened, reserve(1)), request("reserve"));
    let append = Append {
        expected: 0,
        request,
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    for turn in 1..=256 {
        put(&*store, 1, noted(1, &turn.to_string())).await;
    }
    assert_eq!(store.append(append).await, Ok(Appended::Conflict));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redis_that_cannot_be_reached_is_one_sentence_without_the_password() {
    let server = spawn_blocking(RedisServer::start).await.unwrap();
    let port = server.address().port();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    for url in [
        format!("redis://:topsecret@127.0.0.1:{port}"),
        format!("redis://:topsecret@{nobody}"),
        "http://:topsecret@localhost".to_owned(),
    ] {
        let settings = RedisSettings {
            url: url.into(),
            ..settings(nobody, "alone")
        };
        let fault = RedisSessions::connect(&settings)
            .await
            .err()
            .expect("a refusal");
        let sentence = fault.to_string();
        assert!(sentence.contains("REDIS_URL"), "{sentence}");
        assert!(
            !sentence.contains("topsecret") && !sentence.contains('\n'),
            "{sentence}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_faulty_network_really_cuts() {
    let place = InFaultyRedis::fresh().await;
    let (store, _) = with_one_session(&place).await;
    put(&*store, 1, reserve(1)).await;
    while place.cuts() < 10 {
        let next = store.load(id(1)).await.unwrap().unwrap().version;
        put(&*store, 1, noted(1, &next.to_string())).await;
    }
    assert_whole(&*store, 1).await;
}
