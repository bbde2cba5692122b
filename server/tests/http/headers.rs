//! What every answer says about itself, how much a request may bring, and whether the server can serve.

use super::browser::Answer;
use super::log;
use super::server::{Plan, Server};
use http::Method;
use serde_json::json;
use std::collections::BTreeSet;

/// The policy of a page, as directives.
fn policy(page: &Answer) -> Vec<String> {
    let policy = page.header("content-security-policy");
    policy
        .split(';')
        .map(|directive| directive.trim().to_owned())
        .collect()
}

fn nonce(page: &Answer) -> String {
    let policy = page.header("content-security-policy");
    let after = policy.split_once("'nonce-").unwrap().1;
    after.split_once('\'').unwrap().0.to_owned()
}

fn is_hardened(answer: &Answer, asked: &str) {
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(answer.header(name), value, "{asked}");
    }
    let permissions = answer.header("permissions-policy");
    assert!(permissions.contains("camera=(self)"), "{asked}");
    let policy = policy(answer);
    for directive in [
        "default-src 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ] {
        let held = policy.iter().any(|held| held == directive);
        assert!(held, "{asked}: {policy:?}");
    }
}

#[tokio::test]
async fn every_answer_is_hardened_errors_and_files_too() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let browser = &desk.browser;
    let get = |path: &str| browser.bare(Method::GET, path);
    let desk_page = format!("/desk/{}", desk.session);
    let unarrived = desk.picture_path(super::test_photo::TestPhoto::new().id());
    for (request, status, cache) in [
        (get("/"), 200, "no-store"),
        (get("/phone"), 200, "no-store"),
        (get(&desk_page), 200, "no-store"),
        (get("/launch-problem/noPatient"), 200, "no-store"),
        (get("/launch"), 303, "no-store"),
        (get("/nowhere"), 404, "no-store"),
        (get("/healthz"), 200, "no-store"),
        (get("/livez"), 200, "no-store"),
        (get("/events/phone"), 401, "no-store"),
        (get(&unarrived), 404, "no-store"),
        (get("/pkg/clinical.css"), 200, "no-cache"),
        (get("/codec-worker.js"), 200, "no-cache"),
        (get("/codec-worker/helper.js"), 200, "no-cache"),
        (get("/icon.svg"), 200, "no-cache"),
        (get("/pkg/nothing.js"), 404, "no-cache"),
        (browser.bare(Method::POST, "/healthz"), 405, "no-store"),
        (browser.bare(Method::OPTIONS, "/api/start"), 405, "no-store"),
        (browser.bare(Method::HEAD, "/"), 200, "no-store"),
        (browser.call("start").json(&json!({})), 200, "no-store"),
        (
            browser.call("phone/snapshot").json(&json!({})),
            401,
            "no-store",
        ),
        (browser.call("start").body("form"), 415, "no-store"),
        (browser.bare(Method::POST, "/api/start"), 403, "no-store"),
    ] {
        let asked = format!("{request:?}");
        let answer = browser.send(request).await;
        assert_eq!(answer.status, status, "{asked}");
        assert_eq!(answer.header("cache-control"), cache, "{asked}");
        is_hardened(&answer, &asked);
    }
    let mut stream = desk.follow().await;
    stream.next().await.unwrap();
    assert_eq!(stream.headers["x-content-type-options"], "nosniff");
    assert!(stream.headers.contains_key("content-security-policy"));
}

#[tokio::test]
async fn a_page_runs_its_own_scripts_by_a_nonce_of_its_own() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let browser = &desk.browser;
    let desk_page = format!("/desk/{}", desk.session);
    let mut seen = BTreeSet::new();
    for path in [
        "/",
        "/",
        "/phone",
        "/launch-problem/noPatient",
        "/nowhere",
        &desk_page,
    ] {
        let page = browser.get(path).await;
        let nonce = nonce(&page);
        assert!(nonce.len() >= 22, "128 bits and more: {nonce}");
        let scripts: Vec<&str> = page.text.split("<script").skip(1).collect();
        assert!(!scripts.is_empty(), "{path}");
        for script in scripts {
            let tag = script.split_once('>').unwrap().0;
            assert!(
                tag.contains(&format!("nonce=\"{nonce}\"")),
                "{path}: <script{tag}>"
            );
        }
        assert!(
            !page.text.contains(" style=\"") && !page.text.contains("<style"),
            "{path}"
        );
        assert!(!page.text.contains(" onclick="), "{path}");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("'wasm-unsafe-eval'"), "{policy}");
        assert!(
            !policy.contains("'unsafe-inline'") && !policy.contains("'unsafe-eval'"),
            "{policy}"
        );
        let store = format!(
            "connect-src 'self' {}",
            server.practice.object_store_origin()
        );
        assert!(policy.contains(&store), "{policy}");
        assert!(seen.insert(nonce), "no nonce serves two answers");
    }
}

#[tokio::test]
async fn the_codec_workers_scripts_bring_a_policy_under_which_they_may_load_their_module_and_nothing_of_others()
 {
    let server = Server::open().await;
    for path in ["/codec-worker.js", "/codec-worker/helper.js"] {
        let answer = server.browser().get(path).await;
        let policy = answer.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'"), "{policy}");
        assert!(
            policy.contains("script-src 'self' 'wasm-unsafe-eval'"),
            "{policy}"
        );
    }
}

#[tokio::test]
async fn only_origins_on_the_list_may_frame_a_page() {
    let server = Server::with(Plan {
        frame_ancestors: vec!["https://portal.clinic.example".to_owned()],
        ..Plan::default()
    })
    .await;
    let page = server.browser().get("/").await;
    let framed = "frame-ancestors https://portal.clinic.example".to_owned();
    assert!(policy(&page).contains(&framed), "{:?}", policy(&page));
}

#[tokio::test]
async fn a_request_brings_at_most_64_kilobytes() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let fill = |many: usize| format!("{}{}", json!({ "session": desk.session }), " ".repeat(many));
    let short = fill(0).len();
    let ask = |many: usize| {
        let call = desk.browser.call("desk/snapshot");
        call.header("content-type", "application/json")
            .body(fill(many - short))
    };
    desk.browser.send(ask(64 * 1024)).await.is_fine();
    let too_much = desk.browser.insist(|| ask(64 * 1024 + 1)).await;
    assert_eq!(too_much.status, 413);
    is_hardened(&too_much, "too much");

    // Somebody who does not say how much will come is stopped all the same.
    let endless = || {
        let chunks = (0..20).map(|_| Ok::<_, std::io::Error>(" ".repeat(8 * 1024)));
        let body = reqwest::Body::wrap_stream(futures::stream::iter(chunks));
        let call = desk.browser.call("desk/snapshot");
        call.header("content-type", "application/json").body(body)
    };
    let answer = desk.browser.insist(endless).await;
    answer.is_refused(422, "malformed");
}

#[tokio::test]
async fn a_request_is_logged_by_its_id_and_its_route_and_never_by_its_address() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let session = desk.session.to_string();
    let desk_page = format!("/desk/{session}?note=CanaryOfAQuery");
    for (path, id, route) in [
        (desk_page.as_str(), "log-test-1", "/desk/{session}"),
        ("/CanaryOfAPath", "log-test-2", "none"),
        ("/pkg/CanaryOfAFile.js", "log-test-3", "none"),
        ("/launch?context=CanaryOfAContext", "log-test-4", "/launch"),
    ] {
        let request = desk.browser.bare(Method::GET, path);
        let answer = desk.browser.send(request.header("x-request-id", id)).await;
        assert_eq!(answer.header("x-request-id"), id);
        let log = log::so_far();
        let answered = |line: &&str| line.contains(id) && line.contains("request answered");
        let line = log.lines().find(answered).expect(id);
        assert!(line.contains(&format!("http.route=\"{route}\"")), "{line}");
        assert!(!line.contains(&session), "{line}");
    }
    let odd = desk.browser.bare(Method::GET, "/livez");
    let odd = odd.header("x-request-id", "Canary Of An Id");
    let own = desk
        .browser
        .send(odd)
        .await
        .header("x-request-id")
        .to_owned();
    assert!(own.len() == 36 && own != "Canary Of An Id", "{own}");
    log::holds_none_of(&[
        "CanaryOfAQuery",
        "CanaryOfAPath",
        "CanaryOfAFile",
        "CanaryOfAContext",
        "Canary Of An Id",
    ]);
}

#[tokio::test]
async fn files_are_asked_for_again_by_their_date() {
    let server = Server::open().await;
    let browser = server.browser();
    let first = browser.get("/pkg/clinical.css").await;
    assert_eq!(first.text, "main {}");
    let again = browser.bare(Method::GET, "/pkg/clinical.css");
    let again = again.header("if-modified-since", first.header("last-modified"));
    assert_eq!(browser.send(again).await.status, 304);
}

#[tokio::test]
async fn health_says_whether_sessions_can_be_stored() {
    let server = Server::open().await;
    let browser = server.browser();
    assert_eq!(browser.get("/healthz").await.status, 200);
    server.sessions.go_away();
    let ill = browser.get("/healthz").await;
    assert_eq!(ill.status, 503);
    assert!(ill.text.contains("the session store does not answer"));
    assert_eq!(
        browser.get("/livez").await.status,
        200,
        "alive all the same"
    );
    server.sessions.come_back();
    assert_eq!(browser.get("/healthz").await.status, 200);
}
