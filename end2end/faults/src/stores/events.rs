//! How soon an event is heard: several desktops write notes at one server, and readers of their streams note when each
//! line came, at the same server and at another.

use super::{Events, Figures};
use crate::browser::{self, Browser};
use crate::desk;
use crate::dice::Dice;
use crate::history::History;
use crate::lines::Lines;
use crate::seat::Seat;
use crate::shot::Shot;
use crate::stand::Places;
use http::Method;
use serde::Deserialize;
use serde_json::json;
use std::collections::HashMap;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::task::{JoinHandle, JoinSet};

/// Heard at the server that took the append.
pub(super) const SAME: &str = "on the same server";
/// Heard at another one.
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

/// Measures on a stand with two servers.
pub(super) async fn measure(places: &Places) -> Result<Vec<Events>, String> {
    let client = browser::client().map_err(|fault| fault.to_string())?;
    let patient = first_patient(&client, places).await?;
    let begun = Instant::now();
    let mut desks = JoinSet::new();
    for number in 0..DESKS {
        let servers = places.servers.as_slice().into();
        let browser = Browser::new(client.clone(), servers, number);
        let (medtech, patient) = (places.medtech.clone(), patient.clone());
        desks.spawn(async move {
            let history = History::in_memory();
            let desk = desk::open(&medtech, &patient, browser, &history).await;
            write(desk.ok_or("no session opens")?, Dice::new(number as u64)).await
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

async fn first_patient(client: &reqwest::Client, places: &Places) -> Result<String, String> {
    let list = format!("{}/medtech/api/patients", places.medtech);
    let asked = async { client.get(list).send().await?.json::<Vec<Patient>>().await };
    let patients = asked.await.map_err(|fault| fault.to_string())?;
    let first = patients.into_iter().next();
    first
        .map(|patient| patient.id)
        .ok_or("no patients".to_owned())
}

/// One desktop's notes.
async fn write(desk: Seat, mut dice: Dice) -> Result<Desktop, String> {
    let shot = Shot::new(&mut dice);
    if !desk.only_reserve(&shot).await {
        return Err("no place for a picture".to_owned());
    }
    let mut same = Reader::begin(&desk, &desk.browser).await?;
    let mut across = Reader::begin(&desk, &desk.browser.elsewhere()).await?;
    let mut written = Vec::new();
    for number in 0..NOTES {
        let note = format!("note {number}");
        let arguments = json!({
            "scope": { "desktop": desk.session },
            "pictures": [shot.id()],
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
    async fn begin(desk: &Seat, browser: &Browser) -> Result<Self, String> {
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
