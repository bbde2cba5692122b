//! The desktop widget: patient banner, capture and phones, viewer, strip, details, commit. One file a panel; what they
//! share is [`desk::Desk`], given by context.
//!
//! The page is drawn by the server first, so that it says whose pictures these are before any script runs.

mod actions;
mod arrivals;
mod banner;
mod capture;
mod check;
mod commit;
mod commit_outcomes;
mod commit_progress;
mod copy;
mod crop;
mod delete;
mod desk;
mod details;
mod details_sync;
mod dialog;
mod edit_bar;
mod finish;
mod keys;
mod pairing_code;
mod phones;
mod strip;
mod support_text;
mod tile;
mod time;
mod viewer;

use crate::api::{ApiError, EmbeddedJson, desk_snapshot};
use crate::browser;
use crate::components::{Masthead, Problem};
use crate::ids;
use crate::state::Notices;
use crate::text::{desk as words, explain};
use clinical_images::id::SessionId;
use clinical_images::refusal::Refusal;
use clinical_images::session::SessionView;
use desk::Desk;
use leptos::context::Provider;
use leptos::either::Either;
use leptos::prelude::*;

/// The page at `/desk/{session}`.
#[component]
pub fn DeskPage(
    /// The session that the address names; `None` where that cannot be a session.
    session: Option<SessionId>,
) -> impl IntoView {
    let read = move |()| async move {
        let session = session.ok_or_else(no_such_address)?;
        Ok((session, desk_snapshot(session).await?))
    };
    let snapshot = Resource::<_, EmbeddedJson>::new_with_options(|| (), read, true);
    let notices = expect_context::<Notices>();
    view! {
        <Suspense fallback=|| view! { <main class="page"><p>{words::loading()}</p></main> }>
            {move || Suspend::new(async move {
                match snapshot.await {
                    Ok((session, view)) => Either::Left(view! { <Open session view notices /> }),
                    Err(error) => Either::Right(view! { <Closed error retry=Callback::new(move |()| snapshot.refetch()) /> }),
                }
            })}
        </Suspense>
    }
}

/// An address that cannot be a session's is a session that nobody knows; over HTTP too.
fn no_such_address() -> ApiError {
    #[cfg(feature = "ssr")]
    let _ = crate::api::server::answer::<()>(Err(Refusal::SessionUnknown));
    ApiError::Refused(Refusal::SessionUnknown)
}

/// A session that may be seen, until it may no longer.
#[component]
fn Open(session: SessionId, view: SessionView, notices: Notices) -> impl IntoView {
    let desk = Desk::new(session, view, notices);
    arrivals::watch(desk);
    let ended = Memo::new(move |_| {
        let ended = desk
            .feed
            .view
            .with(|view| view.ended)
            .map(|why| ApiError::Refused(Refusal::SessionEnded { why }));
        ended.or_else(|| desk.feed.closed.get())
    });
    guard_unsent(desk, ended);
    Effect::new(move |_| {
        if ended.with(Option::is_some) {
            browser::focus(ids::SCREEN_TITLE);
        }
    });
    // A component has no scope of its own; the provider makes one that also holds while the server draws.
    view! {
        <Provider value=desk>
            {move || match ended.get() {
                Some(error) => Either::Left(view! { <Closed error /> }),
                None => Either::Right(view! { <Layout /> }),
            }}
        </Provider>
    }
}

/// Leaving the page would lose photos that the server does not have, unless it would no longer take them anyway.
fn guard_unsent(desk: Desk, ended: Memo<Option<ApiError>>) {
    let unsaved =
        move || ended.with_untracked(Option::is_none) && untrack(move || desk.has_pending());
    Effect::new(move |_| browser::guard_leaving(unsaved));
}

/// The page of a session that this browser may not see: why, and what to do.
#[component]
fn Closed(error: ApiError, #[prop(optional)] retry: Option<Callback<()>>) -> impl IntoView {
    let transient = match &error {
        ApiError::Refused(refusal) => refusal.is_transient(),
        ApiError::Offline | ApiError::Broken => true,
    };
    let retry = retry.filter(|_| transient);
    view! {
        <Masthead />
        <main class="page">
            <Problem advice=explain(&error)>
                {retry.map(|retry| view! {
                    <button class="button primary" type="button" on:click=move |_| retry.run(())>{words::try_again()}</button>
                })}
            </Problem>
        </main>
    }
}

/// The layout: banner, panels, action bar, and the dialogs on top.
#[component]
fn Layout() -> impl IntoView {
    let desk = Desk::get();
    let empty = move || {
        desk.feed.view.with(|view| view.pictures.is_empty())
            && desk.queue.photos.with(Vec::is_empty)
    };
    view! {
        <div class="desk" class:empty=empty>
            <banner::Banner />
            <main class="desk-floor">
                <div class="desk-left">
                    <capture::Capture />
                    <phones::Phones />
                </div>
                <div class="desk-centre">
                    <viewer::Viewer />
                    <strip::Strip />
                </div>
                <details::DetailsPanel />
            </main>
            <actions::Actions />
        </div>
        <commit::CommitDialog />
        <finish::FinishDialog />
        <delete::DeleteDialog />
        <keys::KeysDialog />
    }
}
