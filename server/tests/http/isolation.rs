//! Two practices on one server: whatever one of them holds, with the other's keys nothing of it is to be had, and no
//! answer tells whether it is there.

use super::browser::{Answer, Browser};
use super::functions::{ALL, Function, Scene, Whose};
use super::practice::{FAMILY, GIVEN, NHI, PATIENT, PATIENT_OF_RATA};
use super::routes::{self, RouteCall};
use super::scripted_analyst::ScriptedAnalyst;
use super::server::{Plan, Server};
use super::test_photo::TestPhoto;
use clinical_images::access::Operation;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::picture::PictureState;
use clinical_images::ports::SessionStore as _;
use clinical_images::practice::PracticeId;
use serde_json::{Value, json};

fn id(name: &str) -> PracticeId {
    name.parse().unwrap()
}

async fn two() -> (Server, Scene, Scene) {
    let server = Server::with(Plan {
        two_practices: true,
        analyst: Some(ScriptedAnalyst::new().limited()),
        ..Plan::default()
    })
    .await;
    let kowhai = server.scene_at("kowhai", PATIENT).await;
    let rata = server.scene_at("rata", PATIENT_OF_RATA).await;
    (server, kowhai, rata)
}

impl Server {
    /// A session of this practice in the middle of its life.
    async fn scene_at(&self, practice: &str, patient: &str) -> Scene {
        let launch = self.practice.launch(json!({ "patientId": patient })).await;
        let path = format!("/launch/{practice}");
        Scene::at(self, launch.sit_down_at(self.browser(), &path).await).await
    }
}

/// What names something of a scene, and under it what names nothing at all.
fn names(scene: &Scene) -> Vec<(String, String)> {
    let ghost = |bits: u128| bits ^ 0x5555_5555_5555_5555_5555_5555_5555_5555;
    let session = scene.desk.session;
    let mut names = vec![(
        session.to_string(),
        SessionId::from_bits(ghost(session.bits())).to_string(),
    )];
    let link = scene.offer.link;
    names.push((
        link.to_string(),
        LinkId::from_bits(ghost(link.bits())).to_string(),
    ));
    for picture in [scene.at_desk.id(), scene.on_phone.id()] {
        let other = PictureId::from_bits(ghost(picture.bits()));
        names.push((picture.to_string(), other.to_string()));
    }
    names
}

fn haunted(text: &str, names: &[(String, String)]) -> String {
    let put = |text: String, (real, ghost): &(String, String)| text.replace(real, ghost);
    names.iter().fold(text.to_owned(), put)
}

/// Browsers of a practice: its desktop, its phone, and the desktop's key in the place of another session's.
fn browsers(server: &Server, own: &Scene, sessions: &[String]) -> Vec<(&'static str, Browser)> {
    let desk = own.desk.browser.cookies();
    let key = desk.values().next().unwrap();
    let smuggler = server.browser();
    for session in sessions {
        smuggler.set_cookie(&format!("desk-{session}"), key);
    }
    smuggler.set_cookie("phone", key);
    vec![
        ("the desktop", own.desk.browser.moved_to(&server.url)),
        ("the phone", own.phone.browser.moved_to(&server.url)),
        ("the desktop's key elsewhere", smuggler),
        ("nobody", server.browser()),
    ]
}

/// Every function that the server has registered. One that these tests do not know fails them.
fn registered() -> Vec<&'static Function> {
    let paths = leptos::server_fn::axum::server_fn_paths();
    let known = |path: &str| {
        let mut all = ALL.iter();
        all.find(|function| path == format!("/api/{}", function.path))
    };
    paths
        .map(|(path, _)| {
            known(path).unwrap_or_else(|| panic!("{path} has no place in functions.rs"))
        })
        .collect()
}

/// Calls of a function that are about another's session, as whoever knows all its names would make them.
fn calls(function: &Function, other: &Scene) -> Vec<Value> {
    if function.path == "phone/claim" {
        // The code is the key itself; who has it may use it. All but the secret is what another can come to know.
        return vec![json!({ "code": format!("{}.{}", other.desk.session, "ab".repeat(16)) })];
    }
    let surfaces = function.scopes(other);
    if surfaces.is_empty() {
        return vec![function.call(other, &Value::Null)];
    }
    surfaces
        .iter()
        .map(|(_, scope)| function.call(other, scope))
        .collect()
}

fn told(answer: &Answer) -> (u16, String) {
    (answer.status.as_u16(), answer.text.clone())
}

/// Nothing that is the other practice's stands in an answer.
fn is_silent(answer: &Answer, other: &Scene, about: &str) {
    let patient = &other.view.launch.patient;
    let names = [
        FAMILY,
        GIVEN,
        NHI,
        PATIENT,
        &patient.family,
        patient.id.as_str(),
    ];
    for canary in names {
        assert!(
            !answer.text.contains(canary),
            "{about}: {canary} in {}",
            answer.text
        );
    }
}

#[tokio::test]
async fn no_function_answers_another_practice_and_none_tells_what_there_is() {
    let (server, kowhai, rata) = two().await;
    let before = server.sessions.load(kowhai.desk.session).await;
    let names = names(&kowhai);
    let sessions = [names[0].0.clone(), names[0].1.clone()];
    for (who, browser) in browsers(&server, &rata, &sessions) {
        for function in registered() {
            for call in calls(function, &kowhai) {
                let ghost: Value =
                    serde_json::from_str(&haunted(&call.to_string(), &names)).unwrap();
                let about = format!("{who}, {}", function.path);
                let real = browser.ask(function.path, call).await;
                let none = browser.ask(function.path, ghost).await;
                is_silent(&real, &kowhai, &about);
                if function.path == "phone/snapshot" && real.status == 200 {
                    assert_eq!(told(&real), told(&none), "{about}: its own");
                    continue;
                }
                assert_eq!(told(&real), told(&none), "{about}");
                let own = function.path == "start";
                assert_eq!(real.status == 200, own, "{about}: {}", real.text);
            }
        }
    }
    assert_eq!(
        server.sessions.load(kowhai.desk.session).await,
        before,
        "nothing changed"
    );
}

#[tokio::test]
async fn a_picture_of_another_practice_is_no_picture_at_ones_own_session() {
    let (server, kowhai, rata) = two().await;
    let names = names(&kowhai);
    let pictures = &names[2..];
    for function in registered() {
        let own = match function.whose {
            Whose::Either | Whose::Desk => &rata.desk,
            Whose::Phone | Whose::Anybody => continue,
        };
        // Ends what the other calls need; it is about no picture.
        if function.path == "desk/end" || function.path == "pictures/reserve" {
            continue;
        }
        let call = function.call(&rata, &own.scope).to_string();
        let foreign = [
            (rata.at_desk.id().to_string(), &pictures[0]),
            (rata.on_phone.id().to_string(), &pictures[1]),
        ];
        if !foreign.iter().any(|(own, _)| call.contains(own)) {
            continue;
        }
        let with = |pick: fn(&(String, String)) -> &String| {
            let put = |call: String, (own, names): &(String, &(String, String))| {
                call.replace(own, pick(names))
            };
            let call = foreign.iter().fold(call.clone(), put);
            serde_json::from_str::<Value>(&call).unwrap()
        };
        let real = own.browser.ask(function.path, with(|names| &names.0)).await;
        let none = own.browser.ask(function.path, with(|names| &names.1)).await;
        assert_eq!(told(&real), told(&none), "{}", function.path);
        let harmless = real.status != 200 || function.path == "pictures/remove";
        assert!(harmless, "{}: {}", function.path, real.text);
    }
    for (real, ghost) in pictures {
        for call in routes::of(&server, &rata, real.parse().unwrap()) {
            let none = call.about(|address| address.replace(real, ghost));
            if call.is_desks() && call.address != none.address {
                let answers = [
                    call.by(&rata.desk.browser).await,
                    none.by(&rata.desk.browser).await,
                ];
                assert_eq!(told(&answers[0]), told(&answers[1]), "{}", call.address);
                assert_eq!(answers[0].status, 404, "{}", call.address);
            }
        }
    }
    let kept = kowhai.desk.snapshot().await;
    assert_eq!(kept.pictures.len(), 2);
}

/// Every address that the router names, and every page of the application. Those that name something of a session or of a
/// practice are what this is about; a new one is among them by itself.
fn addresses(server: &Server, other: &Scene) -> Vec<RouteCall> {
    let mut found = Vec::new();
    for picture in [other.at_desk.id(), other.on_phone.id()] {
        found.extend(routes::of(server, other, picture));
        let page = |path: String| RouteCall {
            address: routes::filled(&path, other, picture),
            operation: Operation::ReadPage,
            body: None,
        };
        found.extend(
            clinical_app::PAGE_PATHS
                .iter()
                .map(|path| page((*path).to_owned())),
        );
    }
    found.sort_by(|one, other| one.address.cmp(&other.address));
    found.dedup_by(|one, other| one.address == other.address);
    assert!(found.len() >= 12, "{}", found.len());
    found
}

/// A page without what differs in every answer.
fn without_nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let nonce = policy
        .split_once("'nonce-")
        .and_then(|(_, after)| after.split_once('\''));
    match nonce {
        Some((nonce, _)) => page.text.replace(nonce, "nonce"),
        None => page.text.clone(),
    }
}

#[tokio::test]
async fn no_address_leads_into_another_practice_and_none_tells_what_there_is() {
    let (server, kowhai, rata) = two().await;
    let names = names(&kowhai);
    let sessions = [names[0].0.clone(), names[0].1.clone()];
    let mut about_a_session = 0;
    for (who, browser) in browsers(&server, &rata, &sessions) {
        for call in addresses(&server, &kowhai) {
            let ghost = call.about(|address| haunted(address, &names));
            if call.address == "/events/phone" && who == "the phone" {
                continue; // its own stream, which never ends
            }
            let (real, none) = (call.by(&browser).await, ghost.by(&browser).await);
            let about = format!("{who}, {}", call.address);
            is_silent(&real, &kowhai, &about);
            assert_eq!(real.status, none.status, "{about}");
            if call.address != ghost.address {
                about_a_session += 1;
                let pages = [&real, &none].map(|page| haunted(&without_nonce(page), &names));
                assert_eq!(pages[0], pages[1], "{about}");
                let framed = [&real, &none].map(|page| {
                    let policy = page.header("content-security-policy");
                    policy.contains("frame-ancestors 'none'")
                });
                assert_eq!(framed, [true, true], "{about}");
            }
        }
    }
    assert!(about_a_session >= 12, "{about_a_session}");
}

#[tokio::test]
async fn ledger_audit_and_report_of_one_practice_hold_nothing_of_another() {
    let (server, kowhai, rata) = two().await;
    // A browser of one practice announces a picture under the very id of the other's, and gets it filed first.
    let mut twin = TestPhoto::new();
    twin.claim.picture = kowhai.at_desk.id();
    let keys = [
        rata.desk.send(&twin).await,
        kowhai.desk.send(&TestPhoto::new()).await,
    ];
    let prefix = |key: &clinical_images::ports::ObjectKey| {
        key.as_str().split('/').nth(1).unwrap().to_owned()
    };
    assert_ne!(prefix(&keys[0]), prefix(&keys[1]));
    for (scene, picture) in [(&rata, twin.id()), (&kowhai, kowhai.at_desk.id())] {
        scene.desk.commit(&[picture]).await.is_fine();
        let state = server.settle(&scene.desk, picture).await;
        assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
    }
    let line = async |practice: &str, picture| {
        server
            .services
            .ledger_entry(&id(practice), picture)
            .await
            .unwrap()
    };
    let of_kowhai = line("kowhai", kowhai.at_desk.id()).await.unwrap();
    let of_rata = line("rata", twin.id()).await.unwrap();
    assert_eq!(of_kowhai.picture, of_rata.picture);
    assert_eq!(
        (of_kowhai.session, of_rata.session),
        (kowhai.desk.session, rata.desk.session)
    );
    assert_eq!(line("rata", kowhai.on_phone.id()).await, None);
    assert_eq!(line("nobody", twin.id()).await, None);

    while server.services.drain_audit_outbox().await.unwrap() > 0 {}
    for (practice, own, other) in [("kowhai", &kowhai, &rata), ("rata", &rata, &kowhai)] {
        let directory = server.practice.file("audit").join(practice);
        let files = std::fs::read_dir(directory).unwrap();
        let text: String = files
            .map(|file| std::fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        assert!(text.contains(&own.desk.session.to_string()));
        assert!(!text.contains(&other.desk.session.to_string()));
    }

    let held = server.services.retention_report().await.unwrap();
    let open = |practice: &str| held.practices[&id(practice)].open_sessions;
    assert_eq!(
        (open("kowhai"), open("rata"), held.practices.len()),
        (1, 1, 2)
    );
    assert_eq!(held.practices[&id("rata")].needed.objects, 3);
}
