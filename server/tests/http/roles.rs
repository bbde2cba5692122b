//! Who may do what: every holder of a token against every function.

use super::browser::Browser;
use super::client::Client;
use super::functions::{ALL, Function, Scene, Whose};
use super::practice::OTHER_PATIENT;
use super::routes;
use super::scripted_analyst::ScriptedAnalyst;
use super::server::{Plan, Server};
use clinical_app::api::FUNCTIONS;
use clinical_images::access::{Operation, Role};
use clinical_images::ports::SessionStore as _;
use clinical_server::router::routes_and_operations;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;

/// What somebody hears who may not.
type No = (u16, &'static str);
const NO_TOKEN: No = (401, "noAccessToken");
const NOT_ALLOWED: No = (403, "notAllowed");

fn key_of(client: &Client) -> String {
    client.browser.cookies().into_values().next().unwrap()
}

/// What came of a call as status and name, with `Ok` for anything that was let in.
async fn outcome(
    function: &Function,
    args: Value,
    browser: &Browser,
) -> Result<u16, (u16, String)> {
    let answer = browser.ask(function.path, args).await;
    match answer.status.as_u16() {
        // The desktop's own acts may still be refused for what they are about.
        status @ (200 | 409) => Ok(status),
        _ => Err(answer.refusal()),
    }
}

/// Somebody whose access token is none, or one of another scope.
struct Holder {
    who: &'static str,
    browser: Browser,
    /// What the desktop's functions answer.
    at_desk: No,
    /// What the phone's functions answer.
    at_phone: No,
}

fn holders(server: &Server, scene: &Scene, other: &Scene) -> Vec<Holder> {
    let session = scene.desk.session;
    let (desk, phone) = (key_of(&scene.desk), key_of(&scene.phone));
    let (other_desk, other_phone) = (key_of(&other.desk), key_of(&other.phone));
    let made_up = format!("{session}.{}", "ab".repeat(32));
    let nowhere = format!("{:032x}.{}", 7, "ab".repeat(32));
    let unknown: No = (404, "sessionUnknown");
    let (cookie, code) = (format!("desk-{session}"), scene.offer.code());
    let holder = |(who, cookie, token, at_desk, at_phone): (_, &str, &str, _, _)| {
        let browser = server.browser();
        browser.set_cookie(cookie, token);
        Holder {
            who,
            browser,
            at_desk,
            at_phone,
        }
    };
    let holders = [
        ("nobody", "any", "thing", NO_TOKEN, NO_TOKEN),
        (
            "the desktop as a phone",
            "phone",
            &desk,
            NO_TOKEN,
            NOT_ALLOWED,
        ),
        (
            "the phone as a desktop",
            &cookie,
            &phone,
            NOT_ALLOWED,
            NO_TOKEN,
        ),
        (
            "another desktop",
            &cookie,
            &other_desk,
            NOT_ALLOWED,
            NO_TOKEN,
        ),
        (
            "another phone",
            &cookie,
            &other_phone,
            NOT_ALLOWED,
            NO_TOKEN,
        ),
        // A made-up key says nothing about whether its session is there.
        ("a made-up desktop", &cookie, &made_up, unknown, NO_TOKEN),
        ("a made-up phone", "phone", &made_up, NO_TOKEN, unknown),
        (
            "a desktop of no session",
            &cookie,
            &nowhere,
            unknown,
            NO_TOKEN,
        ),
        (
            "the code instead of a token",
            "phone",
            code,
            NO_TOKEN,
            unknown,
        ),
        ("nonsense", &cookie, "x.y", NO_TOKEN, NO_TOKEN),
    ];
    holders.map(holder).into()
}

#[tokio::test]
async fn no_key_opens_a_door_that_it_was_not_made_for() {
    let analyst = ScriptedAnalyst::new();
    let server = Server::with(Plan {
        analyst: Some(analyst.limited()),
        ..Plan::default()
    })
    .await;
    let scene = Scene::on(&server).await;
    let other = Scene::for_patient(&server, OTHER_PATIENT).await;
    let session = scene.desk.session;
    let holders = holders(&server, &scene, &other);
    let before = server.sessions.load(session).await;
    for Holder {
        who,
        browser,
        at_desk,
        at_phone,
    } in &holders
    {
        for function in &ALL {
            for (whose, scope) in function.scopes(&scene) {
                let (status, refusal) = if whose == Whose::Desk {
                    at_desk
                } else {
                    at_phone
                };
                let heard = outcome(function, function.call(&scene, scope), browser).await;
                let expected = Err((*status, (*refusal).to_owned()));
                assert_eq!(heard, expected, "{who}, {} as {whose:?}", function.path);
            }
        }
        for picture in [scene.at_desk.id(), scene.on_phone.id()] {
            for route in routes::of(&server, &scene, picture) {
                if route.is_closed() {
                    let refused = if route.is_desks() { at_desk } else { at_phone };
                    let answer = route.by(browser).await;
                    assert_eq!(answer.status, refused.0, "{who}, {}", route.address);
                }
            }
        }
    }
    assert_eq!(analyst.asked(), 0);
    assert_eq!(
        server.sessions.load(session).await,
        before,
        "nothing changed"
    );
}

#[tokio::test]
async fn a_phone_that_was_cut_off_gets_nowhere() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let revoke = json!({ "link": scene.offer.link });
    scene.desk.ask("desk/revoke-link", revoke).await.is_fine();
    let before = server.sessions.load(scene.desk.session).await;
    let cut_off = Err((410, "linkEnded revoked".to_owned()));
    let (browser, scope) = (&scene.phone.browser, &scene.phone.scope);
    for function in &ALL {
        if matches!(function.whose, Whose::Phone | Whose::Either) {
            let heard = outcome(function, function.call(&scene, scope), browser).await;
            assert_eq!(heard, cut_off, "{}", function.path);
        }
    }
    let look = scene.phone.picture_path(scene.on_phone.id());
    for path in [scene.phone.events_path(), look] {
        assert_eq!(browser.get(&path).await.status, 410, "{path}");
    }
    assert_eq!(
        server.sessions.load(scene.desk.session).await,
        before,
        "nothing changed"
    );
}

#[tokio::test]
async fn a_page_left_open_does_not_reach_into_the_session_that_its_browser_joined_since() {
    let server = Server::open().await;
    let (old, new) = (
        Scene::on(&server).await,
        Scene::for_patient(&server, OTHER_PATIENT).await,
    );
    let before = [old.desk.session, new.desk.session].map(|id| server.sessions.load(id));
    let before = futures::future::join_all(before).await;
    let elsewhere = Err((409, "otherLink".to_owned()));
    for function in &ALL {
        let with_link = matches!(function.whose, Whose::Phone | Whose::Either);
        if with_link && function.path != "phone/snapshot" {
            let args = function.call(&old, &old.phone.scope);
            let answer = new.phone.browser.ask(function.path, args).await;
            let heard: Result<u16, _> = Err(answer.refusal());
            assert_eq!(heard, elsewhere, "{}", function.path);
        }
    }
    let after = [old.desk.session, new.desk.session].map(|id| server.sessions.load(id));
    let after = futures::future::join_all(after).await;
    assert_eq!(after, before, "nothing changed");
    assert!(
        !new.phone.browser.cookies().is_empty(),
        "and the new link stays"
    );
}

#[tokio::test]
async fn every_function_is_open_to_those_it_was_made_for() {
    let server = Server::open().await;
    for function in &ALL {
        let scene = Scene::on(&server).await;
        let (own, scope) = match function.whose {
            Whose::Desk => (&scene.desk, &scene.desk.scope),
            Whose::Phone | Whose::Either => (&scene.phone, &scene.phone.scope),
            Whose::Anybody => continue,
        };
        let heard = outcome(function, function.call(&scene, scope), &own.browser).await;
        // Nothing is to be settled in a scene where nothing was committed.
        let expected = if function.path == "desk/settle" {
            409
        } else {
            200
        };
        assert_eq!(heard, Ok(expected), "{}", function.path);
    }
}

#[tokio::test]
async fn after_the_end_everything_says_so() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    scene
        .desk
        .ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();
    assert!(
        scene.desk.snapshot().await.ended.is_some(),
        "the desktop may still read how it ended"
    );
    let ended = Err((410, "sessionEnded discarded".to_owned()));
    for function in &ALL {
        for (whose, scope) in function.scopes(&scene) {
            let own = if whose == Whose::Desk {
                &scene.desk
            } else {
                &scene.phone
            };
            if function.path == "desk/snapshot" {
                continue;
            }
            let heard = outcome(function, function.call(&scene, scope), &own.browser).await;
            assert_eq!(heard, ended, "{} as {whose:?}", function.path);
        }
    }
}

#[tokio::test]
async fn every_registered_function_and_route_has_a_row_in_the_policy() {
    let server = Server::open().await;
    let registered: BTreeSet<String> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, _)| path.to_owned())
        .collect();
    let listed: BTreeSet<String> = FUNCTIONS
        .iter()
        .map(|(path, _)| format!("/api/{path}"))
        .collect();
    assert_eq!(registered, listed);
    for (path, operation) in FUNCTIONS {
        let whose = ALL
            .iter()
            .find(|function| function.path == *path)
            .map(|function| function.whose)
            .unwrap();
        let (desktop, phone, unpaired) = match whose {
            Whose::Desk => (true, false, false),
            Whose::Phone => (false, true, false),
            Whose::Either => (true, true, false),
            Whose::Anybody => (false, false, true),
        };
        let roles = operation.roles();
        // Reading the session is one operation with two functions, one for each surface.
        if !matches!(operation, Operation::ReadSession | Operation::ReadStart) {
            assert_eq!(roles.contains(&Role::Desktop), desktop, "{path}");
            assert_eq!(roles.contains(&Role::Phone), phone, "{path}");
        }
        assert_eq!(roles.contains(&Role::Unpaired), unpaired, "{path}");
        assert!(!roles.contains(&Role::Server), "{path}");
    }
    let routes = routes_and_operations(server.services.clone(), CancellationToken::new());
    for (_, path, operation) in routes {
        let open = matches!(
            path,
            "/launch" | "/launch/{practice}" | "/language" | "/healthz" | "/livez"
        );
        assert_eq!(
            operation.roles().contains(&Role::Unpaired),
            open,
            "{path} is open to everybody or asks for a token"
        );
    }
}
