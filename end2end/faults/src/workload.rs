//! A practice at work: several consultations at a time, one after the other, until it closes.

use crate::consultation::Consultation;
use crate::practice::{Practice, locked};
use fastrand::Rng;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Consultations that go on at the same time.
const CONSULTATIONS_AT_ONCE: usize = 6;
/// How long those that are still going on when the practice closes may take.
const LAST_PATIENTS: Duration = Duration::from_secs(25);

/// The consultations of a practice.
#[derive(Debug)]
pub(crate) struct Workload {
    practice: Arc<Practice>,
    over: Mutex<Vec<Consultation>>,
}

impl Workload {
    /// A practice before its first consultation.
    pub(crate) fn new(practice: &Arc<Practice>) -> Arc<Self> {
        Arc::new(Self {
            practice: Arc::clone(practice),
            over: Mutex::default(),
        })
    }

    /// Sees patients until `closing`, and everybody who is in the house then to the end.
    pub(crate) async fn run(self: &Arc<Self>, mut rng: Rng, closing: Instant) {
        let mut consultations = JoinSet::new();
        for _ in 0..CONSULTATIONS_AT_ONCE {
            let (workload, rng) = (Arc::clone(self), rng.fork());
            consultations.spawn(async move { workload.consult_until(rng, closing).await });
        }
        let last = closing.saturating_duration_since(Instant::now()) + LAST_PATIENTS;
        let all = async { while consultations.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(last, all).await;
    }

    async fn consult_until(&self, mut rng: Rng, closing: Instant) {
        while Instant::now() < closing {
            let Some(mut consultation) = Consultation::begin(&self.practice, &mut rng).await else {
                continue;
            };
            consultation.take_place(&self.practice, rng.fork()).await;
            locked(&self.over).push(consultation);
        }
    }

    /// All consultations; of those that were broken off, nothing but the desktop is left.
    pub(crate) fn consultations(&self) -> Vec<Consultation> {
        let mut all = std::mem::take(&mut *locked(&self.over));
        for (patient, desk) in self.practice.take_opened() {
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
