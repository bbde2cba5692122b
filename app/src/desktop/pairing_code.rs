//! The QR pairing code for a phone: requested, shown, counted down, renewed. Renewal stops after an hour without keyboard or
//! pointer input: each renewal counts as activity, and a forgotten window must not keep a session alive for ever.

use super::copy::CopyButton;
use super::desk::{Desk, has_phone};
use crate::api::{ApiError, LinkOffer, offer_link};
use crate::browser;
use crate::text::{self, desk as words};
use clinical_images::moment::Moment;
use clinical_images::session::{EndOfLink, Limits, LinkState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

const SECOND: Duration = Duration::from_secs(1);
/// How long after a failure a code is requested again.
const RETRY_AFTER: Duration = Duration::from_secs(15);
/// Codes in a row that appear by themselves: an hour's worth.
const MOST_RENEWALS: u32 = 12;
/// Id of the input that shows the link.
const LINK_INPUT: &str = "phone-link";

/// A code on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
struct ShownCode {
    offer: LinkOffer,
    /// Until when it works, by this device's clock.
    until: Moment,
}

/// What the next tick has to do about the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Due {
    /// Nothing.
    Wait,
    /// Request one.
    Ask,
    /// A phone has claimed it: stop showing it.
    Taken,
}

/// The pairing code that this window shows. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct PairingCode {
    desk: Desk,
    /// Whether a code is to be seen.
    pub open: RwSignal<bool>,
    shown: RwSignal<Option<ShownCode>>,
    requesting: RwSignal<bool>,
    fault: RwSignal<Option<ApiError>>,
    retry_at: StoredValue<Moment>,
    now: RwSignal<Moment>,
    renewals: RwSignal<u32>,
}

/// Until when a code works by this device's clock, which may be wrong: what cannot be true is replaced by the usual
/// lifetime. The server tells when it really is over.
fn until(expires_at: Moment, now: Moment) -> Moment {
    let left = expires_at.since(now);
    let plausible = Duration::from_secs(30)..=Duration::from_secs(60 * 60);
    now.plus(if plausible.contains(&left) {
        left
    } else {
        Limits::default().pairing
    })
}

impl PairingCode {
    /// No code yet; one is shown if no phone is here.
    pub fn new(desk: Desk) -> Self {
        let phones = desk.feed.view.with_untracked(has_phone);
        let nil = Moment::from_millis(0);
        let code = Self {
            desk,
            open: RwSignal::new(!phones),
            shown: RwSignal::new(None),
            requesting: RwSignal::new(false),
            fault: RwSignal::new(None),
            retry_at: StoredValue::new(nil),
            now: RwSignal::new(nil),
            renewals: RwSignal::new(0),
        };
        Effect::new(move |_| code.start());
        code
    }

    fn start(self) {
        if let Ok(clock) = set_interval_with_handle(move || self.tick(), SECOND) {
            on_cleanup(move || clock.clear());
        }
        browser::on_window(leptos::ev::pointerdown, move |_| self.renewals.set(0));
        browser::on_window(leptos::ev::keydown, move |_| self.renewals.set(0));
        // Opening the panel need not wait for the next second.
        Effect::new(move |_| {
            if self.open.get() {
                untrack(move || self.tick());
            }
        });
    }

    fn tick(self) {
        let now = browser::now();
        self.now.set(now);
        match self.due(now) {
            Due::Wait => {}
            Due::Ask => self.request(),
            Due::Taken => {
                self.shown.set(None);
                // Whether the panel stays open is decided where phones come and go. Open by now, it was opened for
                // another phone, and wants a code of its own.
                if self.open.get_untracked() {
                    self.request();
                }
            }
        }
    }

    fn due(self, now: Moment) -> Due {
        if self.requesting.get_untracked() {
            return Due::Wait;
        }
        let may_ask = self.open.get_untracked()
            && browser::is_visible()
            && now >= self.retry_at.get_value()
            && self.renewals.get_untracked() < MOST_RENEWALS;
        let ask = if may_ask { Due::Ask } else { Due::Wait };
        let Some(shown) = self.shown.get_untracked() else {
            return ask;
        };
        match self.state() {
            Some(
                LinkState::Claimed { .. }
                | LinkState::Ended {
                    device: Some(_), ..
                },
            ) => Due::Taken,
            Some(LinkState::Ended {
                why: EndOfLink::Expired,
                ..
            }) => ask,
            // Another window shows a newer one; two windows must not take turns.
            Some(LinkState::Ended { .. }) => Due::Wait,
            Some(LinkState::Offered) | None if now >= shown.until => ask,
            Some(LinkState::Offered) | None => Due::Wait,
        }
    }

    /// What became of the link behind the code on the screen.
    fn state(self) -> Option<LinkState> {
        let link = self
            .shown
            .with(|shown| shown.as_ref().map(|shown| shown.offer.link))?;
        self.desk
            .feed
            .view
            .with(|view| view.link(link).map(|link| link.state.clone()))
    }

    /// Requests a code, unless a request is running.
    fn request(self) {
        if self.requesting.get_untracked() {
            return;
        }
        self.requesting.set(true);
        spawn_local(async move {
            let answer = offer_link(self.desk.session).await;
            self.desk.feed.close_if_revoked(&answer);
            match answer {
                Ok(offer) => {
                    let until = until(offer.expires_at, browser::now());
                    self.shown.set(Some(ShownCode { offer, until }));
                    self.fault.set(None);
                    self.renewals.update(|count| *count += 1);
                }
                Err(error) => {
                    self.retry_at
                        .try_update_value(|at| *at = browser::now().plus(RETRY_AFTER));
                    self.fault.set(Some(error));
                }
            }
            self.requesting.set(false);
        });
    }

    /// A person wants a new code.
    fn request_now(self) {
        self.renewals.set(0);
        self.request();
    }

    fn seconds_left(self) -> u64 {
        let now = self.now.get();
        self.shown.with(|shown| {
            shown
                .as_ref()
                .map_or(0, |shown| shown.until.since(now).as_secs())
        })
    }

    fn number(self) -> Option<String> {
        let link = self
            .shown
            .with(|shown| shown.as_ref().map(|shown| shown.offer.link))?;
        self.desk
            .feed
            .view
            .with(|view| view.link(link).map(|link| link.number.to_string()))
    }

    /// Whether the code on the screen still claims something.
    fn works(self) -> bool {
        matches!(self.state(), Some(LinkState::Offered) | None) && self.seconds_left() > 0
    }

    fn why_not(self) -> Option<&'static str> {
        let replaced = matches!(
            self.state(),
            Some(LinkState::Ended {
                why: EndOfLink::Replaced,
                ..
            })
        );
        if replaced {
            Some(words::code_elsewhere())
        } else if self.renewals.get() >= MOST_RENEWALS && !self.works() {
            Some(words::code_ran_out())
        } else {
            None
        }
    }
}

/// The code with everything that goes with it.
#[component]
pub(super) fn Code(
    /// The code.
    code: PairingCode,
) -> impl IntoView {
    let fault = move || {
        code.fault
            .get()
            .map(|error| words::sentence(text::explain(&error)))
    };
    let left = move || code.works().then(|| words::time_left(code.seconds_left()));
    view! {
        <div class="desk-code">
            {move || fault().map(|text| view! { <p class="error" role="alert">{text}</p> })}
            {move || code.why_not().map(|text| view! { <p class="small">{text}</p> })}
            <Show when=move || code.shown.with(Option::is_some) && code.works() fallback=move || waiting(code)>
                <CodeFace code />
            </Show>
            <div class="row">
                <button
                    class="button"
                    type="button"
                    disabled=move || code.requesting.get()
                    on:click=move |_| code.request_now()
                >
                    {words::new_code()}
                </button>
                <span class="small desk-left-time">{left}</span>
            </div>
        </div>
    }
}

fn waiting(code: PairingCode) -> impl IntoView {
    let silent = move || code.fault.with(Option::is_some) || code.why_not().is_some();
    move || (!silent()).then(|| view! { <p class="small">{words::making_code()}</p> })
}

#[component]
fn CodeFace(code: PairingCode) -> impl IntoView {
    let of = move |read: fn(&LinkOffer) -> &String| {
        code.shown.with(|shown| {
            shown
                .as_ref()
                .map(|shown| read(&shown.offer).clone())
                .unwrap_or_default()
        })
    };
    let url = Memo::new(move |_| of(|offer| &offer.url));
    let svg = Memo::new(move |_| of(|offer| &offer.svg));
    view! {
        <p class="small">{words::scan()}</p>
        <div class="desk-qr" role="img" aria-label=words::qr_code() inner_html=move || svg.get()></div>
        <p class="desk-number">
            <span class="small">{words::match_number()}</span>
            <strong>{move || code.number()}</strong>
        </p>
        <div class="desk-link">
            <label class="small" for=LINK_INPUT>{words::link()}</label>
            <input id=LINK_INPUT type="text" readonly prop:value=move || url.get() />
            <CopyButton text=url fallback=LINK_INPUT.to_owned() />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_does_not_make_a_code_run_out_at_once() {
        let now = Moment::from_millis(1_000_000_000);
        let five = Limits::default().pairing;
        assert_eq!(
            until(now.plus(Duration::from_secs(200)), now),
            now.plus(Duration::from_secs(200))
        );
        assert_eq!(
            until(now.minus(Duration::from_secs(600)), now),
            now.plus(five)
        );
        assert_eq!(
            until(now.plus(Duration::from_secs(90_000)), now),
            now.plus(five)
        );
    }
}
