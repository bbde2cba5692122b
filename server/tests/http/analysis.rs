//! A picture is described by an analyst: its text streams to the desktop, to nobody else, and for no longer than it should.

use super::client::Client;
use super::event_reader::{Heard, Stream};
use super::functions::Scene;
use super::log;
use super::scripted_analyst::ScriptedAnalyst;
use super::server::{PATIENCE, Plan, Server};
use super::test_photo::TestPhoto;
use clinical_images::analysis::Prompt;
use clinical_images::id::PictureId;
use clinical_images::picture::jpeg;
use clinical_images::ports::AnalystFault;
use clinical_images::service::{LimitedAnalyst, MAX_ANSWER_BYTES};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

const PROMPT: &str = "Canary-Prompt: describe the lesion";

async fn server() -> (Server, Arc<ScriptedAnalyst>) {
    let analyst = ScriptedAnalyst::new();
    let plan = Plan {
        analyst: Some(analyst.limited()),
        ..Plan::default()
    };
    (Server::with(plan).await, analyst)
}

/// A desktop with a picture in its session.
async fn desk_with_photo(server: &Server) -> (Client, TestPhoto) {
    let (desk, photo) = (server.desk().await, TestPhoto::new());
    desk.send(&photo).await;
    (desk, photo)
}

impl Client {
    fn analysis_of(&self, picture: PictureId, prompt: &str) -> reqwest::RequestBuilder {
        let address = format!("/analysis/desk/{}/{picture}", self.session);
        self.browser
            .post(&address)
            .json(&json!({ "prompt": prompt }))
    }

    /// Asks about a picture, and hears the answer as it comes.
    async fn analyse(&self, photo: &TestPhoto) -> Stream {
        let request = self.analysis_of(photo.id(), PROMPT);
        Stream::open(request.send().await.unwrap())
    }

    /// Asks, and is refused.
    async fn cannot_analyse(&self, picture: PictureId, status: u16, refusal: &str) {
        let answer = self.browser.send(self.analysis_of(picture, PROMPT)).await;
        answer.is_refused(status, refusal);
    }
}

impl Heard {
    fn text(&self) -> String {
        assert_eq!(self.kind, "text", "{}", self.data);
        serde_json::from_str(&self.data).unwrap()
    }
}

/// The last event, which says why the answer ended early, and nothing after it.
async fn failure(stream: &mut Stream) -> Value {
    // The heartbeat would keep a stream alive that should have ended.
    let heard = tokio::time::timeout(PATIENCE, stream.until_the_end()).await;
    let heard = heard.expect("it ends soon");
    let last = heard.last().expect("it says why");
    assert_eq!(last.kind, "failed", "{}", last.data);
    serde_json::from_str(&last.data).unwrap()
}

fn code(code: &str) -> Value {
    json!({ "code": code })
}

#[tokio::test]
async fn an_answer_streams_piece_by_piece_as_it_is_written() {
    let (server, analyst) = server().await;
    let (desk, photo) = desk_with_photo(&server).await;
    let mut stream = desk.analyse(&photo).await;
    assert_eq!(stream.headers["content-type"], "text/event-stream");
    assert_eq!(stream.headers["cache-control"], "no-store, no-transform");
    assert_eq!(stream.headers["x-accel-buffering"], "no");
    assert_eq!(stream.headers["x-content-type-options"], "nosniff");
    let call = analyst.call().await;
    for piece in [
        "He ira ",
        "paku.\n\n",
        "Brown, 4 mm: \u{201c}m\u{101}\u{201d}\r\ndata: x",
    ] {
        call.say(piece);
        let heard = stream.next().await.unwrap();
        assert_eq!(heard.text(), piece, "each before the next is said");
        assert_eq!(heard.id, "", "nothing to come back to");
    }
    call.finish();
    let last = stream.until_the_end().await;
    assert_eq!(last.len(), 1);
    assert_eq!(last[0].kind, "done");
    let usage: Value = serde_json::from_str(&last[0].data).unwrap();
    let expected = json!({ "model": "scripted-1", "inputTokens": 1600, "outputTokens": 40 });
    assert_eq!(usage, expected);
    log::holds_none_of(&[PROMPT, "He ira "]);
}

#[tokio::test]
async fn the_analyst_gets_the_picture_as_it_is_shown_and_the_prompt_and_no_more() {
    let (server, analyst) = server().await;
    let (desk, photo) = desk_with_photo(&server).await;
    let _stream = desk.analyse(&photo).await;
    let request = analyst.call().await.request;
    assert_eq!(request.jpeg, photo.bytes);
    let header = jpeg::read_header(&request.jpeg).unwrap();
    assert!(!header.has_metadata);
    assert_eq!(request.prompt.as_str(), PROMPT);
}

#[tokio::test]
async fn where_no_analyst_is_set_up_a_question_is_plainly_refused() {
    let server = Server::open().await;
    let (desk, photo) = desk_with_photo(&server).await;
    desk.cannot_analyse(photo.id(), 409, "noAnalyst").await;
}

#[tokio::test]
async fn only_a_picture_that_is_in_the_session_is_shown_to_the_analyst() {
    let (server, analyst) = server().await;
    let scene = Scene::on(&server).await;
    let other = Scene::for_patient(&server, super::practice::OTHER_PATIENT).await;
    let announced = TestPhoto::new();
    scene.desk.reserve(&announced).await.is_fine();
    let nowhere = TestPhoto::new();
    for picture in [announced.id(), nowhere.id(), other.at_desk.id()] {
        scene
            .desk
            .cannot_analyse(picture, 404, "pictureUnknown")
            .await;
    }
    // A phone has no address of its own, and its token opens no desktop's.
    let as_phone = scene.phone.analysis_of(scene.on_phone.id(), PROMPT);
    let answer = scene.phone.browser.send(as_phone).await;
    answer.is_refused(401, "noAccessToken");
    assert_eq!(analyst.asked(), 0);
    let _stream = scene.desk.analyse(&scene.on_phone).await;
    assert_eq!(analyst.call().await.request.jpeg, scene.on_phone.bytes);
}

#[tokio::test]
async fn a_question_without_a_prompt_or_with_an_endless_one_is_malformed() {
    let (server, analyst) = server().await;
    let (desk, photo) = desk_with_photo(&server).await;
    let address = format!("/analysis/desk/{}/{}", desk.session, photo.id());
    let longer = "\u{101}".repeat(Prompt::MAX_CHARS + 1);
    let bodies = [
        json!({}),
        json!([]),
        json!({ "prompt": null }),
        json!({ "prompt": "" }),
        json!({ "prompt": " \n" }),
        json!({ "prompt": longer }),
        json!({ "prompt": PROMPT, "system": "obey" }),
    ];
    let mut texts: Vec<String> = bodies.iter().map(Value::to_string).collect();
    texts.extend(["", "{", "null"].map(str::to_owned));
    for text in texts {
        let request = desk.browser.post(&address).body(text.clone());
        let request = request.header("content-type", "application/json");
        let answer = desk.browser.send(request).await;
        assert_eq!(answer.refusal(), (422, "malformed".to_owned()), "{text}");
    }
    let enormous = || {
        desk.browser
            .post(&address)
            .json(&json!({ "prompt": "a".repeat(64 * 1024) }))
    };
    assert_eq!(desk.browser.insist(enormous).await.status, 413);
    assert_eq!(analyst.asked(), 0);
}

#[tokio::test]
async fn a_reader_who_goes_away_ends_the_call_and_may_ask_again() {
    let (server, analyst) = server().await;
    let (desk, photo) = desk_with_photo(&server).await;
    let mut stream = desk.analyse(&photo).await;
    let call = analyst.call().await;
    call.say("A mole");
    stream.next().await.unwrap();
    drop(stream);
    call.is_cancelled().await;
    let mut again = desk.analyse(&photo).await;
    analyst.call().await.finish();
    assert_eq!(again.until_the_end().await.len(), 1);
}

#[tokio::test]
async fn an_answer_ends_with_its_session() {
    let (server, analyst) = server().await;
    let (desk, photo) = desk_with_photo(&server).await;
    let mut stream = desk.analyse(&photo).await;
    let call = analyst.call().await;
    call.say("A mole");
    stream.next().await.unwrap();
    let end = json!({ "why": "discarded" });
    desk.ask("desk/end", end).await.is_fine();
    assert_eq!(failure(&mut stream).await, code("withdrawn"));
    call.is_cancelled().await;
    desk.cannot_analyse(photo.id(), 410, "sessionEnded discarded")
        .await;
}

#[tokio::test]
async fn an_answer_ends_with_its_picture_and_not_with_another() {
    let (server, analyst) = server().await;
    let scene = Scene::on(&server).await;
    let mut stream = scene.desk.analyse(&scene.at_desk).await;
    let call = analyst.call().await;
    let remove = |photo: &TestPhoto| json!({ "picture": photo.id() });
    let other = remove(&scene.on_phone);
    scene.desk.on("pictures/remove", other).await.is_fine();
    call.say("A mole");
    assert_eq!(stream.next().await.unwrap().text(), "A mole");
    let own = remove(&scene.at_desk);
    scene.desk.on("pictures/remove", own).await.is_fine();
    assert_eq!(failure(&mut stream).await, code("withdrawn"));
    call.is_cancelled().await;
}

#[tokio::test]
async fn in_a_session_that_nobody_used_for_too_long_nothing_is_asked() {
    let analyst = ScriptedAnalyst::new();
    let server = Server::with(Plan {
        analyst: Some(analyst.limited()),
        neglected: true,
        ..Plan::default()
    })
    .await;
    let (desk, photo) = desk_with_photo(&server).await;
    server.clock.pass(Duration::from_secs(2 * 3600));
    desk.cannot_analyse(photo.id(), 410, "sessionEnded idle")
        .await;
    assert_eq!(analyst.asked(), 0);
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut_and_says_so() {
    let (server, analyst) = server().await;
    let (desk, photo) = desk_with_photo(&server).await;
    let mut stream = desk.analyse(&photo).await;
    let call = analyst.call().await;
    // Three bytes each, of which no whole number makes the limit.
    for _ in 0..=MAX_ANSWER_BYTES / 300 {
        call.say(&"\u{20ac}".repeat(100));
    }
    let mut heard = stream.until_the_end().await;
    let last = heard.pop().unwrap();
    assert_eq!(last.kind, "failed");
    assert_eq!(
        serde_json::from_str::<Value>(&last.data).unwrap(),
        code("tooLong")
    );
    let text: String = heard.iter().map(Heard::text).collect();
    assert_eq!(text.len(), MAX_ANSWER_BYTES / 3 * 3);
    assert!(text.chars().all(|it| it == '\u{20ac}'));
    call.is_cancelled().await;
}

#[tokio::test]
async fn a_session_asks_one_thing_at_a_time_and_others_do_not_wait_for_it() {
    let (server, analyst) = server().await;
    let scene = Scene::on(&server).await;
    let other = Scene::for_patient(&server, super::practice::OTHER_PATIENT).await;
    let mut first = scene.desk.analyse(&scene.at_desk).await;
    let call = analyst.call().await;
    for photo in [&scene.at_desk, &scene.on_phone] {
        scene
            .desk
            .cannot_analyse(photo.id(), 409, "analysisRunning")
            .await;
    }
    let mut elsewhere = other.desk.analyse(&other.at_desk).await;
    analyst.call().await.finish();
    assert_eq!(elsewhere.until_the_end().await.len(), 1);
    call.finish();
    assert_eq!(first.until_the_end().await.len(), 1);
    let mut second = scene.desk.analyse(&scene.on_phone).await;
    analyst.call().await.finish();
    assert_eq!(second.until_the_end().await.len(), 1);
    assert_eq!(analyst.asked(), 3, "the refused ones went nowhere");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_ends() {
    let analyst = ScriptedAnalyst::new();
    let limited = LimitedAnalyst::new(Arc::clone(&analyst) as _);
    let server = Server::with(Plan {
        analyst: Some(Arc::new(limited.within(Duration::from_millis(200)))),
        ..Plan::default()
    })
    .await;
    let (desk, photo) = desk_with_photo(&server).await;
    let mut stream = desk.analyse(&photo).await;
    let call = analyst.call().await;
    call.say("A mole");
    assert_eq!(failure(&mut stream).await, code("timedOut"));
    call.is_cancelled().await;
}

#[tokio::test]
async fn a_server_that_stops_ends_its_answers_and_does_not_wait_for_them() {
    let (mut server, analyst) = server().await;
    let (desk, photo) = desk_with_photo(&server).await;
    let mut stream = desk.analyse(&photo).await;
    let call = analyst.call().await;
    let (ended, ()) = tokio::join!(failure(&mut stream), server.stop());
    assert_eq!(ended, code("interrupted"));
    call.is_cancelled().await;
}

#[tokio::test]
async fn each_fault_of_the_analyst_has_its_code_and_none_brings_its_words() {
    let (server, analyst) = server().await;
    let (desk, photo) = desk_with_photo(&server).await;
    let words = "upstream-words";
    let busy = |retry_after| AnalystFault::Busy { retry_after };
    let faults = [
        (
            AnalystFault::Unavailable(words.to_owned()),
            code("unavailable"),
        ),
        (
            busy(Some(Duration::from_secs(20))),
            json!({ "code": "busy", "retryAfter": 20 }),
        ),
        (busy(None), json!({ "code": "busy", "retryAfter": null })),
        (AnalystFault::Declined, code("declined")),
        (AnalystFault::Malformed(words.to_owned()), code("malformed")),
        (AnalystFault::TooLong, code("tooLong")),
    ];
    for (fault, expected) in faults {
        let mut stream = desk.analyse(&photo).await;
        let call = analyst.call().await;
        call.say("A mole");
        call.fail(fault);
        assert_eq!(stream.next().await.unwrap().text(), "A mole");
        assert_eq!(failure(&mut stream).await, expected);
    }
    let mut stream = desk.analyse(&photo).await;
    analyst.call().await.break_off();
    assert_eq!(failure(&mut stream).await, code("malformed"));
}
