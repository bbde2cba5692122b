//! What the product says it holds when everything is quiet again: asked through its own interface, plus what arrived in
//! the record.

use crate::client::{Client, wait};
use crate::consultation::Consultation;
use crate::following::Following;
use crate::lines::Lines;
use clinical_images::digest::Sha256;
use clinical_images::id::{PictureId, SessionId};
use clinical_images::picture::PictureState;
use clinical_images::service::Cursor;
use clinical_images::session::{SequencedEvent, SessionView};
use http::Method;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// How long everything may take to become quiet.
const PATIENCE: Duration = Duration::from_secs(10);
/// A picture whose answer was lost with its server stays under way for minutes. When nothing has moved for this long
/// but such pictures, it counts as quiet.
const STILL: Duration = Duration::from_secs(2);
/// How long one reading of a session's history may take.
const READING: Duration = Duration::from_secs(5);
/// How often that is tried: connections that were opened in bad times may still break once.
const READINGS: usize = 3;

/// A session as the product shows it.
#[derive(Clone, Debug)]
pub struct FinalSession {
    /// Its name.
    pub id: SessionId,
    /// ALEX's id of the patient it was opened for.
    pub patient: String,
    /// Its state; nothing when the product does not know it.
    pub view: Option<SessionView>,
    /// Its events from the first on.
    pub events: Vec<SequencedEvent>,
    /// Digests of the bytes that are shown for each picture that arrived.
    pub bytes: BTreeMap<PictureId, Option<Sha256>>,
    /// What its pages heard.
    pub followers: Vec<Following>,
}

/// A picture in the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filed {
    /// The value of its identifier.
    pub identifier: String,
    /// Digest of its bytes.
    pub sha256: Sha256,
    /// Whose record it is in.
    pub patient: String,
}

/// Everything that is held.
#[derive(Clone, Debug, Default)]
pub struct FinalState {
    /// Sessions that the clients opened.
    pub sessions: Vec<FinalSession>,
    /// The record.
    pub filed: Vec<Filed>,
}

/// Waits until everything is quiet, and reads it all.
///
/// # Errors
/// When the simulated Medtech does not tell what is in the record.
pub(crate) async fn read(
    consultations: Vec<Consultation>,
    client: &reqwest::Client,
    medtech: &str,
) -> reqwest::Result<FinalState> {
    let views = quiet(&consultations).await;
    let mut sessions = Vec::new();
    for (consultation, view) in consultations.iter().zip(views) {
        sessions.push(held(consultation, view).await);
    }
    let filed = filed(client, medtech).await?;
    Ok(FinalState { sessions, filed })
}

/// The sessions' states once nothing moves any more, or patience is over.
async fn quiet(consultations: &[Consultation]) -> Vec<Option<SessionView>> {
    let begun = Instant::now();
    let (mut last, mut moved) = (0, begun);
    loop {
        let mut views = Vec::new();
        for consultation in consultations {
            views.push(consultation.desk.snapshot().await.ok());
        }
        let events = views
            .iter()
            .flatten()
            .map(|view| view.revision)
            .sum::<u64>();
        if events != last {
            (last, moved) = (events, Instant::now());
        }
        let under_way = views
            .iter()
            .flatten()
            .flat_map(|view| &view.pictures)
            .any(|picture| picture.state.is_under_way());
        let heard = consultations
            .iter()
            .zip(&views)
            .all(|(consultation, view)| has_been_heard(consultation, view.as_ref()));
        let still = !under_way || moved.elapsed() >= STILL;
        if views.iter().all(Option::is_some) && heard && still || begun.elapsed() >= PATIENCE {
            return views;
        }
        wait(1).await;
    }
}

fn has_been_heard(consultation: &Consultation, view: Option<&SessionView>) -> bool {
    let Some(view) = view else {
        return false;
    };
    consultation.followers.iter().all(|follower| {
        let following = follower.following();
        let shown = &following.view;
        following.over || shown.epoch == view.epoch && shown.revision >= view.revision
    })
}

async fn held(consultation: &Consultation, view: Option<SessionView>) -> FinalSession {
    let desk = &consultation.desk;
    let (mut events, mut bytes) = (Vec::new(), BTreeMap::new());
    if let Some(view) = &view {
        for _ in 0..READINGS {
            events.clear();
            // What has come until then counts.
            let _ = tokio::time::timeout(READING, history(desk, view, &mut events)).await;
            if events.len() as u64 >= view.revision {
                break;
            }
        }
        events.retain(|sequenced| sequenced.revision <= view.revision);
        let arrived = view
            .pictures
            .iter()
            .filter(|picture| picture.state != PictureState::Reserved && view.ended.is_none());
        for picture in arrived {
            bytes.insert(picture.id, looked_at(desk, picture.id).await);
        }
    }
    let followers = consultation.followers.iter();
    FinalSession {
        id: desk.session,
        patient: consultation.patient.clone(),
        view,
        events,
        bytes,
        followers: followers.map(|follower| follower.following()).collect(),
    }
}

/// Asks as often as a connection breaks; it may do so once after bad times.
async fn looked_at(desk: &Client, picture: PictureId) -> Option<Sha256> {
    for _ in 0..5 {
        if let Ok(sha256) = desk.fetch_picture(picture).await {
            return sha256;
        }
        wait(2).await;
    }
    None
}

/// All events of a session, as its stream tells them to somebody who has heard none.
async fn history(desk: &Client, view: &SessionView, events: &mut Vec<SequencedEvent>) {
    let start = Cursor {
        epoch: view.epoch,
        revision: 0,
    };
    let request = desk.browser.bare(Method::GET, &desk.events_path());
    let request = request.header("last-event-id", start.to_string());
    let Ok(response) = request.send().await else {
        return;
    };
    let mut lines = Lines::of(response);
    while events.last().map_or(0, |last| last.revision) < view.revision {
        let Some(line) = lines.next().await else {
            return;
        };
        let data = line.strip_prefix("data: ");
        if let Some(Ok(sequenced)) = data.map(serde_json::from_str) {
            events.push(sequenced);
        }
    }
}

/// As the simulator lists it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Media {
    identifier: Identifier,
    sha256: Sha256,
    patient_id: String,
}

#[derive(Deserialize)]
struct Identifier {
    value: String,
}

async fn filed(client: &reqwest::Client, medtech: &str) -> reqwest::Result<Vec<Filed>> {
    let asked = client.get(format!("{medtech}/medtech/api/media")).send();
    let listed: Vec<Media> = asked.await?.json().await?;
    let filed = listed
        .into_iter()
        .map(|media| Filed {
            identifier: media.identifier.value,
            sha256: media.sha256,
            patient: media.patient_id,
        })
        .collect();
    Ok(filed)
}
