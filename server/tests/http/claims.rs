//! Codes: each is claimed once, by one phone, in its time, and stays out of addresses and logs.

use super::browser::Answer;
use super::client::Client;
use super::log;
use super::server::Server;
use clinical_images::session::{DeviceKind, EndOfLink, Event, LinkState, SessionView};
use futures::future::join_all;
use http::Method;
use serde_json::json;
use std::time::Duration;

const MINUTE: Duration = Duration::from_secs(60);

async fn claim(server: &Server, code: &str) -> Answer {
    server
        .browser()
        .ask("phone/claim", json!({ "code": code }))
        .await
}

async fn ended(desk: &Client, wanted: EndOfLink) {
    let mut stream = desk.follow().await;
    let snapshot = stream.next().await.unwrap().snapshot();
    let over = |state: &LinkState| matches!(state, LinkState::Ended { why, .. } if *why == wanted);
    if !snapshot.links.iter().any(|link| over(&link.state)) {
        let ended = |event: &Event| matches!(event, Event::LinkEnded { why, .. } if *why == wanted);
        stream.until(ended).await;
    }
}

#[tokio::test]
async fn of_sixteen_phones_at_once_exactly_one_gets_in() {
    let server = Server::open().await;
    let desk = server.desk().await;
    for _ in 0..4 {
        let offer = desk.offer().await;
        let answers = join_all((0..16).map(|_| claim(&server, offer.code()))).await;
        let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
        assert_eq!((won.len(), lost.len()), (1, 15));
        for answer in lost {
            answer.is_refused(410, "linkUsed");
            assert_eq!(
                answer.header("set-cookie"),
                "",
                "no token for those who lost"
            );
        }
    }
    let links = desk.snapshot().await.links;
    let claimed = |state: &LinkState| matches!(state, LinkState::Claimed { .. });
    assert_eq!(links.iter().filter(|link| claimed(&link.state)).count(), 4);
}

#[tokio::test]
async fn a_code_that_does_not_work_says_why() {
    let server = Server::open().await;
    let desk = server.desk().await;

    let used = desk.offer().await;
    server.phone(&used).await;
    let replaced = desk.offer().await;
    let revoked = desk.offer().await;
    desk.ask("desk/revoke-link", json!({ "link": revoked.link }))
        .await
        .is_fine();
    let declined = desk.offer().await;
    let phone = server.unconfirmed_phone(&declined).await;
    phone.say("decline-patient").await.is_fine();
    let left = desk.offer().await;
    let phone = server.phone(&left).await;
    phone.say("leave").await.is_fine();
    assert!(
        phone.browser.cookies().is_empty(),
        "who leaves keeps no token"
    );
    let expired = desk.offer().await;
    server.clock.pass(5 * MINUTE);

    let wrong = format!("{}.{}", desk.session, "ab".repeat(16));
    let elsewhere = format!("{:032x}.{}", 9, used.secret());
    for (what, code, status, refusal) in [
        ("used", used.code(), 410, "linkUsed"),
        ("replaced", replaced.code(), 410, "linkEnded replaced"),
        ("revoked", revoked.code(), 410, "linkEnded revoked"),
        ("declined", declined.code(), 410, "linkUsed"),
        ("left", left.code(), 410, "linkUsed"),
        ("expired", expired.code(), 410, "linkEnded expired"),
        ("wrong", &wrong, 404, "linkUnknown"),
        ("another session's", &elsewhere, 404, "linkUnknown"),
        ("no code", "hello", 404, "linkUnknown"),
        ("nothing", "", 404, "linkUnknown"),
    ] {
        let answer = claim(&server, code).await;
        assert_eq!(answer.refusal(), (status, refusal.to_owned()), "{what}");
    }
    desk.ask("desk/end", json!({ "why": "discarded" }))
        .await
        .is_fine();
    for code in [used.code(), expired.code()] {
        claim(&server, code)
            .await
            .is_refused(410, "sessionEnded discarded");
    }
}

#[tokio::test]
async fn a_code_is_in_no_address_and_in_no_log() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let offer = desk.offer().await;
    let (page, code) = offer.url.split_once('#').unwrap();
    assert_eq!(
        (page, code),
        (format!("{}/phone", server.url).as_str(), offer.code())
    );

    // A link preview opens the address without its fragment, and spends nothing.
    let previewed = reqwest::Client::builder().no_proxy().build().unwrap();
    let page = previewed.get(&offer.url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(!page.text().await.unwrap().contains(offer.secret()));

    let spaced = format!(" {}\n", offer.code());
    claim(&server, &spaced).await.is_fine();
    claim(&server, offer.code())
        .await
        .is_refused(410, "linkUsed");

    let page = desk.browser.get(&format!("/desk/{}", desk.session)).await;
    assert!(
        !page.text.contains(offer.secret()),
        "a reload needs a new code"
    );
    let requests = server.requests();
    assert!(
        requests.iter().any(|request| request == "GET /phone"),
        "{requests:?}"
    );
    assert!(
        requests
            .iter()
            .all(|request| !request.contains(offer.secret())),
        "{requests:?}"
    );
    log::holds_none_of(&[offer.secret()]);
}

#[tokio::test]
async fn both_screens_show_the_same_number_and_the_phone_names_itself() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let offer = desk.offer().await;
    let claimed: SessionView = claim(&server, offer.code()).await.value();
    let at_desk = desk.snapshot().await;
    let (here, there) = (
        at_desk.link(offer.link).unwrap(),
        claimed.link(offer.link).unwrap(),
    );
    assert_eq!(here, there);
    assert!(
        matches!(&here.state, LinkState::Claimed { device, .. } if *device == DeviceKind::IPhone)
    );
}

#[tokio::test]
async fn a_phone_that_idles_is_cut_off_and_told_so() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    server.clock.pass(9 * MINUTE);
    phone.send(&super::test_photo::TestPhoto::new()).await;
    server.clock.pass(9 * MINUTE);
    phone.snapshot().await;
    server.clock.pass(MINUTE);
    ended(&desk, EndOfLink::Idle).await;
    let answer = phone.browser.ask("phone/snapshot", json!({})).await;
    answer.is_refused(410, "linkEnded idle");
}

#[tokio::test]
async fn a_key_is_nowhere_but_in_its_cookie() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.phone(&desk.offer().await).await;
    let tokens: Vec<String> = [&desk, &phone]
        .into_iter()
        .flat_map(|client| client.browser.cookies().into_values())
        .map(|token| token.split_once('.').unwrap().1.to_owned())
        .collect();
    assert_eq!(tokens.len(), 2);
    for client in [&desk, &phone] {
        let page = if client.link.is_some() {
            "/phone".to_owned()
        } else {
            format!("/desk/{}", client.session)
        };
        let texts = [
            client
                .browser
                .send(client.browser.bare(Method::GET, &page))
                .await
                .text,
            serde_json::to_string(&client.snapshot().await).unwrap(),
        ];
        for token in &tokens {
            assert!(texts.iter().all(|text| !text.contains(token)));
        }
    }
    for token in &tokens {
        log::holds_none_of(&[token]);
        assert!(
            server
                .requests()
                .iter()
                .all(|request| !request.contains(token))
        );
    }
}
