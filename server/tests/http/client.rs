//! A client of a session: its desktop, or a phone that joined it. Both send pictures in the same way.

use super::browser::{Answer, Browser};
use super::event_reader::Stream;
use super::server::Server;
use super::test_photo::TestPhoto;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::picture::{ObjectKey, PictureState};
use clinical_images::session::{Scans, SessionView};
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// A browser with an access token for a session.
pub struct Client {
    pub browser: Browser,
    /// As `Scope` travels.
    pub scope: Value,
    pub session: SessionId,
    /// The link that a phone holds.
    pub link: Option<LinkId>,
}

/// A QR code as the desktop shows it.
#[derive(Clone, Debug, Deserialize)]
pub struct Offer {
    pub link: LinkId,
    pub url: String,
}

/// A presigned PUT as the browser gets it.
#[derive(Clone, Debug, Deserialize)]
pub struct PresignedPut {
    pub url: String,
    pub headers: Vec<(String, String)>,
}

impl Offer {
    /// What is behind the `#`.
    pub fn code(&self) -> &str {
        self.url.split_once('#').unwrap().1
    }

    /// The part of the code that nobody may know.
    pub fn secret(&self) -> &str {
        self.code().split_once('.').unwrap().1
    }
}

impl PresignedPut {
    /// Where the bytes will lie.
    pub fn key(&self) -> ObjectKey {
        let path = self.url.split('?').next().unwrap();
        ObjectKey::new(&path[path.find("sessions/").unwrap()..])
    }

    /// Puts these bytes, as a browser would, straight into the picture store.
    pub async fn put(&self, bytes: &[u8]) -> u16 {
        let client = reqwest::Client::builder().no_proxy().build().unwrap();
        let mut request = client.put(&self.url).body(bytes.to_vec());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status().as_u16()
    }
}

impl Server {
    /// Clicks the icon for this patient in this browser, and goes where it leads.
    pub async fn desktop_for(&self, patient: &str, browser: Browser) -> Client {
        let wish = json!({ "patientId": patient });
        let launch = self.practice.launch(wish).await;
        launch.open_session(browser).await
    }

    pub async fn desk(&self) -> Client {
        self.desktop_for(super::practice::PATIENT, self.browser())
            .await
    }

    /// Scans the code and says that the patient is right.
    pub async fn phone(&self, offer: &Offer) -> Client {
        let phone = self.unconfirmed_phone(offer).await;
        phone.say("confirm-patient").await.is_fine();
        phone
    }

    /// Scans the code.
    pub async fn unconfirmed_phone(&self, offer: &Offer) -> Client {
        let browser = self.browser();
        let claimed = browser
            .ask("phone/claim", json!({ "code": offer.code() }))
            .await;
        let view: SessionView = claimed.value();
        Client {
            browser,
            scope: json!({ "phone": offer.link }),
            session: view.id,
            link: Some(offer.link),
        }
    }
}

impl super::practice::Launch {
    /// Goes to the address that Medtech opens.
    pub async fn open_in(&self, browser: &Browser) -> Answer {
        self.open_at(browser, "/launch").await
    }

    /// Goes to this address with the launch in it.
    pub async fn open_at(&self, browser: &Browser, path: &str) -> Answer {
        let parts = [("context", &self.context), ("signature", &self.signature)];
        let address = reqwest::Url::parse_with_params("http://any/launch", parts).unwrap();
        let query = address.query().unwrap();
        browser.get(&format!("{path}?{query}")).await
    }

    /// Opens the session that this launch is for.
    pub async fn open_session(&self, browser: Browser) -> Client {
        self.sit_down_at(browser, "/launch").await
    }

    /// The same by this address.
    pub async fn sit_down_at(&self, browser: Browser, path: &str) -> Client {
        let opened = self.open_at(&browser, path).await;
        assert_eq!(opened.status, 303, "{}", opened.text);
        let address = opened.header("location");
        let session: SessionId = address.strip_prefix("/desk/").unwrap().parse().unwrap();
        Client {
            browser,
            scope: json!({ "desktop": session }),
            session,
            link: None,
        }
    }
}

impl Client {
    fn is_desk(&self) -> bool {
        self.link.is_none()
    }

    /// Calls one of the desktop's own functions.
    pub async fn ask(&self, function: &str, mut args: Value) -> Answer {
        args["session"] = json!(self.session);
        self.browser.ask(function, args).await
    }

    /// Calls one of the phone's own functions, for the link it holds.
    pub async fn say(&self, act: &str) -> Answer {
        let args = json!({ "link": self.link });
        self.browser.ask(&format!("phone/{act}"), args).await
    }

    /// Calls one of the functions that desktop and phone share.
    pub async fn on(&self, function: &str, mut args: Value) -> Answer {
        args["scope"] = self.scope.clone();
        self.browser.ask(function, args).await
    }

    pub async fn snapshot(&self) -> SessionView {
        let answer = if self.is_desk() {
            self.ask("desk/snapshot", json!({})).await
        } else {
            self.browser.ask("phone/snapshot", json!({})).await
        };
        answer.value()
    }

    pub async fn offer(&self) -> Offer {
        self.ask("desk/offer-link", json!({})).await.value()
    }

    pub async fn reserve(&self, photo: &TestPhoto) -> Answer {
        self.on("pictures/reserve", json!({ "claim": photo.claim }))
            .await
    }

    pub async fn arrived(&self, picture: PictureId) -> Answer {
        self.on("pictures/arrived", json!({ "picture": picture }))
            .await
    }

    /// Sends a picture the whole way into the session; tells where its bytes lie.
    pub async fn send(&self, photo: &TestPhoto) -> ObjectKey {
        let presigned: PresignedPut = self.reserve(photo).await.value();
        assert_eq!(presigned.put(&photo.bytes).await, 200);
        self.arrived(photo.id()).await.is_fine();
        presigned.key()
    }

    /// Commits pictures as somebody who looks at the newest state.
    pub async fn commit(&self, pictures: &[PictureId]) -> Answer {
        self.commit_as(pictures, Scans::Separate).await
    }

    /// The same, and how they become scanned documents.
    pub async fn commit_as(&self, pictures: &[PictureId], scans: Scans) -> Answer {
        let view = self.snapshot().await;
        let args = json!({
            "pictures": pictures,
            "patient": view.launch.patient.fingerprint(),
            "revision": view.revision,
            "scans": scans,
        });
        self.ask("desk/commit", args).await
    }

    pub async fn state(&self, picture: PictureId) -> PictureState {
        let view = self.snapshot().await;
        view.picture(picture).unwrap().state.clone()
    }

    pub fn events_path(&self) -> String {
        if self.is_desk() {
            format!("/events/desk/{}", self.session)
        } else {
            "/events/phone".to_owned()
        }
    }

    pub fn picture_path(&self, picture: PictureId) -> String {
        if self.is_desk() {
            format!("/pictures/desk/{}/{picture}", self.session)
        } else {
            format!("/pictures/phone/{picture}")
        }
    }

    /// Follows the session from its present state on.
    pub async fn follow(&self) -> Stream {
        let request = self.browser.bare(Method::GET, &self.events_path());
        Stream::of(request.send().await.unwrap()).await
    }

    /// Follows the session after this event.
    pub async fn follow_after(&self, id: &str) -> Stream {
        let request = self.browser.bare(Method::GET, &self.events_path());
        let request = request.header("last-event-id", id);
        Stream::of(request.send().await.unwrap()).await
    }
}
