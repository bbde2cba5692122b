//! Every reply of the simulator's catalogue to the posting of a picture, and what it comes to: the GP's truth and the
//! record's.

use super::server::Server;
use super::test_photo::TestPhoto;
use clinical_images::picture::PictureState;
use serde_json::json;
use std::collections::BTreeMap;
use std::time::Duration;

/// What a reply comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// In the record, once.
    Filed,
    /// In the record, and a second time by the gateway's own doing, which no client can prevent.
    FiledAndAgain,
    /// Not in the record, and said so.
    NotFiled,
    /// In the record although ALEX's clear refusal says that it is not; no client can see through that, and ALEX is
    /// not known to do it.
    Deceived,
}

use End::{Deceived, Filed, FiledAndAgain, NotFiled};

/// Each reply of the catalogue that a create can get.
const REPLIES: [(&str, End); 79] = [
    ("plain", Filed),
    ("201-no-body", Filed),
    ("201-location-lower-case", Filed),
    ("201-location-relative", Filed),
    ("201-no-id", Filed),
    ("201-id-in-location", Filed),
    ("201-empty", Filed),
    ("201-outcome", Filed),
    ("200", Filed),
    ("202", Filed),
    ("204", Filed),
    ("lost", Filed),
    ("cut", Filed),
    ("lost-midway", Filed),
    ("timeout", Filed),
    ("lost-timeout", Filed),
    ("slow", Filed),
    ("drip", Filed),
    ("late-cut", Filed),
    ("late-503", Filed),
    ("late-504", Filed),
    ("late-timeout", Filed),
    ("twice", FiledAndAgain),
    ("twice-lost", FiledAndAgain),
    ("twice-504", FiledAndAgain),
    ("lost-and-again-later", FiledAndAgain),
    ("lag", Filed),
    ("lost-lag", Filed),
    ("400", NotFiled),
    ("400-created", Deceived),
    // Refused once, and taken with a fresh token.
    ("401", Filed),
    ("401-created", FiledAndAgain),
    ("403", NotFiled),
    ("403-created", Deceived),
    ("404", NotFiled),
    ("404-created", Deceived),
    ("405", NotFiled),
    ("405-created", Deceived),
    ("408", Filed),
    ("408-created", Filed),
    ("409", Filed),
    ("409-created", Filed),
    ("412", Filed),
    ("412-created", Filed),
    ("413", NotFiled),
    ("413-created", Deceived),
    ("415", NotFiled),
    ("415-created", Deceived),
    ("422", NotFiled),
    ("422-created", Deceived),
    ("429", Filed),
    // Clearly refused, so it is posted again.
    ("429-created", FiledAndAgain),
    ("500", Filed),
    ("500-created", Filed),
    ("502", Filed),
    ("502-created", Filed),
    ("503", Filed),
    ("503-created", Filed),
    ("504", Filed),
    ("504-created", Filed),
    ("400-element", Filed),
    ("400-invalid", NotFiled),
    ("400-throttled", Filed),
    ("409-lock-error", Filed),
    ("429-two-minutes", Filed),
    ("429-date", Filed),
    ("429-no-hint", Filed),
    ("500-no-store", Filed),
    ("500-incomplete", Filed),
    ("503-wait", Filed),
    ("html", Filed),
    ("html-created", Filed),
    ("html-200", Filed),
    ("html-201", Filed),
    ("truncated", Filed),
    ("wrong-type", Filed),
    ("redirect-loop", Filed),
    ("redirect-away", Filed),
    ("huge", Filed),
];

/// A session holds no more.
const A_SESSION: usize = 20;
/// By how much both clocks go on at a time.
const STEP: Duration = Duration::from_secs(15);
/// Steps until the last late create, the last look and the last try are over.
const STEPS: usize = 160;

#[tokio::test]
async fn every_reply_of_the_catalogue_comes_to_its_end() {
    let server = Server::open().await;
    let mut sent = Vec::new();
    for replies in REPLIES.chunks(A_SESSION) {
        let desk = server.desk().await;
        let mut ids = Vec::new();
        for (reply, _) in replies {
            let photo = TestPhoto::new();
            desk.send(&photo).await;
            let mut step = json!({
                "match": { "kind": "media", "identifier": photo.id().to_string() },
                "reply": reply,
            });
            if *reply == "400-element" {
                step["expression"] = json!("Media.bodySite");
            }
            server.practice.script(&step).await;
            ids.push(photo.id());
        }
        desk.commit(&ids).await.is_fine();
        sent.push((desk, replies, ids));
    }
    for _ in 0..STEPS {
        tokio::time::sleep(Duration::from_millis(40)).await;
        server.clock.pass(STEP);
        server.practice.pass(STEP).await;
    }
    let mut recorded: BTreeMap<String, usize> = BTreeMap::new();
    for media in server.practice.media().await {
        let id = media["identifier"]["value"].as_str().unwrap().to_owned();
        *recorded.entry(id).or_default() += 1;
    }
    let mut wrong = Vec::new();
    for (desk, replies, ids) in sent {
        let view = desk.snapshot().await;
        for ((reply, expected), id) in replies.iter().zip(ids) {
            let state = &view.picture(id).unwrap().state;
            let filed = matches!(state, PictureState::Filed { .. });
            let records = recorded.get(&id.to_string()).copied().unwrap_or_default();
            let (should, count) = match expected {
                Filed => (true, 1),
                FiledAndAgain => (true, 2),
                NotFiled => (false, 0),
                Deceived => (false, 1),
            };
            if (filed, records) != (should, count) {
                wrong.push(format!("{reply}: {records} records, {state:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
