//! The proxy before a server that repeats what it hears.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::time::timeout;

/// Repeats everything, and counts the bytes it has heard.
async fn echo() -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let heard = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((mut caller, _)) = listener.accept().await {
            let counted = Arc::clone(&counted);
            tokio::spawn(async move {
                let mut piece = [0; 100];
                while let Ok(length @ 1..) = caller.read(&mut piece).await {
                    counted.fetch_add(length, Ordering::SeqCst);
                    if caller.write_all(&piece[..length]).await.is_err() {
                        return;
                    }
                }
            });
        }
    });
    (address, heard)
}

/// Says something and answers what comes back before the connection ends or the whole is there.
async fn says(connection: &mut TcpStream, words: &str) -> String {
    let mut back = vec![0; words.len()];
    let mut length = 0;
    if connection.write_all(words.as_bytes()).await.is_ok() {
        while length < back.len() {
            match connection.read(&mut back[length..]).await {
                Ok(0) | Err(_) => break,
                Ok(more) => length += more,
            }
        }
    }
    String::from_utf8(back[..length].to_vec()).unwrap()
}

async fn proxy_before_echo() -> (FaultProxy, Arc<AtomicUsize>) {
    let (address, heard) = echo().await;
    (FaultProxy::before(address, 1).await.unwrap(), heard)
}

async fn caller(proxy: &FaultProxy) -> TcpStream {
    TcpStream::connect(proxy.address()).await.unwrap()
}

#[tokio::test]
async fn without_faults_bytes_pass_both_ways() {
    let (proxy, _) = proxy_before_echo().await;
    let mut caller = caller(&proxy).await;
    assert_eq!(says(&mut caller, "kia ora").await, "kia ora");
    assert_eq!(says(&mut caller, "again").await, "again");
}

#[tokio::test]
async fn a_cut_ends_the_connection_with_at_most_half_of_the_piece_through() {
    let (proxy, heard) = proxy_before_echo().await;
    proxy.inject(Faults {
        cuts: 1000,
        ..Faults::NONE
    });
    for _ in 0..20 {
        let mut caller = caller(&proxy).await;
        assert_eq!(says(&mut caller, "request!").await, "");
    }
    assert_eq!(proxy.cuts(), 20);
    assert!(heard.load(Ordering::SeqCst) <= 20 * 4);
    proxy.inject(Faults::NONE);
    assert_eq!(
        says(&mut caller(&proxy).await, "request!").await,
        "request!"
    );
}

#[tokio::test]
async fn a_shut_proxy_cuts_and_turns_away_until_it_opens() {
    let (proxy, _) = proxy_before_echo().await;
    let mut before = caller(&proxy).await;
    assert_eq!(says(&mut before, "one").await, "one");
    proxy.shut();
    assert_eq!(says(&mut before, "two").await, "");
    assert_eq!(says(&mut caller(&proxy).await, "three").await, "");
    proxy.open();
    assert_eq!(says(&mut caller(&proxy).await, "four").await, "four");
}

#[tokio::test]
async fn what_is_held_arrives_when_it_is_released() {
    let (proxy, heard) = proxy_before_echo().await;
    let mut caller = caller(&proxy).await;
    assert_eq!(says(&mut caller, "one").await, "one");
    proxy.hold();
    let mut waiting = Box::pin(says(&mut caller, "two"));
    assert!(
        timeout(Duration::from_millis(50), &mut waiting)
            .await
            .is_err()
    );
    assert_eq!(heard.load(Ordering::SeqCst), 3);
    proxy.release();
    assert_eq!(waiting.await, "two");
}

#[tokio::test]
async fn new_connections_follow_a_redirection() {
    let (proxy, first) = proxy_before_echo().await;
    let (elsewhere, second) = echo().await;
    let mut old = caller(&proxy).await;
    assert_eq!(says(&mut old, "old").await, "old");
    proxy.redirect(elsewhere);
    assert_eq!(says(&mut caller(&proxy).await, "newer").await, "newer");
    let counts = (first.load(Ordering::SeqCst), second.load(Ordering::SeqCst));
    assert_eq!(counts, (3, 5));
}
