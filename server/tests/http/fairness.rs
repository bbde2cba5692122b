//! A practice whose computer does not answer, with hundreds of pictures waiting for it, and another practice beside it.

use super::client::Client;
use super::server::{Plan, Server, eventually};
use super::test_photo::TestPhoto;
use async_trait::async_trait;
use clinical_images::id::SessionId;
use clinical_images::launch::{Facility, FacilityCode, Provider};
use clinical_images::patient::{Patient, PatientId};
use clinical_images::picture::PictureState;
use clinical_images::ports::{
    Ehr, EhrFault, LaunchTicket, LookupRequest, SessionStore as _, SubmitRequest,
};
use clinical_images::practice::{PracticeId, PracticeSettings};
use clinical_images::service::{Practice, Practices, Services};
use clinical_images::session::{Finding, LinkState, SubmitOutcome};
use clinical_server::adapter::ehr::AlexEhr;
use clinical_server::worker::scheduler;
use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Sessions of the practice that sleeps: more than are looked after at the same time.
const CROWD: u128 = 72;
/// Pictures of each: 504 together.
const EACH: usize = 7;
const LONG: Duration = Duration::from_secs(60 * 60);

fn asleep() -> FacilityCode {
    FacilityCode::parse("F2N061-E").unwrap()
}

fn crowd() -> impl Iterator<Item = SessionId> {
    (1..=CROWD).map(SessionId::from_bits)
}

/// ALEX, in front of a practice that works and one whose computer never answers.
struct OneAsleep(AlexEhr);

#[async_trait]
impl Ehr for OneAsleep {
    async fn redeem_launch(
        &self,
        context: &str,
        signature: &str,
    ) -> Result<LaunchTicket, EhrFault> {
        self.0.redeem_launch(context, signature).await
    }

    async fn patient(&self, code: &FacilityCode, id: &PatientId) -> Result<Patient, EhrFault> {
        if *code == asleep() {
            return pending().await;
        }
        self.0.patient(code, id).await
    }

    async fn facility(&self, code: &FacilityCode) -> Result<Facility, EhrFault> {
        self.0.facility(code).await
    }

    async fn provider(&self, code: &FacilityCode, id: &str) -> Result<Provider, EhrFault> {
        self.0.provider(code, id).await
    }

    async fn submit(&self, request: &SubmitRequest) -> SubmitOutcome {
        self.0.submit(request).await
    }

    async fn lookup(&self, request: &LookupRequest) -> Finding {
        self.0.lookup(request).await
    }
}

/// A desk that has committed so many pictures, with a code on its screen.
async fn committed(server: &Server, many: usize) -> Client {
    let desk = server.desk().await;
    desk.offer().await;
    let photos: Vec<TestPhoto> = (0..many).map(|_| TestPhoto::new()).collect();
    for photo in &photos {
        desk.send(photo).await;
    }
    let ids: Vec<_> = photos.iter().map(TestPhoto::id).collect();
    desk.commit(&ids).await.is_fine();
    desk
}

/// A store that holds the sessions of both practices, with those of the practice that sleeps due before the other's; and
/// somebody who looks after them.
async fn both_practices(server: &Server) -> Client {
    let one = committed(server, EACH).await.session;
    let one = server.sessions.load(one).await.unwrap().unwrap();
    for id in crowd() {
        let mut another = one.clone();
        another.view.id = id;
        another.view.launch.facility.code = asleep();
        another.view.launch.practice = "asleep".parse().unwrap();
        server.sessions.open(&another).await.unwrap();
    }
    server.clock.pass(Duration::from_secs(1));
    let desk = committed(server, 1).await;
    let shutdown = CancellationToken::new();
    let known = server.services.practices.only().unwrap();
    let practice = |id: PracticeId, facility| Practice {
        settings: Arc::new(PracticeSettings {
            id,
            facility,
            ..PracticeSettings::clone(&known.settings)
        }),
        ehr: Arc::new(OneAsleep(server.practice.ehr())),
    };
    let practices = vec![
        practice("asleep".parse().unwrap(), asleep()),
        practice(known.settings.id.clone(), known.settings.facility.clone()),
    ];
    let services = Services {
        practices: Arc::new(Practices::new(practices)),
        ..server.services.clone()
    };
    tokio::spawn(async move {
        scheduler::run(services, shutdown, Duration::ZERO, LONG).await;
    });
    desk
}

async fn neglected() -> Server {
    Server::with(Plan {
        neglected: true,
        ..Plan::default()
    })
    .await
}

#[tokio::test]
async fn one_practices_five_hundred_pictures_do_not_delay_another_practices_one() {
    let server = neglected().await;
    let desk = both_practices(&server).await;
    eventually(async || {
        let view = desk.snapshot().await;
        let mut states = view.pictures.iter().map(|picture| &picture.state);
        states.all(|state| matches!(state, PictureState::Filed { .. }))
    })
    .await;
}

#[tokio::test]
async fn sessions_that_wait_for_their_turn_are_left_alone_until_something_else_is_due() {
    let server = neglected().await;
    both_practices(&server).await;
    let loads = || server.sessions.loads.load(Ordering::SeqCst);
    let rounds = || server.sessions.rounds.load(Ordering::SeqCst);
    // Once all have been begun with, round after round reads none of them.
    eventually(async || {
        let (read, begun) = (loads(), rounds());
        eventually(async || rounds() >= begun + 3).await;
        loads() == read
    })
    .await;
    server.clock.pass(Duration::from_secs(6 * 60));
    eventually(async || {
        let mut over = 0;
        for id in crowd() {
            let session = server.sessions.load(id).await.unwrap().unwrap();
            let mut links = session.view.links.iter();
            over += u128::from(links.all(|link| matches!(link.state, LinkState::Ended { .. })));
        }
        over == CROWD
    })
    .await;
}
