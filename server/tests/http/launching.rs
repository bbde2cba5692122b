//! Launches from Medtech: the good one ends on a clean address, every other one on a page that says what to do.

use super::browser::Browser;
use super::practice::{FAMILY, GIVEN, Launch, NHI, PATIENT};
use super::server::{PATIENCE, Server};
use async_trait::async_trait;
use clinical_images::launch::{Facility, FacilityCode, Provider};
use clinical_images::patient::{Patient, PatientId};
use clinical_images::ports::{
    AuditOutbox as _, Ehr, EhrFault, LaunchTicket, LookupRequest, SessionStore as _, SubmitRequest,
};
use clinical_images::service::{Practice, Practices, Services};
use clinical_images::session::{Finding, SubmitOutcome};
use futures::future::join_all;
use http::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use tokio::sync::Barrier;
use tokio::time::timeout;

/// ALEX that answers the three reads of a launch only when all of them are under way.
struct AllAtOnce {
    alex: Arc<dyn Ehr>,
    reads: Barrier,
}

#[async_trait]
impl Ehr for AllAtOnce {
    async fn redeem_launch(&self, context: &str, mark: &str) -> Result<LaunchTicket, EhrFault> {
        self.alex.redeem_launch(context, mark).await
    }

    async fn patient(&self, facility: &FacilityCode, id: &PatientId) -> Result<Patient, EhrFault> {
        self.reads.wait().await;
        self.alex.patient(facility, id).await
    }

    async fn facility(&self, code: &FacilityCode) -> Result<Facility, EhrFault> {
        self.reads.wait().await;
        self.alex.facility(code).await
    }

    async fn provider(&self, facility: &FacilityCode, id: &str) -> Result<Provider, EhrFault> {
        self.reads.wait().await;
        self.alex.provider(facility, id).await
    }

    async fn submit(&self, request: &SubmitRequest) -> SubmitOutcome {
        self.alex.submit(request).await
    }

    async fn lookup(&self, request: &LookupRequest) -> Finding {
        self.alex.lookup(request).await
    }
}

/// An hour as Medtech writes it, so many seconds from now.
fn in_seconds(seconds: i64) -> String {
    let now = jiff::Timestamp::now();
    format!("{:.3}", now + jiff::SignedDuration::from_secs(seconds))
}

/// Opens a launch that must be refused; its page must have the sentence and its address nothing but the kind.
async fn lands_on(server: &Server, launch: &Launch, slug: &str, sentence: &str) {
    let browser = server.browser();
    let answer = launch.open_in(&browser).await;
    assert_eq!(
        (answer.status.as_u16(), answer.text.as_str()),
        (303, ""),
        "{slug}"
    );
    assert_eq!(answer.header("location"), format!("/launch-problem/{slug}"));
    assert_eq!(browser.cookies().len(), 0, "{slug}");
    let page = browser.get(&format!("/launch-problem/{slug}")).await;
    page.is_fine();
    assert!(page.text.contains(sentence), "{slug}: {}", page.text);
    for secret in [
        launch.context.as_str(),
        &launch.signature,
        FAMILY,
        GIVEN,
        NHI,
    ] {
        assert!(!page.text.contains(secret), "{slug}");
    }
}

async fn opens(launch: &Launch, browser: &Browser) {
    let answer = launch.open_in(browser).await;
    assert!(
        answer.header("location").starts_with("/desk/"),
        "{answer:?}"
    );
}

#[tokio::test]
async fn a_launch_leads_to_a_clean_address_with_the_key_in_a_cookie() {
    let server = Server::open().await;
    let browser = server.browser();
    let launch = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    let answer = launch.open_in(&browser).await;
    assert_eq!(answer.status, 303);
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.ends_with("; HttpOnly; SameSite=Lax; Path=/"),
        "{cookie}"
    );
    let address = answer.header("location");
    let page = browser.get(address).await;
    page.is_fine();
    // The banner says whose pictures these are before any script runs.
    assert!(
        page.text.contains(GIVEN) && page.text.contains(NHI),
        "{}",
        page.text
    );
    for secret in [&launch.context, &launch.signature] {
        assert!(!address.contains(secret.as_str()) && !page.text.contains(secret.as_str()));
    }
}

#[tokio::test]
async fn each_launch_that_does_not_work_says_why() {
    let server = Server::open().await;
    let of_patient = |more: Value| {
        let mut wish = json!({ "patientId": PATIENT });
        wish.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        server.practice.launch(wish)
    };
    let old = of_patient(json!({ "createdTime": in_seconds(-301) })).await;
    lands_on(
        &server,
        &old,
        "launchExpired",
        "This opening from Medtech is too old",
    )
    .await;
    let future = of_patient(json!({ "createdTime": in_seconds(400) })).await;
    lands_on(
        &server,
        &future,
        "launchExpired",
        "This opening from Medtech is too old",
    )
    .await;
    let foreign = of_patient(json!({ "facilityCode": "F9X999-Z" })).await;
    lands_on(&server, &foreign, "wrongFacility", "another practice").await;
    let nobody = server.practice.launch(json!({})).await;
    lands_on(
        &server,
        &nobody,
        "noPatient",
        "No patient is selected in Medtech",
    )
    .await;

    let good = of_patient(json!({})).await;
    let forged = Launch {
        context: good.context.clone(),
        signature: nobody.signature.clone(),
    };
    lands_on(
        &server,
        &forged,
        "launchUnknown",
        "does not know this opening",
    )
    .await;
    let invented = Launch {
        context: "invented/../context".to_owned(),
        signature: "signature".to_owned(),
    };
    lands_on(
        &server,
        &invented,
        "launchUnknown",
        "does not know this opening",
    )
    .await;
    opens(&good, &server.browser()).await;
    lands_on(&server, &good, "launchUsed", "was already used").await;
}

#[tokio::test]
async fn of_eight_openings_of_one_launch_one_opens_a_session() {
    let server = Server::open().await;
    let launch = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    let browsers: Vec<Browser> = (0..8).map(|_| server.browser()).collect();
    let answers = join_all(browsers.iter().map(|browser| launch.open_in(browser))).await;
    let opened = answers
        .iter()
        .filter(|answer| answer.header("location").starts_with("/desk/"));
    assert_eq!(opened.count(), 1);
    assert_eq!(
        browsers
            .iter()
            .filter(|browser| !browser.cookies().is_empty())
            .count(),
        1
    );
}

/// How many sessions there are, and how many launches the audit will hear of.
async fn opened(server: &Server) -> (usize, usize) {
    let sessions = server.sessions.sessions(None, 99).await.unwrap();
    let records = server.sessions.pending_audit(99).await.unwrap();
    (sessions.len(), records.len())
}

#[tokio::test]
async fn of_openings_that_all_know_the_launch_before_any_session_is_stored_one_opens_a_session() {
    let server = Server::open().await;
    let launch = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    let browsers: Vec<Browser> = (0..3).map(|_| server.browser()).collect();
    let held = server.sessions.opening.hold().await;
    let racing = join_all(browsers.iter().map(|browser| launch.open_in(browser)));
    let released = async {
        server.sessions.opening.has_waiters(3).await;
        drop(held);
    };
    let (answers, ()) = futures::join!(racing, released);
    let mut ends: Vec<_> = answers
        .iter()
        .map(|answer| &answer.header("location")[..6])
        .collect();
    ends.sort_unstable();
    assert_eq!(ends, ["/desk/", "/launc", "/launc"]);
    assert_eq!(opened(&server).await, (1, 1));
}

#[tokio::test]
async fn a_launch_whose_session_could_not_be_stored_can_be_opened_again_and_once() {
    let server = Server::on_disk().await;
    let launch = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    server.sessions.go_away_after_a_nonce();
    let sentence = "cannot reach its session store";
    lands_on(&server, &launch, "storeUnavailable", sentence).await;
    server.sessions.come_back();
    assert_eq!(opened(&server).await, (0, 0));
    // The same after a restart: another process may be the one that goes on.
    let server = server.restarted().await;
    opens(&launch, &server.browser()).await;
    lands_on(&server, &launch, "launchUsed", "was already used").await;
    assert_eq!(opened(&server).await, (1, 1));
}

#[tokio::test]
async fn patient_clinician_and_practice_are_read_at_the_same_time() {
    let server = Server::open().await;
    let known = server.services.practices.only().unwrap();
    let together = Practice {
        ehr: Arc::new(AllAtOnce {
            alex: known.ehr,
            reads: Barrier::new(3),
        }),
        settings: known.settings,
    };
    let services = Services {
        practices: Arc::new(Practices::new(vec![together])),
        ..server.services.clone()
    };
    let launch = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    let opening = services.open_launch(None, &launch.context, &launch.signature);
    let opened = timeout(PATIENCE, opening).await;
    opened.expect("no read waits for another").unwrap();
}

#[tokio::test]
async fn a_launch_is_not_used_up_while_medtech_sleeps() {
    let server = Server::open().await;
    let launch = server
        .practice
        .launch(json!({ "patientId": PATIENT }))
        .await;
    for call in ["GET /vendorforms/*", "GET /FHIR/Patient/*"] {
        // As often as a patient reader may ask again by itself.
        server.practice.fault(call, "503", 20).await;
        lands_on(
            &server,
            &launch,
            "ehrUnavailable",
            "Medtech does not answer",
        )
        .await;
        let faults = format!("{}/medtech/api/faults", server.practice.medtech);
        server.practice.client.delete(faults).send().await.unwrap();
    }
    opens(&launch, &server.browser()).await;
}

#[tokio::test]
async fn an_address_without_a_whole_launch_leads_to_the_start_page() {
    let server = Server::open().await;
    let browser = server.browser();
    for query in [
        "",
        "?context=abc",
        "?signature=abc",
        "?other=1",
        "?context=a&context=b&signature=c",
        "?context=%ff&signature",
    ] {
        let answer = browser.get(&format!("/launch{query}")).await;
        assert_eq!(answer.status, 303, "{query}: {}", answer.text);
        let location = answer.header("location");
        assert!(
            ["/", "/launch-problem/launchUnknown"].contains(&location),
            "{query}: {location}"
        );
    }
    let start = browser.get("/").await;
    start.is_fine();
    assert!(
        start.text.contains("Open Clinical Images from Medtech"),
        "{}",
        start.text
    );
}

#[tokio::test]
async fn a_desktop_without_its_key_shows_no_patient() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let page = server
        .browser()
        .get(&format!("/desk/{}", desk.session))
        .await;
    assert!(
        [200, 401].contains(&page.status.as_u16()),
        "{}",
        page.status
    );
    assert!(
        page.text.contains("no access to the session"),
        "{}",
        page.text
    );
    for secret in [FAMILY, GIVEN, NHI, PATIENT, "1971"] {
        assert!(!page.text.contains(secret), "{secret}");
    }
    let gone = server.browser().get(&format!("/desk/{:032x}", 7)).await;
    assert!(
        gone.text.contains("no access to the session"),
        "who holds no access token learns nothing"
    );
}

#[tokio::test]
async fn an_address_that_nobody_made_is_said_to_be_none() {
    let server = Server::open().await;
    for address in [
        "/nowhere",
        "/desk",
        "/desk/1/2",
        "/launch/a/b",
        "/api/nothing",
        "/%ff",
        "/secret.txt",
        "/pkg/../secret.txt",
    ] {
        let page = server.browser().get(address).await;
        assert_eq!(page.status, 404, "{address}: {}", page.text);
    }
    let page = server.browser().get("/nowhere").await;
    assert!(page.text.contains("There is nothing at this address"));
    let unmade = server.browser().get("/launch/%3Cscript%3E").await;
    assert_eq!(unmade.header("location"), "/");
    let script = server
        .browser()
        .get("/launch-problem/%3Cscript%3Ealert(1)%3C%2Fscript%3E")
        .await;
    assert!(!script.text.contains("<script>alert"), "{}", script.text);
    let posted = server
        .browser()
        .bare(Method::POST, "/launch")
        .send()
        .await
        .unwrap();
    assert_eq!(posted.status(), 405);
}
