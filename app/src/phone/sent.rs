//! What arrived, as the server confirmed it; more photos, or the end.

use super::phone_session::PhoneSession;
use super::photos::{self, Arrival};
use crate::api::leave_link;
use crate::components::{Badge, BadgeTone};
use crate::ids;
use crate::text::phone as words;
use clinical_images::capture::Screen;
use clinical_images::session::EndOfLink;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The last screen.
#[component]
pub(super) fn Sent() -> impl IntoView {
    let session = expect_context::<PhoneSession>();
    let arrivals = Memo::new(move |_| session.arrivals());
    let tiles = move || {
        arrivals
            .get()
            .into_iter()
            .enumerate()
            .map(|(at, arrival)| view! { <Tile arrival at /> })
            .collect_view()
    };
    let waiting = Memo::new(move |_| session.state().kept);
    view! {
        <main class="phone-screen on-sent">
            <div class="phone-body stack">
                <h1 id=ids::SCREEN_TITLE tabindex="-1">{move || words::arrived(arrivals.with(Vec::len))}</h1>
                <p>{move || words::confirmed(arrivals.with(Vec::len))}</p>
                <ul class="snap-grid">{tiles}</ul>
                <div class="phone-onward">
                    {move || (waiting.get() > 0).then(|| view! {
                        <button class="button" type="button" on:click=move |_| session.go(Screen::All)>
                            {words::review(waiting.get())}
                        </button>
                    })}
                </div>
            </div>
            <div class="phone-actions">
                <Finish session />
            </div>
        </main>
    }
}

#[component]
fn Tile(arrival: Arrival, at: usize) -> impl IntoView {
    view! {
        <li class="snap-tile">
            <span class="snap"><img src=arrival.url alt=words::photo(at) /></span>
            <div class="snap-about">
                <span class="small">{arrival.place}</span>
                {arrival.filed.then(|| view! { <Badge text=words::filed().to_owned() tone=BadgeTone::Ok /> })}
            </div>
        </li>
    }
}

/// Take more, or finish. Photos that wait are named before they are deleted.
#[component]
fn Finish(session: PhoneSession) -> impl IntoView {
    let busy = RwSignal::new(false);
    let warned = RwSignal::new(false);
    let unsent = Memo::new(move |_| photos::unsent(session.queue));
    let leave = move || {
        busy.set(true);
        spawn_local(async move {
            if session.report(&leave_link(session.link).await) {
                session.end(EndOfLink::Left);
            }
            busy.try_set(false);
        });
    };
    let finish = move |_| {
        if unsent.get_untracked() > 0 {
            warned.set(true);
        } else {
            leave();
        }
    };
    let asking = Memo::new(move |_| warned.get() && unsent.get() > 0);
    let ask = move || {
        view! {
            <p class="phone-warning" role="alert">{words::finish_warning(unsent.get())}</p>
            <button class="button primary" type="button" on:click=move |_| warned.set(false)>{words::stay()}</button>
            <button class="button danger" type="button" disabled=move || busy.get() on:click=move |_| leave()>
                {words::finish_anyway(unsent.get())}
            </button>
        }
    };
    let choose = move || {
        view! {
            <button class="button primary" type="button" on:click=move |_| session.go(Screen::Capture)>
                {words::take_more()}
            </button>
            <button class="button" type="button" disabled=move || busy.get() on:click=finish>{words::finish()}</button>
        }
    };
    move || {
        if asking.get() {
            ask().into_any()
        } else {
            choose().into_any()
        }
    }
}
