//! The phone page: seven screens at one route, from the QR code to "finish and disconnect".
//!
//! The address `/phone#CODE` lives for a moment only: the code is taken out of it, claimed, and forgotten. After a
//! reload the phone's cookie opens the page. Which screen may be shown is the domain's decision
//! ([`clinical_images::capture`]); photos live in this page's memory until they are sent.

mod all;
mod capture;
mod closed;
mod confirm;
mod describe;
mod effects;
mod file_button;
mod focus;
mod header;
mod phone_session;
mod photos;
mod review;
mod sending;
mod sent;
mod shell;
mod thumb;

use crate::api::{ApiError, claim_link, phone_snapshot};
use crate::browser;
use crate::components::{Masthead, NoticeBoard};
use crate::ids;
use crate::state::{Notices, Queue, Tone};
use crate::text::phone as words;
use clinical_images::digest::Sha256;
use clinical_images::id::LinkId;
use clinical_images::refusal::Refusal;
use clinical_images::session::SessionView;
use closed::Denied;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use shell::Open;

/// What the browser presents to be admitted.
#[derive(Clone)]
enum Credential {
    /// The pairing code from the address.
    Code(String),
    /// The cookie that an earlier claim has set.
    Cookie,
}

/// What the page shows.
#[derive(Clone)]
enum PageState {
    /// The server is being asked.
    Checking,
    /// The server refused the credential, or could not be reached.
    Denied(Credential, ApiError),
    /// The phone is connected to the session.
    Open(Box<SessionView>, LinkId),
}

/// Connects the phone to a session, and remembers the patient for whom the photos in memory were taken.
#[derive(Clone, Copy)]
struct Entry {
    state: RwSignal<PageState>,
    queue: Queue,
    taken_for: StoredValue<Option<Sha256>>,
    notices: Notices,
}

impl Entry {
    /// Uses the code in the address if there is one, otherwise the cookie.
    fn start(self) {
        self.ask(browser::take_fragment().map_or(Credential::Cookie, Credential::Code));
    }

    fn ask(self, credential: Credential) {
        self.state.set(PageState::Checking);
        spawn_local(async move {
            let answer = match &credential {
                Credential::Code(code) => claim_link(code.clone()).await,
                Credential::Cookie => phone_snapshot().await,
            };
            match answer {
                Ok(view) => self.open(view),
                Err(error) => self.state.set(PageState::Denied(credential, error)),
            }
        });
    }

    /// Comes back with photos that had not been sent when the link ended, by the cookie that a newer code brought.
    /// Photos of another patient are removed, and so are those of a session that is over. `aloud` says why it did not
    /// work.
    fn resume(self, aloud: bool) {
        let notices = self.notices;
        spawn_local(async move {
            match phone_snapshot().await {
                Ok(view) if self.taken_for.get_value() == Some(view.patient_mark) => {
                    self.open(view);
                }
                Ok(_) => self.deny(Refusal::OtherLink),
                Err(ApiError::Refused(
                    refusal @ (Refusal::SessionEnded { .. } | Refusal::SessionUnknown),
                )) => self.deny(refusal),
                Err(ApiError::Refused(_)) if aloud => {
                    notices.announce(Tone::Assertive, words::not_scanned_yet());
                }
                Err(error) if aloud => {
                    notices.announce(Tone::Assertive, words::explain(&error).next);
                }
                Err(_) => {}
            }
        });
    }

    /// Shows the refusal and removes the photos in memory: there is no session they could be sent to.
    fn deny(self, refusal: Refusal) {
        let lost = untrack(|| photos::unsent(self.queue));
        photos::release_all(self.queue);
        if lost > 0 {
            self.notices
                .announce(Tone::Assertive, words::released(lost));
        }
        let error = ApiError::Refused(refusal);
        self.state.set(PageState::Denied(Credential::Cookie, error));
    }

    /// Photos that were taken for another patient never come along.
    fn open(self, view: SessionView) {
        // A phone's view holds its own link and no other.
        let Some(link) = view.links.first().map(|link| link.id) else {
            return self.state.set(PageState::Denied(
                Credential::Cookie,
                ApiError::Refused(Refusal::LinkUnknown),
            ));
        };
        let before = self
            .taken_for
            .try_update_value(|patient| patient.replace(view.patient_mark))
            .flatten();
        if before.is_some_and(|patient| patient != view.patient_mark) {
            photos::release_all(self.queue);
        }
        // A problem announced before no longer holds.
        self.notices.assertive.set(None);
        // What was sent is the server's to show; this may be another session of the same patient.
        self.queue.forget_sent();
        self.queue.set_limits(view.picture_limits);
        self.state.set(PageState::Open(Box::new(view), link));
    }
}

/// The page at `/phone`.
#[component]
pub fn PhonePage() -> impl IntoView {
    let queue = Queue::new(None);
    let entry = Entry {
        state: RwSignal::new(PageState::Checking),
        queue,
        taken_for: StoredValue::new(None),
        notices: expect_context(),
    };
    Effect::new(move |_| browser::guard_leaving(move || untrack(|| photos::unsent(queue)) > 0));
    Effect::new(move |_| entry.start());
    Effect::new(move |_| {
        browser::on_fragment(move || {
            if let Some(code) = browser::take_fragment() {
                entry.ask(Credential::Code(code));
            }
        });
    });
    let retry = Callback::new(move |credential| entry.ask(credential));
    let resume = Callback::new(move |aloud| entry.resume(aloud));
    view! {
        <div class="phone">
            {move || match entry.state.get() {
                PageState::Checking => view! { <Checking /> }.into_any(),
                PageState::Denied(credential, error) => view! { <Denied error credential retry /> }.into_any(),
                PageState::Open(view, link) => view! { <Open view=*view link queue resume /> }.into_any(),
            }}
            <NoticeBoard />
        </div>
    }
}

/// What the server renders, and what is seen until it has answered.
#[component]
fn Checking() -> impl IntoView {
    view! {
        <Title text=words::checking() />
        <Masthead />
        <main class="phone-screen">
            <div class="phone-body stack">
                <div class="phone-checking stack">
                    <h1 id=ids::SCREEN_TITLE tabindex="-1">{words::checking()}</h1>
                    <div class="row">
                        <span class="spinner" aria-hidden="true"></span>
                        <p>{words::checking_next()}</p>
                    </div>
                </div>
                <noscript inner_html=words::no_script()></noscript>
            </div>
        </main>
    }
}
