//! Which requests what takes a POST lets in at all: those of its own pages, as JSON, with an access token.

use super::browser::{Answer, Browser};
use super::functions::{ALL, Scene, Whose};
use super::routes;
use super::scripted_analyst::ScriptedAnalyst;
use super::server::{Plan, Server};
use clinical_images::access::Operation;
use clinical_images::ports::SessionStore as _;
use http::Method;
use reqwest::RequestBuilder;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// The body of a call that its own page would send.
fn honest(function: &super::functions::Function, scene: &Scene) -> Value {
    let scope = match function.whose {
        Whose::Phone => &scene.phone.scope,
        _ => &scene.desk.scope,
    };
    function.call(scene, scope)
}

#[tokio::test]
async fn every_registered_function_has_its_place_in_these_tests() {
    let _server = Server::open().await;
    let registered: BTreeSet<(String, Method)> = leptos::server_fn::axum::server_fn_paths()
        .map(|(path, method)| (path.to_owned(), method))
        .collect();
    let known = ALL
        .iter()
        .map(|function| (format!("/api/{}", function.path), Method::POST));
    assert_eq!(registered, known.collect());
}

/// Requests that no page of ours sends, and how each is turned away.
fn attempts(browser: &Browser, path: &str, body: &Value) -> Vec<(String, RequestBuilder, u16)> {
    let plain = || browser.bare(Method::POST, path).json(body);
    let mut attempts = vec![("no origin".to_owned(), plain(), 403)];
    let (longer, over_tls) = (
        format!("{}.evil.example", browser.origin),
        browser.origin.replace("http:", "https:"),
    );
    for origin in [
        "https://evil.example",
        "http://127.0.0.1:1",
        "null",
        &longer,
        &over_tls,
    ] {
        attempts.push((
            format!("from {origin}"),
            plain().header("origin", origin),
            403,
        ));
    }
    for site in ["cross-site", "same-site", "none"] {
        let own = plain().header("origin", &browser.origin);
        attempts.push((site.to_owned(), own.header("sec-fetch-site", site), 403));
    }
    for kind in [
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "text/plain",
    ] {
        for body in ["session=1", &body.to_string()] {
            let call = browser.post(path).header("content-type", kind);
            attempts.push((format!("{kind}: {body}"), call.body(body.to_owned()), 415));
        }
    }
    let untyped = browser.post(path).body(body.to_string());
    attempts.push(("no type".to_owned(), untyped, 415));
    attempts
}

/// Everything that takes a POST: whose browser would send it, where to, and with which body.
fn posts<'a>(server: &Server, scene: &'a Scene) -> Vec<(&'a Browser, String, Value)> {
    let mut posts = Vec::new();
    for function in &ALL {
        let browser = match function.whose {
            Whose::Phone => &scene.phone.browser,
            _ => &scene.desk.browser,
        };
        let path = format!("/api/{}", function.path);
        posts.push((browser, path, honest(function, scene)));
    }
    for route in routes::of(server, scene, scene.at_desk.id()) {
        // Takes a form, of our own pages only: language.rs.
        if route.operation == Operation::ChooseLanguage {
            continue;
        }
        if let Some(body) = route.body {
            posts.push((&scene.desk.browser, route.address, body));
        }
    }
    assert!(posts.len() > ALL.len(), "routes are among them");
    posts
}

#[tokio::test]
async fn nothing_that_takes_a_post_listens_to_another_site_or_to_a_form() {
    let analyst = ScriptedAnalyst::new();
    let server = Server::with(Plan {
        analyst: Some(analyst.limited()),
        ..Plan::default()
    })
    .await;
    let scene = Scene::on(&server).await;
    let before = server.sessions.load(scene.desk.session).await;
    for (browser, path, body) in posts(&server, &scene) {
        for (what, request, status) in attempts(browser, &path, &body) {
            let answer = browser.send(request).await;
            assert_eq!(answer.status, status, "{path}: {what}: {}", answer.text);
        }
        let got = browser.get(&path).await;
        assert!(
            [404, 405].contains(&got.status.as_u16()),
            "GET {path}: {}",
            got.status
        );
    }
    assert_eq!(
        server.sessions.load(scene.desk.session).await,
        before,
        "nothing changed"
    );
    assert_eq!(analyst.asked(), 0);
}

#[tokio::test]
async fn without_a_key_no_function_does_anything() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let before = server.sessions.load(scene.desk.session).await;
    for function in &ALL {
        for (_, scope) in function.scopes(&scene) {
            let stranger = server.browser();
            let answer = stranger
                .ask(function.path, function.call(&scene, scope))
                .await;
            assert_eq!(
                answer.refusal(),
                (401, "noAccessToken".to_owned()),
                "{}",
                function.path
            );
            assert_eq!(stranger.cookies().len(), 0, "{}", function.path);
        }
    }
    let start: Value = server.browser().ask("start", json!({})).await.value();
    assert_eq!(
        start,
        json!({ "demo": null }),
        "in production there is nothing to choose"
    );
    let code = json!({ "code": scene.offer.code() });
    server
        .browser()
        .ask("phone/claim", code)
        .await
        .is_refused(410, "linkUsed");
    assert_eq!(
        server.sessions.load(scene.desk.session).await,
        before,
        "nothing changed"
    );
}

#[tokio::test]
async fn what_makes_no_sense_is_called_malformed() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let before = server.sessions.load(scene.desk.session).await;
    for function in ALL
        .iter()
        .filter(|function| honest(function, &scene) != json!({}))
    {
        for body in [
            "",
            "{",
            "[]",
            "null",
            r#"{"session":"1","scope":"kitchen"}"#,
        ] {
            let call = scene.desk.browser.call(function.path);
            let call = call.header("content-type", "application/json").body(body);
            let answer: Answer = scene.desk.browser.send(call).await;
            assert_eq!(
                answer.refusal(),
                (422, "malformed".to_owned()),
                "{} {body}",
                function.path
            );
        }
    }
    assert_eq!(
        server.sessions.load(scene.desk.session).await,
        before,
        "nothing changed"
    );
}

#[tokio::test]
async fn there_is_no_function_beside_those_that_are_registered() {
    let server = Server::open().await;
    for path in ["desk", "desk/snapshot/", "desk/tick", "phone/forget"] {
        let answer = server.browser().ask(path, json!({})).await;
        assert!(
            [404, 405].contains(&answer.status.as_u16()),
            "{path}: {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn behind_tls_cookies_are_bound_to_the_host_and_the_origin_is_the_public_one() {
    let server = Server::with(Plan {
        public_url: Some("https://images.clinic.example".to_owned()),
        ..Plan::default()
    })
    .await;
    let browser = server.browser();
    let launch = server
        .practice
        .launch(json!({ "patientId": super::practice::PATIENT }))
        .await;
    let opened = launch.open_in(&browser).await;
    let cookie = opened.header("set-cookie");
    assert!(cookie.starts_with("__Host-desk-"), "{cookie}");
    for part in ["; Path=/", "; HttpOnly", "; SameSite=Lax", "; Secure"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let session = opened.header("location").strip_prefix("/desk/").unwrap();
    let args = json!({ "session": session });
    browser.ask("desk/snapshot", args.clone()).await.is_fine();
    // The server's own address behind the proxy is no origin of a page.
    let inner = browser
        .bare(Method::POST, "/api/desk/snapshot")
        .header("origin", &server.url)
        .json(&args);
    assert_eq!(browser.send(inner).await.status, 403);
}

#[tokio::test]
async fn in_a_practice_that_frames_the_product_cookies_live_in_its_partition() {
    let server = Server::with(Plan {
        public_url: Some("https://images.clinic.example".to_owned()),
        frame_ancestors: vec!["https://portal.clinic.example".to_owned()],
        ..Plan::default()
    })
    .await;
    let launch = server
        .practice
        .launch(json!({ "patientId": super::practice::PATIENT }))
        .await;
    let opened = launch.open_in(&server.browser()).await;
    let cookie = opened.header("set-cookie");
    for part in [
        "; Path=/",
        "; HttpOnly",
        "; SameSite=None",
        "; Secure",
        "; Partitioned",
    ] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Lax"), "{cookie}");
}
