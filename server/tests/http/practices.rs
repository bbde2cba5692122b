//! Practices beside each other on one server: where each is launched, where each files, and what becomes of one that is
//! taken out.

use super::client::Client;
use super::log;
use super::practice::{PATIENT, PATIENT_OF_RATA};
use super::server::{PATIENCE, Plan, Server, eventually, practice_settings};
use super::test_photo::TestPhoto;
use clinical_images::picture::PictureState;
use clinical_images::ports::SessionStore as _;
use clinical_images::practice::PracticeSettings;
use clinical_images::refusal::Refusal;
use clinical_images::service::{Practice, Practices, Services};
use clinical_server::worker::scheduler;
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

fn plan() -> Plan {
    Plan {
        two_practices: true,
        ..Plan::default()
    }
}

impl Server {
    async fn desk_at(&self, practice: &str, patient: &str) -> Client {
        let launch = self.practice.launch(json!({ "patientId": patient })).await;
        let path = format!("/launch/{practice}");
        launch.sit_down_at(self.browser(), &path).await
    }

    /// Where a launch of this patient leads to by this address, and the page there.
    async fn lands_on(&self, path: &str, patient: &str) -> (String, String) {
        let launch = self.practice.launch(json!({ "patientId": patient })).await;
        let browser = self.browser();
        let answer = launch.open_at(&browser, path).await;
        assert_eq!((answer.status.as_u16(), browser.cookies().len()), (303, 0));
        let location = answer.header("location").to_owned();
        let page = browser.get(&location).await;
        page.is_fine();
        (location, page.text)
    }

    /// Takes a practice out, as a file does that no longer names it.
    fn take_out(&self, name: &str) {
        let mut left = self.services.practices.all();
        left.retain(|practice| practice.settings.id.as_str() != name);
        self.services.practices.replace(left);
    }

    async fn files(&self, desk: &Client, photo: &TestPhoto) {
        desk.commit(&[photo.id()]).await.is_fine();
        let state = self.settle(desk, photo.id()).await;
        assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    }
}

#[tokio::test]
async fn two_practices_file_to_their_own_records_in_their_own_ways_at_the_same_time() {
    let server = Server::with(plan()).await;
    let kowhai = server.desk_at("kowhai", PATIENT).await;
    let rata = server.desk_at("rata", PATIENT_OF_RATA).await;
    let photos = [TestPhoto::new(), TestPhoto::new()];
    kowhai.send(&photos[0]).await;
    rata.send(&photos[1]).await;
    tokio::join!(
        server.files(&kowhai, &photos[0]),
        server.files(&rata, &photos[1])
    );
    let of = |records: Vec<Value>| -> Vec<(Value, Value)> {
        let part = |it: &Value| (it["facility"].clone(), it["patientId"].clone());
        records.iter().map(part).collect()
    };
    assert_eq!(
        of(server.practice.media().await),
        [(json!("F2N060-E"), json!(PATIENT))]
    );
    let scans = of(server.practice.documents().await);
    assert_eq!(scans, [(json!("F3K072-H"), json!(PATIENT_OF_RATA))]);
    let (first, second) = (kowhai.snapshot().await, rata.snapshot().await);
    assert_ne!(first.launch.facility, second.launch.facility);
    assert_ne!(first.launch.provider, second.launch.provider);
}

#[tokio::test]
async fn a_launch_that_no_practice_takes_says_why() {
    let server = Server::with(plan()).await;
    for (path, patient, lands, sentence) in [
        (
            "/launch/nikau",
            PATIENT,
            "/launch-problem/practiceUnknown/nikau",
            "belongs to no practice",
        ),
        (
            "/launch/Nikau%20",
            PATIENT,
            "/launch-problem/practiceUnknown",
            "belongs to no practice",
        ),
        (
            "/launch",
            PATIENT,
            "/launch-problem/practiceUnknown",
            "belongs to no practice",
        ),
        (
            "/launch/rata",
            PATIENT,
            "/launch-problem/wrongFacility/rata",
            "opened from another practice",
        ),
    ] {
        let (location, page) = server.lands_on(path, patient).await;
        assert_eq!(location, lands);
        assert!(page.contains(sentence), "{path}: {page}");
    }
    server.desk_at("kowhai", PATIENT).await;
}

#[tokio::test]
async fn a_practice_that_is_taken_out_finishes_what_is_open_and_opens_nothing() {
    let server = Server::with(plan()).await;
    let (desk, committed, later) = (
        server.desk_at("rata", PATIENT_OF_RATA).await,
        TestPhoto::new(),
        TestPhoto::new(),
    );
    desk.send(&committed).await;
    server.practice.goes_away(true);
    desk.commit(&[committed.id()]).await.is_fine();
    server.take_out("rata");
    server.practice.goes_away(false);
    // Before time passes: a launch is as old as the simulator's own clock says.
    let (location, page) = server.lands_on("/launch/rata", PATIENT_OF_RATA).await;
    assert_eq!(location, "/launch-problem/practiceClosed/rata");
    assert!(page.contains("no longer uses Clinical Images"), "{page}");
    let only = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    only.open_session(server.browser()).await;
    let state = server.settle(&desk, committed.id()).await;
    assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    desk.send(&later).await;
    server.files(&desk, &later).await;
    assert_eq!(
        server.practice.documents().await.len(),
        2,
        "by the settings it was opened under"
    );
    desk.ask("desk/end", json!({ "why": "finished" }))
        .await
        .is_fine();
}

#[tokio::test]
async fn pictures_of_a_practice_that_is_not_configured_wait_until_it_is_put_back() {
    let server = Server::with(Plan {
        neglected: true,
        ..plan()
    })
    .await;
    let (desk, photo) = (
        server.desk_at("rata", PATIENT_OF_RATA).await,
        TestPhoto::new(),
    );
    desk.send(&photo).await;
    desk.commit(&[photo.id()]).await.is_fine();
    let all = server.services.practices.all();
    let without = |name: &str| {
        let left = all.iter().filter(|it| it.settings.id.as_str() != name);
        Services {
            practices: Arc::new(Practices::new(left.cloned().collect())),
            ..server.services.clone()
        }
    };
    let restarted = without("rata");
    let jobs = restarted.outbox_jobs(desk.session).await;
    assert_eq!(jobs, Err(Refusal::PracticeUnknown));
    restarted.maintain(desk.session).await.unwrap();
    let closed = |it: &Practice| Practice {
        settings: Arc::new(PracticeSettings {
            closed: true,
            ..PracticeSettings::clone(&it.settings)
        }),
        ehr: Arc::clone(&it.ehr),
    };
    restarted
        .practices
        .replace(all.iter().map(closed).collect());
    assert_eq!(restarted.outbox_jobs(desk.session).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_of_a_practice_that_is_not_configured_is_tried_again_and_again_and_logged_once() {
    let server = Server::with(Plan {
        neglected: true,
        ..plan()
    })
    .await;
    let (desk, photo) = (
        server.desk_at("rata", PATIENT_OF_RATA).await,
        TestPhoto::new(),
    );
    desk.send(&photo).await;
    desk.commit(&[photo.id()]).await.is_fine();
    server.clock.pass(Duration::from_secs(1));
    let mut left = server.services.practices.all();
    left.retain(|it| it.settings.id.as_str() == "kowhai");
    let services = Services {
        practices: Arc::new(Practices::new(left)),
        ..server.services.clone()
    };
    tokio::spawn(async move {
        let long = PATIENCE * 100;
        scheduler::run(services, CancellationToken::new(), Duration::ZERO, long).await;
    });
    // Each try loads the session twice, once for its outbox and once for the rest.
    let loads = || server.sessions.loads.load(Ordering::SeqCst);
    let before = loads();
    eventually(async || loads() >= before + 6).await;
    let session = desk.session.to_string();
    let log = log::so_far();
    let told = |line: &&str| line.contains("session not maintained") && line.contains(&session);
    assert_eq!(log.lines().filter(told).count(), 1);
}

#[tokio::test]
async fn what_the_environments_practice_began_goes_on_under_the_name_that_a_file_gives_it() {
    let server = Server::open().await;
    let (desk, photo) = (server.desk().await, TestPhoto::new());
    desk.send(&photo).await;
    let named = practice_settings(&plan(), "kowhai".parse().unwrap(), "F2N060-E");
    let named = server.practice.opened(named);
    server.services.practices.replace(vec![named]);
    server.files(&desk, &photo).await;
    let kowhai = "kowhai".parse().unwrap();
    let line = server
        .services
        .ledger_entry(&kowhai, photo.id())
        .await
        .unwrap();
    assert_eq!(line.unwrap().session, desk.session);
    let stored = server.sessions.load(desk.session).await.unwrap().unwrap();
    assert_eq!(stored.view.launch.practice.as_str(), "practice");
}

#[tokio::test]
async fn a_practice_is_framed_by_its_own_portal_and_its_cookies_go_there() {
    let portal = "https://portal.clinic.example";
    let server = Server::with(Plan {
        public_url: Some("https://images.clinic.example".to_owned()),
        frame_ancestors: vec![portal.to_owned()],
        ..plan()
    })
    .await;
    let framed = format!("frame-ancestors {portal}");
    let mut desks = Vec::new();
    for (practice, patient, is_framed) in
        [("kowhai", PATIENT, true), ("rata", PATIENT_OF_RATA, false)]
    {
        let launch = server
            .practice
            .launch(json!({ "patientId": patient }))
            .await;
        let browser = server.browser();
        let opened = launch
            .open_at(&browser, &format!("/launch/{practice}"))
            .await;
        let cookie = opened.header("set-cookie");
        assert_eq!(cookie.contains("; Partitioned"), is_framed, "{cookie}");
        let address = opened.header("location").to_owned();
        let page = browser.get(&address).await;
        let policy = page.header("content-security-policy");
        assert_eq!(policy.contains(&framed), is_framed, "{practice}: {policy}");
        desks.push(address);
    }
    let problem = server
        .browser()
        .get("/launch-problem/launchUsed/kowhai")
        .await;
    assert!(problem.header("content-security-policy").contains(&framed));
    for address in [
        &desks[0],
        "/",
        "/launch-problem/launchUsed/rata",
        "/launch-problem/launchUsed",
    ] {
        let page = server.browser().get(address).await;
        let policy = page.header("content-security-policy");
        assert!(
            policy.contains("frame-ancestors 'none'"),
            "{address}: {policy}"
        );
    }
}
