//! What only a store on disk can get wrong: a kill in the middle of writing, a file that cannot be used.

use crate::backends::{Backend, InRedb};
use crate::fixtures::{
    decided, id, idempotency_key, noted, put, reserve, session, with_one_session,
};
use clinical_images::ports::{Append, Appended, PortFault, SessionStore};
use clinical_server::adapter::session::redb::RedbSessions;
use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

const CHILD: &str = "CLINICAL_TEST_KILLED_STORE";
const WRITERS: u128 = 8;

/// The child's part: writes for ever, and says what was acknowledged.
async fn write_until_killed(path: &Path) {
    let store = Arc::new(RedbSessions::open(path).unwrap());
    let mut writers = tokio::task::JoinSet::new();
    for number in 0..WRITERS {
        let (store, mut out) = (Arc::clone(&store), std::io::stdout());
        writers.spawn(async move {
            loop {
                let version = store.load(id(number)).await.unwrap().unwrap().version;
                let command = if version == 0 {
                    reserve(1)
                } else {
                    noted(1, &version.to_string())
                };
                let next = put(&*store, number, command).await;
                writeln!(out, "acknowledged {number} {}", next.version).unwrap();
            }
        });
    }
    writers.join_all().await;
}

fn child(path: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "on_disk::what_was_acknowledged_survives_a_kill",
            "--nocapture",
        ])
        .env(CHILD, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Kills a writing child after so many acknowledgements; answers the last version that each writer was told.
fn killed_after(path: &Path, acknowledgements: usize) -> HashMap<u128, u64> {
    let mut child = child(path);
    let mut told = HashMap::new();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for (count, line) in lines
        .map_while(Result::ok)
        .filter(|line| line.contains("ack"))
        .enumerate()
    {
        // The pipe is read to its end: what was said before the kill counts.
        if count == acknowledgements {
            child.kill().unwrap();
        }
        let words: Vec<_> = line.split_whitespace().collect();
        let [.., "acknowledged", number, version] = words[..] else {
            continue;
        };
        told.insert(number.parse().unwrap(), version.parse().unwrap());
    }
    let end = child.wait().unwrap();
    assert_eq!(end.code(), None, "killed, not ended by itself: {end}");
    told
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    if let Some(path) = std::env::var_os(CHILD) {
        return write_until_killed(Path::new(&path)).await;
    }
    let mut backend = InRedb::fresh().await;
    for number in 0..WRITERS {
        backend.store().open(&session(number)).await.unwrap();
    }
    for acknowledgements in [1, 100, 333] {
        backend.close();
        let told = killed_after(&backend.path(), acknowledgements);
        assert!(!told.is_empty());
        backend.open().await;
        let store = backend.store();
        for (number, version) in told {
            let found = store.load(id(number)).await.unwrap().unwrap();
            assert!(
                found.version >= version,
                "told {version}, found {}",
                found.version
            );
            let events = store.events_after(id(number), 0).await.unwrap().unwrap();
            assert_eq!(events.len() as u64, found.version);
            let mut view = session(number).view;
            events.iter().for_each(|event| view.apply(event).unwrap());
            assert_eq!(view, found.view);
        }
    }
}

fn refusal(path: &Path) -> PortFault {
    RedbSessions::open(path)
        .err()
        .expect("a file that cannot be used")
}

#[tokio::test]
async fn a_file_that_is_held_already_is_refused_in_one_sentence() {
    let backend = InRedb::fresh().await;
    let fault = refusal(&backend.path());
    assert!(matches!(fault, PortFault::Unavailable { .. }));
    assert!(
        fault
            .to_string()
            .ends_with("sessions.redb is held by another process"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_missing_directory_is_refused_in_one_sentence() {
    let directory = tempfile::tempdir().unwrap();
    let fault = refusal(&directory.path().join("nowhere/sessions.redb"));
    assert!(fault.to_string().contains("cannot open"), "{fault}");
}

#[tokio::test]
async fn a_file_of_something_else_is_refused_and_left_as_it_is() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("notes.txt");
    let text = "not a store at all ".repeat(1000);
    fs::write(&path, &text).unwrap();
    let fault = refusal(&path);
    assert!(matches!(fault, PortFault::Protocol { .. }), "{fault}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[tokio::test]
async fn a_damaged_file_is_refused_or_still_whole_and_never_a_crash() {
    let mut backend = InRedb::fresh().await;
    let store = backend.store();
    for number in 0..20 {
        store.open(&session(number)).await.unwrap();
        put(&*store, number, reserve(1)).await;
    }
    drop(store);
    backend.close();
    let whole = fs::read(backend.path()).unwrap();
    let cut = |length: usize| whole[..length].to_vec();
    let scratched = |from: usize, length: usize| {
        let mut bytes = whole.clone();
        bytes[from..from + length]
            .iter_mut()
            .for_each(|byte| *byte ^= 0x5a);
        bytes
    };
    let damages = [
        cut(whole.len() / 2),
        cut(4096),
        cut(100),
        scratched(0, 16),
        scratched(64, 300),
        scratched(4096, 4096),
        scratched(4096, whole.len() - 4096),
    ];
    for damaged in damages {
        fs::write(backend.path(), damaged).unwrap();
        match RedbSessions::open(&backend.path()) {
            Err(fault) => assert!(!fault.to_string().contains('\n'), "{fault}"),
            Ok(store) => {
                for number in 0..20 {
                    let _ = store.load(id(number)).await;
                }
                let _ = store.probe().await;
            }
        }
    }
}

#[tokio::test]
async fn requests_of_long_ago_are_let_go() {
    let backend = InRedb::fresh().await;
    let (store, opened) = with_one_session(&backend).await;
    let (decision, idempotency_key) = (decided(&opened, reserve(1)), idempotency_key("reserve"));
    let append = Append {
        expected: 0,
        idempotency_key,
        decision: &decision,
    };
    assert_eq!(store.append(append).await, Ok(Appended::Done));
    for turn in 1..320 {
        put(&*store, 1, noted(1, &turn.to_string())).await;
    }
    assert_eq!(store.append(append).await, Ok(Appended::Conflict));
}

#[cfg(unix)]
#[tokio::test]
async fn a_new_file_is_for_this_user_only() {
    use std::os::unix::fs::PermissionsExt;
    let backend = InRedb::fresh().await;
    let mode = fs::metadata(backend.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
