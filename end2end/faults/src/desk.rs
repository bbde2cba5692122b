//! What only a GP's screen does: open a session from Medtech, show a code, commit, end.

use crate::browser::{Answer, Browser, Failure, lost, told};
use crate::client::{Client, done_with, wait};
use crate::history::{Asked, History};
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::refusal::Refusal;
use clinical_images::session::Scans;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

/// How often a GP clicks the icon before giving up.
const CLICKS: u32 = 10;

/// What Medtech hands to a browser.
#[derive(Deserialize)]
struct Launch {
    context: String,
    signature: String,
}

/// A QR code as the desktop shows it.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Offer {
    pub(crate) link: LinkId,
    url: String,
}

impl Offer {
    /// What is behind the `#`.
    pub(crate) fn code(&self) -> &str {
        self.url.split_once('#').map_or("", |(_, code)| code)
    }
}

/// Clicks the icon with this patient open, until a session opens or the GP gives up.
pub(crate) async fn open(
    medtech: &str,
    patient: &str,
    browser: Browser,
    history: &History,
) -> Option<Client> {
    for _ in 0..CLICKS {
        let asked = Asked::Launch {
            patient: patient.to_owned(),
        };
        let number = history.ask(None, asked);
        match click(medtech, patient, &browser).await {
            Ok(session) => {
                history.opened(number, session);
                return Some(Client {
                    browser,
                    session,
                    link: None,
                    history: history.clone(),
                });
            }
            Err(failure) => history.tell(number, failure.told()),
        }
        wait(5).await;
    }
    None
}

async fn click(medtech: &str, patient: &str, browser: &Browser) -> Answer<SessionId> {
    let launch: Launch = browser
        .post(
            &format!("{medtech}/medtech/api/launches"),
            &json!({ "patientId": patient }),
        )
        .await?;
    let parts = [
        ("context", &launch.context),
        ("signature", &launch.signature),
    ];
    let unreadable = || Failure::Lost("a launch that leads nowhere".to_owned());
    let address =
        reqwest::Url::parse_with_params("http://any/launch", parts).map_err(|_| unreadable())?;
    let path = format!("/launch?{}", address.query().unwrap_or_default());
    let answer = browser.send(browser.bare(Method::GET, &path)).await?;
    let address = answer
        .headers()
        .get("location")
        .and_then(|address| address.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    answer.bytes().await.map_err(lost)?;
    if let Some(session) = address.strip_prefix("/desk/") {
        return session.parse().map_err(|_| unreadable());
    }
    let slug = address.strip_prefix("/launch-problem/").unwrap_or_default();
    match serde_json::from_value::<Refusal>(Value::from(slug)) {
        Ok(refusal) => Err(Failure::Refused(refusal)),
        Err(_) => Err(unreadable()),
    }
}

impl Client {
    /// Shows a new code.
    pub(crate) async fn offer(&self) -> Answer<Offer> {
        let number = self.history.ask(Some(self.session), Asked::Offer);
        let arguments = json!({ "session": self.session });
        let answer: Answer<Offer> = self.browser.ask("desk/offer-link", arguments).await;
        match &answer {
            Ok(offer) => self.history.offered(number, offer.link),
            Err(_) => self.history.tell(number, told(&answer)),
        }
        answer
    }

    /// Commits everything that is ready, as somebody who looks at the newest state each time.
    pub(crate) async fn commit_ready(&self) {
        for _ in 0..CLICKS {
            let Ok(view) = self.snapshot().await else {
                wait(2).await;
                continue;
            };
            let ready = view.pictures.iter();
            let ready = ready.filter(|picture| picture.state.can_commit());
            let pictures: Vec<PictureId> = ready.map(|picture| picture.id).collect();
            if pictures.is_empty() {
                return;
            }
            let arguments = json!({
                "session": self.session,
                "pictures": pictures,
                "patient": view.launch.patient.fingerprint(),
                "revision": view.revision,
                "scans": Scans::Separate,
            });
            let asked = Asked::Commit { pictures };
            let answer = self.change::<()>(asked, "desk/commit", arguments).await;
            let stale = matches!(answer, Err(Failure::Refused(Refusal::Stale)));
            if !stale && done_with(answer).await {
                return;
            }
        }
    }

    /// Ends the session and everything in it that is not in the record.
    pub(crate) async fn discard(&self) {
        for _ in 0..CLICKS {
            let arguments = json!({ "session": self.session, "why": "discarded" });
            let answer = self.change::<()>(Asked::Discard, "desk/end", arguments);
            if done_with(answer.await).await {
                return;
            }
        }
    }

    /// A phone that scans the code and says that the patient is right. When the claim's answer is lost, the code is
    /// spent, and the GP shows another.
    pub(crate) async fn join(&self, phone: impl Fn() -> Browser) -> Option<Client> {
        for _ in 0..CLICKS {
            let Ok(offer) = self.offer().await else {
                wait(2).await;
                continue;
            };
            let client = Client {
                browser: phone(),
                session: self.session,
                link: Some(offer.link),
                history: self.history.clone(),
            };
            let asked = Asked::Claim { link: offer.link };
            let code = json!({ "code": offer.code() });
            if client
                .change::<Value>(asked, "phone/claim", code)
                .await
                .is_err()
            {
                wait(2).await;
                continue;
            }
            if client.confirm(offer.link).await {
                return Some(client);
            }
        }
        None
    }

    async fn confirm(&self, link: LinkId) -> bool {
        for _ in 0..CLICKS {
            let asked = Asked::Confirm { link };
            let arguments = json!({ "link": link });
            let answer = self.change::<()>(asked, "phone/confirm-patient", arguments);
            let answer = answer.await;
            let confirmed = answer.is_ok();
            if done_with(answer).await {
                return confirmed;
            }
        }
        false
    }
}
