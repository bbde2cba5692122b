//! A practice at work: several consultations at a time, one after the other, until it closes.

use crate::browser::{self, Browser};
use crate::client::Client;
use crate::cluster::Endpoints;
use crate::consultation::Consultation;
use crate::history::History;
use fastrand::Rng;
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Consultations that go on at the same time.
const CONSULTATIONS_AT_ONCE: usize = 6;
/// How long those that are still going on when the practice closes may take.
const LAST_PATIENTS: Duration = Duration::from_secs(25);

/// What all consultations share.
#[derive(Debug)]
pub(crate) struct Practice {
    pub(crate) client: reqwest::Client,
    pub(crate) medtech: String,
    pub(crate) patients: Vec<String>,
    pub(crate) history: History,
    servers: Arc<[String]>,
    /// Each session that opened, with its patient.
    opened: Mutex<Vec<(String, Client)>>,
    over: Mutex<Vec<Consultation>>,
}

#[derive(Deserialize)]
struct Patient {
    id: String,
}

impl Practice {
    /// A practice before its first patient.
    pub(crate) async fn open(
        endpoints: &Endpoints,
        history: History,
    ) -> reqwest::Result<Arc<Self>> {
        let client = browser::client()?;
        let list = format!("{}/medtech/api/patients", endpoints.medtech);
        let patients: Vec<Patient> = client.get(list).send().await?.json().await?;
        Ok(Arc::new(Self {
            client,
            medtech: endpoints.medtech.clone(),
            patients: patients.into_iter().map(|patient| patient.id).collect(),
            history,
            servers: endpoints.servers.as_slice().into(),
            opened: Mutex::default(),
            over: Mutex::default(),
        }))
    }

    /// A fresh browser whose requests go to the server of this number first.
    pub(crate) fn browser(&self, home: u64) -> Browser {
        let home = usize::try_from(home).unwrap_or(0);
        Browser::new(self.client.clone(), Arc::clone(&self.servers), home)
    }

    /// Sees patients until `closing`, and everybody who is in the house then to the end.
    pub(crate) async fn work(self: &Arc<Self>, mut rng: Rng, closing: Instant) {
        let mut consultations = JoinSet::new();
        for _ in 0..CONSULTATIONS_AT_ONCE {
            let (practice, rng) = (Arc::clone(self), rng.fork());
            consultations.spawn(async move { practice.consult_until(rng, closing).await });
        }
        let last = closing.saturating_duration_since(Instant::now()) + LAST_PATIENTS;
        let all = async { while consultations.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(last, all).await;
    }

    async fn consult_until(&self, mut rng: Rng, closing: Instant) {
        while Instant::now() < closing {
            let Some(mut consultation) = Consultation::begin(self, &mut rng).await else {
                continue;
            };
            consultation.take_place(self, rng.fork()).await;
            locked(&self.over).push(consultation);
        }
    }

    /// Remembers a session that opened, whatever becomes of its consultation.
    pub(crate) fn note_opened(&self, patient: &str, desk: &Client) {
        locked(&self.opened).push((patient.to_owned(), desk.clone()));
    }

    /// All consultations; of those that were broken off, nothing but the desktop is left.
    pub(crate) fn consultations(&self) -> Vec<Consultation> {
        let mut all = std::mem::take(&mut *locked(&self.over));
        for (patient, desk) in locked(&self.opened).drain(..) {
            if all.iter().all(|known| known.desk.session != desk.session) {
                all.push(Consultation {
                    patient,
                    desk,
                    followers: Vec::new(),
                });
            }
        }
        all
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
