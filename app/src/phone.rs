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
mod errands;
mod file_button;
mod header;
mod review;
mod sending;
mod sent;
mod shell;
mod stock;
mod thumb;
mod visit;
mod zoom;

use crate::api::{ApiError, claim_link, phone_snapshot};
use crate::browser;
use crate::part::{Masthead, NoticeBoard};
use crate::state::{Notices, Queue, Tone};
use crate::text::phone as words;
use clinical_images::digest::Sha256;
use clinical_images::id::LinkId;
use clinical_images::refusal::Refusal;
use clinical_images::session::SessionView;
use closed::Barred;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_meta::Title;
use shell::Open;

/// How a browser asks to be let in.
#[derive(Clone)]
enum Way {
    /// With the code out of a QR code.
    Code(String),
    /// With the cookie that an earlier code left behind.
    Cookie,
}

/// How far the page has come.
#[derive(Clone)]
enum Stage {
    /// The server is being asked.
    Checking,
    /// The server said no, or could not be asked.
    Barred(Way, ApiError),
    /// The phone is in.
    Open(Box<SessionView>, LinkId),
}

/// The entry of the page: asks, and remembers for whom the photos in memory were taken.
#[derive(Clone, Copy)]
struct Entrance {
    stage: RwSignal<Stage>,
    queue: Queue,
    taken_for: StoredValue<Option<Sha256>>,
    notices: Notices,
}

impl Entrance {
    /// Uses the code in the address if there is one, otherwise the cookie.
    fn arrive(self) {
        self.ask(browser::take_fragment().map_or(Way::Cookie, Way::Code));
    }

    fn ask(self, way: Way) {
        self.stage.set(Stage::Checking);
        spawn_local(async move {
            let answer = match &way {
                Way::Code(code) => claim_link(code.clone()).await,
                Way::Cookie => phone_snapshot().await,
            };
            match answer {
                Ok(view) => self.open(view),
                Err(error) => self.stage.set(Stage::Barred(way, error)),
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
                Ok(_) => self.bar(Refusal::OtherLink),
                Err(ApiError::Refused(
                    refusal @ (Refusal::SessionEnded { .. } | Refusal::SessionUnknown),
                )) => self.bar(refusal),
                Err(ApiError::Refused(_)) if aloud => {
                    notices.say(Tone::Assertive, words::NOT_SCANNED_YET);
                }
                Err(error) if aloud => notices.say(Tone::Assertive, words::explain(&error).next),
                Err(_) => {}
            }
        });
    }

    /// There is no way back: what was taken goes.
    fn bar(self, refusal: Refusal) {
        let lost = untrack(|| stock::unsent(self.queue));
        stock::release_all(self.queue);
        if lost > 0 {
            self.notices.say(Tone::Assertive, words::released(lost));
        }
        let error = ApiError::Refused(refusal);
        self.stage.set(Stage::Barred(Way::Cookie, error));
    }

    /// Photos that were taken for another patient never come along.
    fn open(self, view: SessionView) {
        // A phone's view holds its own link and no other.
        let Some(link) = view.links.first().map(|link| link.id) else {
            return self.stage.set(Stage::Barred(
                Way::Cookie,
                ApiError::Refused(Refusal::LinkUnknown),
            ));
        };
        let before = self
            .taken_for
            .try_update_value(|patient| patient.replace(view.patient_mark))
            .flatten();
        if before.is_some_and(|patient| patient != view.patient_mark) {
            stock::release_all(self.queue);
        }
        // Whatever was in the way is not any more.
        self.notices.assertive.set(None);
        // What was sent is the server's to show; this may be another session of the same patient.
        self.queue.forget_sent();
        self.queue.keep_to(view.picture_limits);
        self.stage.set(Stage::Open(Box::new(view), link));
    }
}

/// The page at `/phone`.
#[component]
pub fn PhonePage() -> impl IntoView {
    let queue = Queue::new(None);
    let entrance = Entrance {
        stage: RwSignal::new(Stage::Checking),
        queue,
        taken_for: StoredValue::new(None),
        notices: expect_context(),
    };
    Effect::new(move |_| browser::guard_leaving(move || untrack(|| stock::unsent(queue)) > 0));
    Effect::new(move |_| entrance.arrive());
    Effect::new(move |_| {
        browser::on_fragment(move || {
            if let Some(code) = browser::take_fragment() {
                entrance.ask(Way::Code(code));
            }
        });
    });
    let retry = Callback::new(move |way| entrance.ask(way));
    let resume = Callback::new(move |aloud| entrance.resume(aloud));
    view! {
        <div class="phone">
            {move || match entrance.stage.get() {
                Stage::Checking => view! { <Checking /> }.into_any(),
                Stage::Barred(way, error) => view! { <Barred error way retry /> }.into_any(),
                Stage::Open(view, link) => view! { <Open view=*view link queue resume /> }.into_any(),
            }}
            <NoticeBoard />
        </div>
    }
}

/// What the server renders, and what is seen until it has answered.
#[component]
fn Checking() -> impl IntoView {
    view! {
        <Title text=words::CHECKING />
        <Masthead />
        <main class="phone-screen">
            <div class="phone-body stack">
                <div class="phone-checking stack">
                    <h1 id="screen-title" tabindex="-1">{words::CHECKING}</h1>
                    <div class="row">
                        <span class="spinner" aria-hidden="true"></span>
                        <p>{words::CHECKING_NEXT}</p>
                    </div>
                </div>
                <noscript inner_html=words::NO_SCRIPT></noscript>
            </div>
        </main>
    }
}
