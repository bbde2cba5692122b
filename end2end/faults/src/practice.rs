//! A practice as its consultations find it: its patients, the way to the servers, and the sessions that opened.

use crate::browser::{self, Browser};
use crate::client::Client;
use crate::cluster::Endpoints;
use crate::history::History;
use serde::Deserialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

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
        }))
    }

    /// A fresh browser whose requests go to the server of this number first.
    pub(crate) fn browser(&self, home: u64) -> Browser {
        let home = usize::try_from(home).unwrap_or(0);
        Browser::new(self.client.clone(), Arc::clone(&self.servers), home)
    }

    /// Remembers a session that opened, whatever becomes of its consultation.
    pub(crate) fn note_opened(&self, patient: &str, desk: &Client) {
        locked(&self.opened).push((patient.to_owned(), desk.clone()));
    }

    /// Takes the sessions that opened, with their patients.
    pub(crate) fn take_opened(&self) -> Vec<(String, Client)> {
        std::mem::take(&mut *locked(&self.opened))
    }
}

/// Locks it, also after another holder has panicked.
pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
