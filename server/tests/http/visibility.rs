//! What a phone may see and change, and that two patients in one browser stay apart.

use super::client::Client;
use super::functions::Scene;
use super::practice::OTHER_PATIENT;
use super::server::Server;
use super::test_photo::TestPhoto;
use clinical_images::id::SessionId;
use clinical_images::ports::SessionStore as _;
use serde_json::json;

#[tokio::test]
async fn a_phone_touches_no_picture_but_its_own() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let neighbour = server.phone(&scene.desk.offer().await).await;
    let elsewhere = Scene::for_patient(&server, OTHER_PATIENT).await;
    let before = server.sessions.load(scene.desk.session).await;
    for (picture, refusal) in [
        (scene.at_desk.id(), (403, "notAllowed")),
        (scene.on_phone.id(), (403, "notAllowed")),
        (elsewhere.on_phone.id(), (404, "pictureUnknown")),
    ] {
        let change = json!({ "note": "overwritten" });
        let describe = json!({ "pictures": [picture], "change": change });
        let mut taken_over = TestPhoto::new();
        taken_over.claim.picture = picture;
        neighbour
            .on("pictures/describe", describe)
            .await
            .is_refused(refusal.0, refusal.1);
        neighbour
            .arrived(picture)
            .await
            .is_refused(refusal.0, refusal.1);
        if refusal.0 == 403 {
            let remove = json!({ "picture": picture });
            neighbour
                .on("pictures/remove", remove)
                .await
                .is_refused(403, "notAllowed");
            neighbour
                .reserve(&taken_over)
                .await
                .is_refused(403, "notAllowed");
        }
        let look = neighbour
            .browser
            .get(&neighbour.picture_path(picture))
            .await;
        look.is_refused(404, "pictureUnknown");
    }
    assert_eq!(
        server.sessions.load(scene.desk.session).await,
        before,
        "nothing changed"
    );
}

#[tokio::test]
async fn a_phone_sends_nothing_before_its_patient_is_confirmed() {
    let server = Server::open().await;
    let desk = server.desk().await;
    let phone = server.unconfirmed_phone(&desk.offer().await).await;
    let photo = TestPhoto::new();
    phone
        .reserve(&photo)
        .await
        .is_refused(403, "patientNotConfirmed");
    phone.say("confirm-patient").await.is_fine();
    phone.send(&photo).await;
}

#[tokio::test]
async fn a_phone_learns_of_the_patient_what_it_needs_and_no_more() {
    let server = Server::open().await;
    let scene = Scene::on(&server).await;
    let answer = scene.phone.browser.ask("phone/snapshot", json!({})).await;
    let seen = &answer.text;
    assert!(
        seen.contains(super::practice::FAMILY) && seen.contains("1971-03-18"),
        "{seen}"
    );
    let at_desk = scene.at_desk.id().to_string();
    for hidden in [
        super::practice::NHI,
        super::practice::PATIENT,
        "female",
        &at_desk,
    ] {
        assert!(!seen.contains(hidden), "{hidden} in {seen}");
    }
    let view = scene.phone.snapshot().await;
    assert_eq!(
        (view.pictures.len(), view.others, view.links.len()),
        (1, 1, 1)
    );
}

#[tokio::test]
async fn two_patients_in_one_browser_stay_two_sessions() {
    let server = Server::open().await;
    let first = server.desk().await;
    let shared = first.browser.moved_to(&server.url);
    let second = server.desktop_for(OTHER_PATIENT, shared).await;
    assert_eq!(second.browser.cookies().len(), 2);
    let name_at = |client: &Client, session: SessionId| {
        let call = client
            .browser
            .call("desk/snapshot")
            .json(&json!({ "session": session }));
        call.send()
    };
    for (session, family) in [
        (first.session, super::practice::FAMILY),
        (second.session, "Fīfita"),
    ] {
        let text = name_at(&second, session)
            .await
            .unwrap()
            .text()
            .await
            .unwrap();
        assert!(text.contains(family), "{text}");
    }
    let only_first = name_at(&first, second.session).await.unwrap();
    assert_eq!(only_first.status(), 401);
}
