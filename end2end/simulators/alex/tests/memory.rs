//! What was received stays received; the page shows it.

mod common;

use std::io::Write;

use alex_simulator::{OpenError, Settings, Simulator};
use common::{Alex, FIRST, dir, jpeg, json_of, media, with};
use reqwest::{Method, StatusCode};
use serde_json::json;

#[tokio::test]
async fn media_and_requests_are_there_after_a_restart() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let created = json_of(alex.post_media(&media("img-1")).send().await.unwrap()).await;
    let (before_media, before) = (alex.own("media").await, alex.own("received").await);
    alex.stop();
    let alex = Alex::start(dir.path()).await;
    assert_eq!(alex.own("media").await, before_media);
    let after = alex.own("received").await;
    let (before, after) = (before.as_array().unwrap(), after.as_array().unwrap());
    assert_eq!(&after[..before.len()], &before[..]);
    assert_eq!(
        after.len(),
        before.len() + 1,
        "the second start fetched a token"
    );
    assert_eq!(after.last().unwrap()["seq"], before.len() + 1);
    let id = created["id"].as_str().unwrap();
    let (status, read) = alex.get(&format!("/FHIR/Media/{id}")).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(read["content"]["data"], created["content"]["data"]);
    let file = std::fs::read(dir.path().join(format!("media/{id}.jpg"))).unwrap();
    assert_eq!(file, jpeg(640, 480, 2000));
}

#[tokio::test]
async fn a_line_cut_short_by_a_crash_is_dropped_and_writing_goes_on() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.post_media(&media("img-1")).send().await.unwrap();
    alex.stop();
    let path = dir.path().join("ledger.jsonl");
    let mut ledger = std::fs::OpenOptions::new()
        .append(true)
        .open(&path)
        .unwrap();
    ledger
        .write_all(b"{\"kind\":\"media\",\"id\":\"half")
        .unwrap();
    let alex = Alex::start(dir.path()).await;
    alex.post_media(&media("img-2")).send().await.unwrap();
    alex.stop();
    let alex = Alex::start(dir.path()).await;
    let media = alex.own("media").await;
    let values: Vec<_> = media
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["identifier"]["value"])
        .collect();
    assert_eq!(values, ["img-1", "img-2"]);
}

#[test]
fn a_ledger_that_is_not_ours_is_refused_with_its_line() {
    let dir = dir();
    std::fs::write(
        dir.path().join("ledger.jsonl"),
        "{\"kind\":\"cleared\",\"time\":\"\"}\nhello\n",
    )
    .unwrap();
    let opened = Simulator::open(Settings::demo(dir.path(), "http://app.test"));
    assert!(matches!(
        opened.err(),
        Some(OpenError::Damaged { line: 2, .. })
    ));
}

#[tokio::test]
async fn clearing_forgets_requests_and_pictures_for_good_but_not_numbers() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.post_media(&media("img-1")).send().await.unwrap();
    let reply = alex
        .plain(Method::DELETE, "/medtech/api/received")
        .send()
        .await
        .unwrap();
    assert_eq!(reply.status(), StatusCode::NO_CONTENT);
    assert_eq!(alex.own("received").await, json!([]));
    assert_eq!(alex.own("media").await, json!([]));
    assert_eq!(
        std::fs::read_dir(dir.path().join("media")).unwrap().count(),
        0
    );
    alex.stop();
    let alex = Alex::start(dir.path()).await;
    assert_eq!(alex.own("media").await, json!([]));
    assert_eq!(alex.own("received").await[0]["seq"], 3);
}

#[tokio::test]
async fn the_pages_say_that_they_are_simulated_and_show_what_arrived() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let list = alex.page("/medtech").await;
    assert!(list.contains("SIMULATED MEDTECH</strong> – fictional patients"));
    assert!(list.contains("NGĀTAI, Aroha Mārama") && list.contains("ZZZ0016"));
    assert!(list.contains("http-equiv=\"refresh\""));
    let path = format!("/medtech/patient/{FIRST}");
    assert!(alex.page(&path).await.contains("Nothing has arrived"));
    let hostile = with(
        media("img-1"),
        "/content/title",
        json!("<script>alert(1)</script>\"'&"),
    );
    let created = json_of(alex.post_media(&hostile).send().await.unwrap()).await;
    let id = created["id"].as_str().unwrap();
    let inbox = alex.page(&path).await;
    assert!(inbox.contains("&lt;script&gt;") && !inbox.contains("<script"));
    assert!(inbox.contains(&format!("href=\"/medtech/media/{id}\"")) && !inbox.contains("corr-1"));
    let open = alex.page(&format!("{path}?refresh=off&show={id}")).await;
    assert!(open.contains("corr-1") && open.contains("640 × 480") && open.contains("<img"));
    assert!(!open.contains("http-equiv=\"refresh\""));
}

#[tokio::test]
async fn the_script_page_adds_a_step_says_what_is_wrong_with_one_and_clears() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    let page = alex.page("/medtech/script").await;
    assert!(page.contains("Nothing is scripted.") && page.contains("lost-and-again-later"));
    assert!(
        !page.contains("http-equiv=\"refresh\""),
        "a form half filled in stays"
    );
    let send = async |reply: &str, times: &str| {
        let form = [
            ("reply", reply),
            ("kind", "media"),
            ("identifier", ""),
            ("times", times),
            ("after_ms", "250"),
        ];
        let call = alex.plain(Method::POST, "/medtech/script").form(&form);
        let reply = call.send().await.unwrap();
        (reply.status(), reply.text().await.unwrap())
    };
    assert_eq!(send("slow", "3").await.0, StatusCode::SEE_OTHER);
    let step = json!({ "match": { "kind": "media" }, "reply": "slow", "times": 3, "afterMs": 250 });
    assert_eq!(alex.own("script").await, json!([step]));
    let (status, page) = send("search-all", "1").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(page.contains("role=\"alert\"") && page.contains("not for calls of the kind"));
    assert_eq!(send("slow", "none").await.0, StatusCode::BAD_REQUEST);
    let clear = alex.plain(Method::POST, "/medtech/script/clear");
    assert_eq!(clear.send().await.unwrap().status(), StatusCode::SEE_OTHER);
    assert_eq!(alex.own("script").await, json!([]));
}

#[tokio::test]
async fn the_ledger_page_marks_duplicates_and_shows_refused_calls() {
    let dir = dir();
    let alex = Alex::start(dir.path()).await;
    alex.order(json!({ "on": "POST /FHIR/Media", "reply": "403" }))
        .await;
    for _ in 0..2 {
        alex.post_media(&media("once")).send().await.unwrap();
    }
    assert!(!alex.page("/medtech/ledger").await.contains("Duplicate"));
    alex.post_media(&media("once")).send().await.unwrap();
    let page = alex.page("/medtech/ledger").await;
    assert_eq!(page.matches("Duplicate").count(), 2);
    assert!(page.contains("<td>403</td>") && page.contains("more than once: 1."));
    let ledger = alex.own("ledger").await;
    assert_eq!(ledger["duplicates"][0]["identifier"]["value"], "once");
    let (records, requests) = (&ledger["records"], alex.own("received").await);
    let request = records[0]["request"].as_u64().unwrap();
    let created = requests
        .as_array()
        .unwrap()
        .iter()
        .find(|call| call["seq"] == request)
        .unwrap();
    assert_eq!(
        (&created["status"], &created["path"]),
        (&json!(201), &json!("/FHIR/Media"))
    );
}
