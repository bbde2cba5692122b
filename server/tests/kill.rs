//! The server's own program, killed or held up at each named place on a picture's way and started again until all is
//! quiet: then the record holds what the GP chose, each picture once, byte for byte, and nothing else.
//!
//! Picture store and simulated ALEX stand in this process and live on; sessions are in a file, or in Redis where two
//! servers share them. Time goes fast once the pictures are committed.

#![allow(
    clippy::unwrap_used,
    reason = "a test fails by panicking, and so do its helpers"
)]
#![allow(
    dead_code,
    reason = "what stands around the server is shared with the tests over HTTP"
)]

#[path = "http/browser.rs"]
mod browser;
#[path = "http/client.rs"]
mod client;
#[path = "http/event_reader.rs"]
mod event_reader;
#[path = "http/practice.rs"]
mod practice;
#[path = "session_store/redis_server.rs"]
mod redis_server;
#[path = "kill/server.rs"]
mod server;
#[path = "http/test_photo.rs"]
mod test_photo;

use client::Client;
use clinical_images::id::OutboxEntryId;
use clinical_images::picture::PictureState;
use clinical_images::record::Target;
use clinical_images::session::Scans;
use clinical_server::failpoint::{ALL, LOOKUP_ANSWERED, LOOKUP_CLAIMED};
use futures::StreamExt as _;
use redis_server::RedisServer;
use serde_json::Value;
use server::{Server, eventually};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use test_photo::TestPhoto;

/// Servers that run at the same time; most of their time they wait.
const AT_ONCE: usize = 6;

#[derive(Clone, Copy, Debug)]
enum Disruption {
    /// `kill -9` at that instruction, and another server afterwards.
    Kill,
    /// Held up until everybody else must have taken it for dead, and then let go on.
    HoldUp,
    /// Held up while another server on the same Redis does all of its work, and then let go on.
    TakeOver,
}

/// What the GP commits three photos as.
#[derive(Clone, Copy, Debug)]
enum As {
    /// Three photos.
    Photos,
    /// One scanned document of three pages.
    Document,
}

impl As {
    fn settings(self) -> Vec<(&'static str, String)> {
        match self {
            Self::Photos => Vec::new(),
            Self::Document => vec![("FILING_TARGETS", "scan-pdf".to_owned())],
        }
    }

    /// How the simulator calls a post of it.
    fn post(self) -> &'static str {
        match self {
            Self::Photos => "POST /FHIR/Media",
            Self::Document => "POST /FHIR/DocumentReference",
        }
    }
}

/// Sessions and ledger in a Redis that several servers share, under a name that no other run has.
fn in_redis() -> [(&'static str, String); 2] {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let url = format!("redis://{}", RedisServer::shared().address());
    let prefix = format!("run:{}", NEXT.fetch_add(1, Ordering::Relaxed));
    [("REDIS_URL", url), ("REDIS_PREFIX", prefix)]
}

/// One run: something happens at a place.
async fn disrupt(point: &'static str, disruption: Disruption, kind: As) -> Result<(), String> {
    let mut settings = kind.settings();
    if matches!(disruption, Disruption::TakeOver) {
        settings.extend(in_redis());
    }
    let mut server = Server::start_with(Some(point), &settings).await;
    let desk = server.desk().await;
    let (chosen, other) = (
        [TestPhoto::new(), TestPhoto::new(), TestPhoto::new()],
        TestPhoto::new(),
    );
    for photo in chosen.iter().chain([&other]) {
        desk.send(photo).await;
    }
    if [LOOKUP_CLAIMED, LOOKUP_ANSWERED].contains(&point) {
        server.practice.fault(kind.post(), "lost", 1).await;
    }
    let ids: Vec<_> = chosen.iter().map(TestPhoto::id).collect();
    desk.commit_as(&ids, Scans::Together).await.is_fine();
    server.hurry();
    server.until_reached(point).await;
    match disruption {
        Disruption::Kill => server.kill_and_restart().await,
        Disruption::HoldUp => {
            // Longer than a claim holds, on the scaled clock.
            tokio::time::sleep(Duration::from_secs(4)).await;
            server.let_go(point);
        }
        Disruption::TakeOver => {
            let other = server.another().await;
            settled(&server, &desk, &chosen).await;
            server.let_go(point);
            server.ends().await;
            drop(other);
            return compare(&server, &chosen, kind).await;
        }
    }
    settled(&server, &desk, &chosen).await;
    server.kill_and_restart().await;
    settled(&server, &desk, &chosen).await;
    compare(&server, &chosen, kind).await
}

/// Waits until each chosen picture is in the record, as the GP sees it.
async fn settled(server: &Server, desk: &Client, chosen: &[TestPhoto]) {
    for photo in chosen {
        eventually(async || {
            let filed = matches!(desk.state(photo.id()).await, PictureState::Filed { .. });
            filed || !server.is_up().await
        })
        .await;
    }
}

/// The simulator's ledger against the GP's choice: names, and digests of the pictures under each.
async fn compare(server: &Server, chosen: &[TestPhoto], kind: As) -> Result<(), String> {
    let (media, documents) = (server.practice.media(), server.practice.documents());
    let (media, documents) = (media.await, documents.await);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let name = |filed: &Value| text(&filed["identifier"]["value"]);
    let photos = media
        .iter()
        .map(|filed| (name(filed), vec![text(&filed["sha256"])]));
    let scans = documents.iter().map(|filed| {
        let pages = filed["pages"].as_array().into_iter().flatten();
        (
            name(filed),
            pages.map(|page| text(&page["sha256"])).collect(),
        )
    });
    let mut recorded: Vec<(String, Vec<String>)> = photos.chain(scans).collect();
    let digest = |photo: &TestPhoto| photo.claim.rendition.sha256.to_string();
    let mut expected: Vec<(String, Vec<String>)> = match kind {
        As::Photos => chosen
            .iter()
            .map(|photo| (photo.id().to_string(), vec![digest(photo)]))
            .collect(),
        As::Document => {
            let pages: Vec<_> = chosen.iter().map(TestPhoto::id).collect();
            let name = Target::ScanPdf.identifier(OutboxEntryId::of_document(&pages));
            vec![(name, chosen.iter().map(digest).collect())]
        }
    };
    recorded.sort();
    expected.sort();
    if recorded == expected {
        Ok(())
    } else {
        Err(format!(
            "the record holds {recorded:?}, the GP chose {expected:?}"
        ))
    }
}

/// Every place, struck so.
async fn everywhere(disruption: Disruption, kind: As) {
    let runs = ALL.iter().map(|point| async move {
        let done = disrupt(point, disruption, kind).await;
        done.map_err(|wrong| format!("{disruption:?} at {point}, {kind:?}: {wrong}"))
    });
    let done: Vec<_> = futures::stream::iter(runs)
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let wrong: Vec<_> = done.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_anywhere_files_each_picture_once() {
    everywhere(Disruption::Kill, As::Photos).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_anywhere_files_a_document_once() {
    everywhere(Disruption::Kill, As::Document).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long; ./test --long"]
async fn a_server_that_is_held_up_anywhere_files_each_picture_once() {
    everywhere(Disruption::HoldUp, As::Photos).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long; ./test --long"]
async fn a_server_that_is_held_up_anywhere_files_a_document_once() {
    everywhere(Disruption::HoldUp, As::Document).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long; ./test --long"]
async fn a_server_that_is_held_up_anywhere_while_another_takes_over_files_each_picture_once() {
    everywhere(Disruption::TakeOver, As::Photos).await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes long; ./test --long"]
async fn a_server_that_is_held_up_anywhere_while_another_takes_over_files_a_document_once() {
    everywhere(Disruption::TakeOver, As::Document).await;
}
