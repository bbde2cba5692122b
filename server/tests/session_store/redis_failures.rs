//! Redis that cannot be reached, stalls, is set up badly, or has forgotten what it was told.

use crate::backends::{Backend, InFaultyRedis, InRedis, fresh_prefix, settings};
use crate::fixtures::{
    NOW, after, decided, id, idempotency_key, noted, put, reserve, session, unused_name,
    with_one_session,
};
use crate::redis_server::RedisServer;
use crate::retrying_store::RetryingStore;
use crate::shared::{alone, assert_whole, connect};
use clinical_images::digest::Sha256;
use clinical_images::ports::{Append, Appended, PortFault, ReplayGuard as _, SessionStore as _};
use clinical_server::adapter::session::redis::{RedisSessions, RedisSettings};
use fault_proxy::FaultProxy;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinSet, spawn_blocking};

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
    let refused_at_once = |fault: &PortFault| !fault.to_string().contains("timed out");
    while !store
        .load(id(1))
        .await
        .is_err_and(|fault| fault.to_string().contains("Canceled"))
    {}
    let mut many = JoinSet::new();
    for _ in 0..200 {
        let store = Arc::clone(&store);
        many.spawn(async move { store.load(id(1)).await.unwrap_err() });
    }
    for fault in many.join_all().await {
        assert!(matches!(fault, PortFault::Unavailable { .. }), "{fault}");
        assert!(refused_at_once(&fault), "{fault}");
    }
    proxy.open();
    let store = Arc::into_inner(store).expect("nobody else holds it");
    assert_eq!(
        RetryingStore::over(store).load(id(1)).await,
        Ok(Some(session(1)))
    );
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
        matches!(stalled, Err(PortFault::Unavailable { .. })),
        "{stalled:?}"
    );
    let (first, second) = tokio::join!(store.load(id(1)), store.load(id(1)));
    assert!(first.is_err());
    let sentence = second.unwrap_err().to_string();
    assert!(sentence.contains("does not answer in time"), "{sentence}");
    proxy.release();
    assert_eq!(
        RetryingStore::over(store).load(id(1)).await,
        Ok(Some(session(1)))
    );
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
        ("maxmemory-policy", "allkeys-lru", "noeviction"),
        ("maxmemory-policy", "volatile-ttl", "noeviction"),
    ] {
        assert_eq!(server.command(&["CONFIG", "SET", setting, bad]), "OK");
        let fault = store.probe().await.unwrap_err();
        assert!(matches!(fault, PortFault::Protocol { .. }));
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
        .claim_once(Sha256::of(b"launch"), unused_name(), after(60), NOW)
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
    let backend = InRedis::fresh().await;
    let (store, opened) = with_one_session(&backend).await;
    let (decision, idempotency_key) = (decided(&opened, reserve(1)), idempotency_key("reserve"));
    let append = Append {
        expected: 0,
        idempotency_key,
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
    let set = server.command(&["CONFIG", "SET", "requirepass", "right"]);
    assert_eq!(set, "OK");
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
            url: url.clone().into(),
            ..settings(nobody, "alone")
        };
        let connected = RedisSessions::connect(&settings).await;
        let fault = connected
            .err()
            .unwrap_or_else(|| panic!("{url} is refused"));
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
    let backend = InFaultyRedis::fresh().await;
    let (store, _) = with_one_session(&backend).await;
    put(&*store, 1, reserve(1)).await;
    while backend.cuts() < 10 {
        let next = store.load(id(1)).await.unwrap().unwrap().version;
        put(&*store, 1, noted(1, &next.to_string())).await;
    }
    assert_whole(&*store, 1).await;
}
