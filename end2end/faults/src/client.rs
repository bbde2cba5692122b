//! A client of a session: its desktop, or a phone that joined it. Everything it asks is written into the history, with
//! what it was answered.

use crate::browser::{Answer, Browser, Failure, told};
use crate::history::{Asked, History};
use crate::test_photo::TestPhoto;
use clinical_images::digest::Sha256;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::picture::{PictureLimits, PresignedPut};
use clinical_images::refusal::Refusal;
use clinical_images::session::SessionView;
use clinical_images::upload::{RetryPolicy, UploadEvent, UploadState};
use fastrand::Rng;
use futures::StreamExt as _;
use http::Method;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::time::Duration;

/// What a browser or a person waits a second for, passes in this.
const SECOND: Duration = Duration::from_millis(100);
/// How often a person presses again before they leave it.
const PRESSES: u32 = 12;
/// Photos a surface sends at the same time.
const AT_ONCE: usize = 2;

/// Waits as long as a person would wait so many seconds.
pub(crate) async fn wait(seconds: u32) {
    tokio::time::sleep(SECOND * seconds).await;
}

/// A browser with a key to a session.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) browser: Browser,
    pub(crate) session: SessionId,
    /// The link that a phone holds.
    pub(crate) link: Option<LinkId>,
    pub(crate) history: History,
}

impl Client {
    /// As `Scope` travels.
    fn scope(&self) -> Value {
        match self.link {
            Some(link) => json!({ "phone": link }),
            None => json!({ "desktop": self.session }),
        }
    }

    /// Asks for a change.
    pub(crate) async fn change<T: DeserializeOwned>(
        &self,
        asked: Asked,
        function: &str,
        arguments: Value,
    ) -> Answer<T> {
        let number = self.history.ask(Some(self.session), asked);
        let answer = self.browser.ask(function, arguments).await;
        self.history.tell(number, told(&answer));
        answer
    }

    /// Reads the session as this client may see it. Reading changes nothing, so the history does not hold it.
    pub(crate) async fn snapshot(&self) -> Answer<SessionView> {
        match self.link {
            Some(_) => self.browser.ask("phone/snapshot", json!({})).await,
            None => {
                let arguments = json!({ "session": self.session });
                self.browser.ask("desk/snapshot", arguments).await
            }
        }
    }

    pub(crate) fn events_path(&self) -> String {
        match self.link {
            Some(_) => "/events/phone".to_owned(),
            None => format!("/events/desk/{}", self.session),
        }
    }

    /// Sends photos, two at a time, each as often as a person has patience.
    pub(crate) async fn send_all(&self, photos: &[TestPhoto], rng: &mut Rng) {
        let runs = photos.iter().map(|photo| self.send(photo, rng.fork()));
        let runs: Vec<_> = runs.collect();
        futures::stream::iter(runs)
            .buffer_unordered(AT_ONCE)
            .collect::<Vec<_>>()
            .await;
    }

    /// Takes a photo through the states of the product's own upload; when it stops, a person presses "try again".
    pub(crate) async fn send(&self, photo: &TestPhoto, mut rng: Rng) {
        for _ in 0..PRESSES {
            let mut upload = UploadState::Sending {
                attempt: 1,
                percent: 0,
            };
            loop {
                let outcome = self.one_try(photo).await;
                let policy = RetryPolicy {
                    tries: PictureLimits::default().tries,
                    jitter: rng.u32(..1000),
                };
                if outcome == UploadEvent::StepDone {
                    return;
                }
                upload = upload.after(outcome, policy);
                let UploadState::Retrying { attempt, seconds } = upload else {
                    break;
                };
                wait(seconds).await;
                upload = UploadState::Sending {
                    attempt,
                    percent: 0,
                };
            }
            if !upload.can_retry() {
                return;
            }
            wait(5).await;
        }
    }

    /// Reserve, put, let the server check.
    async fn one_try(&self, photo: &TestPhoto) -> UploadEvent {
        let picture = photo.id();
        let presigned = match self.reserve(photo).await {
            Ok(presigned) => presigned,
            Err(Failure::Refused(Refusal::PictureFixed)) => return UploadEvent::AlreadyStored,
            Err(failure) => return outcome_of(failure),
        };
        if let Err(failure) = self.put(photo, presigned).await {
            return outcome_of(failure);
        }
        let arguments = json!({ "scope": self.scope(), "picture": picture });
        let asked = Asked::Arrive { picture };
        match self
            .change::<()>(asked, "pictures/arrived", arguments)
            .await
        {
            Ok(()) => UploadEvent::StepDone,
            Err(failure) => outcome_of(failure),
        }
    }

    async fn reserve(&self, photo: &TestPhoto) -> Answer<PresignedPut> {
        let asked = Asked::Reserve {
            picture: photo.id(),
            sha256: photo.claim.rendition.sha256,
        };
        let arguments = json!({ "scope": self.scope(), "claim": photo.claim });
        self.change(asked, "pictures/reserve", arguments).await
    }

    /// Keeps a place and leaves it at that; whether it was kept.
    pub(crate) async fn only_reserve(&self, photo: &TestPhoto) -> bool {
        self.reserve(photo).await.is_ok()
    }

    /// Puts the bytes as a browser would, straight into the picture store.
    async fn put(&self, photo: &TestPhoto, presigned: PresignedPut) -> Answer<()> {
        let picture = photo.id();
        let number = self.history.ask(Some(self.session), Asked::Put { picture });
        let answer = self
            .browser
            .put(presigned.url, presigned.headers, &photo.bytes)
            .await;
        self.history.tell(number, told(&answer));
        answer
    }

    /// Writes a note that nobody has written before.
    pub(crate) async fn describe(&self, picture: PictureId, rng: &mut Rng) {
        for _ in 0..PRESSES {
            let note = format!("note {:032x}", rng.u128(..));
            let arguments = json!({
                "scope": self.scope(),
                "pictures": [picture],
                "change": { "note": note },
            });
            let asked = Asked::Describe { picture, note };
            let answer = self.change::<()>(asked, "pictures/describe", arguments);
            if done_with(answer.await).await {
                return;
            }
        }
    }

    /// Takes a picture away.
    pub(crate) async fn remove(&self, picture: PictureId) {
        for _ in 0..PRESSES {
            let arguments = json!({ "scope": self.scope(), "picture": picture });
            let asked = Asked::Remove { picture };
            let answer = self.change::<()>(asked, "pictures/remove", arguments);
            if done_with(answer.await).await {
                return;
            }
        }
    }

    /// The digest of a picture's bytes as this client is shown them; nothing when it is shown none.
    pub(crate) async fn fetch_picture(&self, picture: PictureId) -> Answer<Option<Sha256>> {
        let path = match self.link {
            Some(_) => format!("/pictures/phone/{picture}"),
            None => format!("/pictures/desk/{}/{picture}", self.session),
        };
        let request = self.browser.bare(Method::GET, &path);
        let shown = self.browser.send(request).await?;
        if shown.status().is_server_error() {
            return Err(Failure::Lost(format!("status {}", shown.status())));
        }
        let address = shown.headers().get("location").map(|value| value.to_str());
        let Some(Ok(address)) = address else {
            return Ok(None);
        };
        self.browser.fetch(address).await
    }
}

/// Whether nothing is gained by pressing again; otherwise waits as a person would.
pub(crate) async fn done_with<T>(answer: Answer<T>) -> bool {
    match answer {
        Err(failure) if failure.is_transient() => {
            wait(2).await;
            false
        }
        _ => true,
    }
}

fn outcome_of(failure: Failure) -> UploadEvent {
    match failure {
        Failure::Refused(refusal) => UploadEvent::Refused(refusal),
        Failure::Lost(_) => UploadEvent::Broken,
    }
}
