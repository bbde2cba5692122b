//! The phones of this session: who is connected, who said that the patient is wrong, and the way in for another.

use super::desk::Desk;
use super::pairing_code::{Code, PairingCode};
use super::time::local_time;
use crate::api::revoke_link;
use crate::text::{self, desk as words};
use clinical_images::id::LinkId;
use clinical_images::session::{EndOfLink, HandoffLink, LinkState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::HashSet;

/// Phones that are gone are listed up to so many, the latest first.
const MOST_GONE: usize = 3;

/// The links whose state `pick` takes to, with what it takes them to.
fn links<T: PartialEq + Send + Sync + 'static>(
    desk: Desk,
    pick: fn(&HandoffLink) -> Option<T>,
) -> Memo<Vec<T>> {
    Memo::new(move |_| {
        desk.feed
            .view
            .with(|view| view.links.iter().filter_map(pick).collect())
    })
}

/// The panel.
#[component]
pub(super) fn Phones() -> impl IntoView {
    let desk = Desk::get();
    let code = PairingCode::new(desk);
    let here = links(desk, |link| {
        matches!(link.state, LinkState::Claimed { .. }).then_some(link.id)
    });
    let any = move || here.with(|here| !here.is_empty());
    // The last phone has gone: the code comes back. A new one has come: it goes away.
    Effect::new(move |before: Option<usize>| {
        let now = here.with(Vec::len);
        match before {
            Some(before) if now > before => code.open.set(false),
            Some(before) if now == 0 && before > 0 => code.open.set(true),
            _ => {}
        }
        now
    });
    let toggle = move |_| code.open.update(|open| *open = !*open);
    view! {
        <section class="desk-phones card" aria-labelledby="phones-title">
            <h2 id="phones-title" class="sr-only">{words::phone()}</h2>
            <Declines />
            <ul class="phone-list">
                <For each=move || here.get() key=|id| *id let:id><Phone id /></For>
            </ul>
            <button
                class="button quiet disclosure"
                type="button"
                aria-expanded=move || code.open.get().to_string()
                aria-controls="phone-code"
                on:click=toggle
            >
                {move || if any() { words::add_phone() } else { words::use_phone() }}
            </button>
            <div id="phone-code">
                <Show when=move || code.open.get()><Code code /></Show>
            </div>
            <Gone />
        </section>
    }
}

/// One phone that is connected.
#[component]
fn Phone(id: LinkId) -> impl IntoView {
    let desk = Desk::get();
    let link = Memo::new(move |_| desk.feed.view.with(|view| view.link(id).cloned()));
    let claimed = link.get_untracked().and_then(|link| match link.state {
        LinkState::Claimed { device, at, .. } => {
            Some((text::device(device), link.number.to_string(), at))
        }
        _ => None,
    });
    let confirmed = move || {
        link.with(|link| {
            link.as_ref().is_some_and(|link| {
                matches!(
                    link.state,
                    LinkState::Claimed {
                        confirmed: true,
                        ..
                    }
                )
            })
        })
    };
    let busy = RwSignal::new(false);
    let revoke = move |_| {
        busy.set(true);
        spawn_local(async move {
            let answer = revoke_link(desk.session, id).await;
            desk.report(&answer);
            busy.set(false);
        });
    };
    claimed.map(|(device, number, at)| {
        let since = local_time(at);
        let line = {
            let number = number.clone();
            move || words::phone_line(&since.get(), &number)
        };
        view! {
            <li>
                <p><strong>{device}</strong> " " <span class="small">{line}</span></p>
                <p class="small" class:waiting=move || !confirmed()>
                    {move || if confirmed() { words::confirmed() } else { words::confirming() }}
                </p>
                <button
                    class="button"
                    type="button"
                    aria-label=words::disconnect(device, &number)
                    disabled=move || busy.get()
                    on:click=revoke
                >
                    {words::disconnect_phone()}
                </button>
            </li>
        }
    })
}

/// Somebody said "not my patient": stays until the GP has looked.
#[component]
fn Declines() -> impl IntoView {
    let desk = Desk::get();
    let declined = links(desk, |link| match link.state {
        LinkState::Ended {
            why: EndOfLink::Declined,
            ..
        } => Some(link.id),
        _ => None,
    });
    let seen = RwSignal::new(HashSet::<LinkId>::new());
    let any =
        move || declined.with(|all| all.iter().any(|id| seen.with(|seen| !seen.contains(id))));
    let understood = move |_| seen.update(|seen| seen.extend(declined.get_untracked()));
    view! {
        <Show when=any>
            <div class="desk-declined">
                <p><strong>{words::declined()}</strong></p>
                <p class="small">{words::declined_next()}</p>
                <button class="button" type="button" on:click=understood>{words::understood()}</button>
            </div>
        </Show>
    }
}

/// Phones that were connected and are not any more.
#[component]
fn Gone() -> impl IntoView {
    let desk = Desk::get();
    let gone = links(desk, |link| match &link.state {
        LinkState::Ended {
            why,
            device: Some(device),
        } => words::gone(*why)
            .map(|why| words::gone_phone(text::device(*device), &link.number.to_string(), why)),
        _ => None,
    });
    let latest = move || {
        gone.get()
            .into_iter()
            .rev()
            .take(MOST_GONE)
            .map(|line| view! { <li>{line}</li> })
            .collect_view()
    };
    view! {
        <Show when=move || gone.with(|gone| !gone.is_empty())>
            <div class="phones-gone small">
                <h3 class="small">{words::no_longer_connected()}</h3>
                <ul>{latest}</ul>
            </div>
        </Show>
    }
}
