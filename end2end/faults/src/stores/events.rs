//! How soon an event is heard: several desktops write notes at one server, and readers of their streams note when each
//! line came, at the same server and at another.

use super::{Events, Figures};
use crate::browser::{self, Browser};
use crate::client::Client;
use crate::cluster::Endpoints;
use crate::desk;
use crate::history::History;
use crate::lines::Lines;
use crate::test_photo::TestPhoto;
use fastrand::Rng;
use http::Method;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::{JoinHandle, JoinSet};

/// Delivery at the server that took the append.
pub(super) const SAME: &str = "on the same server";
/// Delivery at another one.
pub(super) const ACROSS: &str = "on another server";

/// Desktops at the same time.
const DESKS: usize = 8;
/// Notes that each writes.
const NOTES: usize = 250;
/// Between two notes of a desktop.
const PAUSE: Duration = Duration::from_millis(5);
/// How long the last lines may take.
const LAST: Duration = Duration::from_secs(10);

/// A note that was written: when it was asked for, and when that was answered.
struct Written {
    note: String,
    asked: Instant,
    answered: Instant,
}

/// What one desktop wrote, and when its readers heard each note.
struct Desktop {
    written: Vec<Written>,
    same: HashMap<String, Instant>,
    across: HashMap<String, Instant>,
}

/// Measures on a cluster with two servers.
pub(super) async fn measure(endpoints: &Endpoints) -> Result<Vec<Events>, String> {
    let client = browser::client().map_err(|fault| fault.to_string())?;
    let patient = first_patient(&client, endpoints).await?;
    let begun = Instant::now();
    let mut desks = JoinSet::new();
    for number in 0..DESKS {
        let servers = endpoints.servers.as_slice().into();
        let browser = Browser::new(client.clone(), servers, number);
        let (medtech, patient) = (endpoints.medtech.clone(), patient.clone());
        desks.spawn(async move {
            let history = History::in_memory();
            let desk = desk::open(&medtech, &patient, browser, &history).await;
            write(
                desk.ok_or("no session opens")?,
                Rng::with_seed(number as u64),
            )
            .await
        });
    }
    let mut all = Vec::new();
    while let Some(desk) = desks.join_next().await {
        all.push(desk.map_err(|fault| fault.to_string())??);
    }
    let span = begun.elapsed();
    Ok(vec![
        events(SAME, &all, |desk| &desk.same, span),
        events(ACROSS, &all, |desk| &desk.across, span),
    ])
}

#[derive(Deserialize)]
struct Patient {
    id: String,
}

async fn first_patient(client: &reqwest::Client, endpoints: &Endpoints) -> Result<String, String> {
    let list = format!("{}/medtech/api/patients", endpoints.medtech);
    let asked = async { client.get(list).send().await?.json::<Vec<Patient>>().await };
    let patients = asked.await.map_err(|fault| fault.to_string())?;
    let first = patients.into_iter().next();
    first
        .map(|patient| patient.id)
        .ok_or("no patients".to_owned())
}

/// One desktop's notes.
async fn write(desk: Client, mut rng: Rng) -> Result<Desktop, String> {
    let photo = TestPhoto::new(&mut rng);
    if !desk.only_reserve(&photo).await {
        return Err("no place for a picture".to_owned());
    }
    let mut same = Reader::begin(&desk, &desk.browser).await?;
    let mut across = Reader::begin(&desk, &desk.browser.elsewhere()).await?;
    let mut written = Vec::new();
    for number in 0..NOTES {
        let note = format!("note {number}");
        let arguments = json!({
            "scope": { "desktop": desk.session },
            "pictures": [photo.id()],
            "change": { "note": note },
        });
        let asked = Instant::now();
        let answer = desk.browser.ask::<()>("pictures/describe", arguments).await;
        answer.map_err(|failure| format!("a note was not taken: {failure:?}"))?;
        written.push(Written {
            note,
            asked,
            answered: Instant::now(),
        });
        tokio::time::sleep(PAUSE).await;
    }
    Ok(Desktop {
        same: same.heard(NOTES).await,
        across: across.heard(NOTES).await,
        written,
    })
}

/// A stream that is open; what comes is noted at once.
struct Reader {
    lines: UnboundedReceiver<(String, Instant)>,
    reading: JoinHandle<()>,
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Reader {
    async fn begin(desk: &Client, browser: &Browser) -> Result<Self, String> {
        let request = browser.bare(Method::GET, &desk.events_path());
        let opened = request.send().await.map_err(|fault| fault.to_string())?;
        let (send, lines) = mpsc::unbounded_channel();
        Ok(Self {
            lines,
            reading: tokio::spawn(read(opened, send)),
        })
    }

    /// When each note came, once so many have, or patience is over.
    async fn heard(&mut self, count: usize) -> HashMap<String, Instant> {
        let mut heard = HashMap::new();
        let listening = async {
            while heard.len() < count {
                let Some((note, at)) = self.lines.recv().await else {
                    return;
                };
                heard.entry(note).or_insert(at);
            }
        };
        let _ = tokio::time::timeout(LAST, listening).await;
        heard
    }
}

async fn read(opened: reqwest::Response, notes: UnboundedSender<(String, Instant)>) {
    let mut lines = Lines::of(opened);
    while let Some(line) = lines.next().await {
        let now = Instant::now();
        let note = line
            .split_once(r#""note":""#)
            .and_then(|(_, rest)| rest.split('"').next());
        if let Some(note) = note.filter(|note| note.starts_with("note ")) {
            let _ = notes.send((note.to_owned(), now));
        }
    }
}

/// A line that came before the answer counts as no time at all; one that never came, as all of it.
fn events(
    heard: &'static str,
    desks: &[Desktop],
    which: impl Fn(&Desktop) -> &HashMap<String, Instant>,
    span: Duration,
) -> Events {
    let since = |from: fn(&Written) -> Instant| {
        let took = desks.iter().flat_map(|desk| {
            let heard = which(desk);
            desk.written.iter().map(move |written| {
                let at = heard.get(&written.note);
                at.map_or(LAST, |at| at.saturating_duration_since(from(written)))
            })
        });
        Figures::of(took.collect(), span)
    };
    Events {
        heard,
        after_answer: since(|written| written.answered),
        after_question: since(|written| written.asked),
    }
}
