//! The ledger of the real process, killed at any moment.
#![allow(clippy::unwrap_used)]

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use alex_simulator::{Settings, Simulator};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{Alex, dir, jpeg, media, media_of};
use reqwest::StatusCode;
use tokio::sync::Mutex;

/// The program on a port of its own; killed when dropped.
struct Process {
    child: Child,
    address: String,
}

impl Process {
    fn start(dir: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_alex-simulator"))
            .args(["--listen", "127.0.0.1:0", "--data-dir"])
            .arg(dir)
            .env("NO_COLOR", "1")
            .env("RUST_LOG", "alex_simulator=info")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let told = lines.find_map(|line| {
            let line = line.unwrap();
            let (_, rest) = line.split_once("Medtech at ")?;
            rest.split_once("/medtech")
                .map(|(address, _)| address.to_owned())
        });
        // What it says later must find a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            child,
            address: told.unwrap(),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_is_there_after_kill_9_with_its_bytes() {
    let dir = dir();
    let acknowledged = Arc::new(Mutex::new(Vec::new()));
    for round in 0..6 {
        let process = Process::start(dir.path());
        let alex = Alex::at(process.address.clone()).await;
        let wanted = acknowledged.lock().await.len() + 7 + round;
        let (full, mut reached) = tokio::sync::mpsc::unbounded_channel();
        let alex = Arc::new(alex);
        let posters: Vec<_> = (0..4)
            .map(|poster| {
                let (alex, acknowledged, full) = (alex.clone(), acknowledged.clone(), full.clone());
                tokio::spawn(async move {
                    for number in 0.. {
                        let picture = jpeg(64, 48, 20_000 + number * 7 + poster);
                        let sent = media_of(&format!("{round}-{poster}-{number}"), &picture);
                        let Ok(reply) = alex.post_media(&sent).send().await else {
                            return;
                        };
                        assert_eq!(reply.status(), StatusCode::CREATED);
                        let Ok(text) = reply.text().await else { return };
                        let body: serde_json::Value = serde_json::from_str(&text).unwrap();
                        let id = body["id"].as_str().unwrap().to_owned();
                        let mut all = acknowledged.lock().await;
                        all.push((id, picture));
                        if all.len() >= wanted {
                            let _ = full.send(());
                        }
                    }
                })
            })
            .collect();
        // Four are at work while the fifth of these arrives: the kill falls somewhere inside.
        reached.recv().await;
        drop(process);
        for poster in posters {
            poster.await.unwrap();
        }
    }
    let alex = Alex::start(dir.path()).await;
    let ledger = alex.own("ledger").await;
    let records = ledger["records"].as_array().unwrap();
    assert_eq!(ledger["duplicates"], serde_json::json!([]));
    let acknowledged = acknowledged.lock().await;
    assert!(acknowledged.len() >= 42);
    for (id, picture) in acknowledged.iter() {
        let record = records
            .iter()
            .find(|record| record["id"] == id.as_str())
            .unwrap();
        assert_eq!(record["size"], picture.len());
        let (_, read) = alex.get(&format!("/FHIR/Media/{id}")).await;
        assert_eq!(read["content"]["data"], STANDARD.encode(picture));
    }
    for record in records {
        let path = format!("/FHIR/Media/{}", record["id"].as_str().unwrap());
        assert_eq!(
            alex.get(&path).await.0,
            StatusCode::OK,
            "every line has its bytes"
        );
    }
}

#[tokio::test]
async fn a_ledger_cut_at_any_byte_opens_with_every_whole_line() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    for reference in ["img-1", "img-2"] {
        alex.post_media(&media(reference)).send().await.unwrap();
    }
    alex.stop();
    let path = dir.path().join("ledger.jsonl");
    let whole = std::fs::read(&path).unwrap();
    for end in 0..whole.len() {
        std::fs::write(&path, &whole[..end]).unwrap();
        Simulator::open(Settings::demo(dir.path(), "http://app.test")).unwrap();
        let kept = std::fs::read(&path).unwrap();
        let line_end = whole[..end].iter().rposition(|byte| *byte == b'\n');
        assert_eq!(
            kept,
            whole[..line_end.map_or(0, |at| at + 1)],
            "cut at {end}"
        );
    }
}

#[tokio::test]
async fn a_ledger_of_before_scans_is_still_read() {
    let dir = dir();
    let line = r#"{"kind":"media","id":"a1","time":"2026-01-01T00:00:00.000Z","patientId":"14e52e16edb7a435bfa05e307afd008b","identifier":{"system":null,"value":"old"},"title":null,"contentType":"image/jpeg","sha256":"00","size":1,"width":2,"height":3,"correlationId":null,"facility":null,"advice":[],"resource":{}}"#;
    std::fs::write(dir.path().join("ledger.jsonl"), format!("{line}\n")).unwrap();
    let alex = Alex::start(dir.path()).await;
    assert_eq!(alex.own("media").await[0]["width"], 2);
    assert_eq!(alex.created().await, ["old"]);
}
