//! Two servers over one store: one is held up in the middle of a post, and the other takes it for dead.

use super::server::{PATIENCE, Plan, Server};
use super::test_photo::TestPhoto;
use async_trait::async_trait;
use clinical_images::id::WorkerId;
use clinical_images::launch::{Facility, FacilityCode, Provider};
use clinical_images::patient::{Patient, PatientId};
use clinical_images::picture::PictureState;
use clinical_images::ports::{Ehr, EhrFault, LaunchTicket, LookupRequest, SubmitRequest};
use clinical_images::service::{Practice, Practices, Services};
use clinical_images::session::{Finding, SubmitOutcome};
use clinical_server::worker::scheduler;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// ALEX behind a gate that a test opens: posts wait in front of it.
struct HeldUp {
    alex: Arc<dyn Ehr>,
    gate: Arc<Semaphore>,
}

#[async_trait]
impl Ehr for HeldUp {
    async fn redeem_launch(&self, context: &str, mark: &str) -> Result<LaunchTicket, EhrFault> {
        self.alex.redeem_launch(context, mark).await
    }

    async fn patient(&self, facility: &FacilityCode, id: &PatientId) -> Result<Patient, EhrFault> {
        self.alex.patient(facility, id).await
    }

    async fn facility(&self, code: &FacilityCode) -> Result<Facility, EhrFault> {
        self.alex.facility(code).await
    }

    async fn provider(&self, facility: &FacilityCode, id: &str) -> Result<Provider, EhrFault> {
        self.alex.provider(facility, id).await
    }

    async fn submit(&self, request: &SubmitRequest) -> SubmitOutcome {
        let _open = self.gate.acquire().await.unwrap();
        self.alex.submit(request).await
    }

    async fn lookup(&self, request: &LookupRequest) -> Finding {
        self.alex.lookup(request).await
    }
}

#[tokio::test]
async fn a_server_that_was_taken_for_dead_can_no_longer_post() {
    let server = Server::with(Plan {
        neglected: true,
        ..Plan::default()
    })
    .await;
    let (desk, photo) = (server.desk().await, TestPhoto::new());
    desk.send(&photo).await;
    desk.commit(&[photo.id()]).await.is_fine();

    let gate = Arc::new(Semaphore::new(0));
    let known = server.services.practices.only().unwrap();
    let held_up = Practice {
        ehr: Arc::new(HeldUp {
            alex: known.ehr,
            gate: Arc::clone(&gate),
        }),
        settings: known.settings,
    };
    let slow = Services {
        practices: Arc::new(Practices::new(vec![held_up])),
        worker: WorkerId::from_bits(1),
        ..server.services.clone()
    };
    let jobs = slow.outbox_jobs(desk.session).await.unwrap();
    let prepared = slow.prepare(&jobs[0]).await.unwrap().unwrap();
    let claim = slow
        .claim_submit(&jobs[0], &prepared)
        .await
        .unwrap()
        .unwrap();
    let held = slow.clone();
    let post = tokio::spawn(async move { held.submit(prepared, claim).await });

    let shutdown = CancellationToken::new();
    let other = tokio::spawn(scheduler::run(
        server.services.clone(),
        shutdown.clone(),
        PATIENCE,
        PATIENCE * 100,
    ));
    let state = server.settle(&desk, photo.id()).await;
    assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    assert_eq!(server.practice.media().await.len(), 1);

    gate.add_permits(1);
    let conclusion = post.await.unwrap();
    slow.conclude(&conclusion).await.unwrap();
    assert_eq!(
        desk.state(photo.id()).await,
        state,
        "its word changes nothing"
    );
    assert_eq!(
        server.practice.media().await.len(),
        1,
        "its post has no effect"
    );
    shutdown.cancel();
    other.await.unwrap();
}
