//! The open page: gives the screens what they share, and shows the one that is due.

use super::all::All;
use super::capture::Capture;
use super::closed::Closed;
use super::confirm::Confirm;
use super::describe::Describe;
use super::effects;
use super::header::Header;
use super::phone_session::PhoneSession;
use super::review::Review;
use super::sending::Sending;
use super::sent::Sent;
use crate::state::{Queue, SessionFeed};
use crate::text::phone as words;
use clinical_images::access::Scope;
use clinical_images::capture::Screen;
use clinical_images::id::LinkId;
use clinical_images::session::SessionView;
use leptos::prelude::*;
use leptos_meta::Title;

/// The page of a phone that is connected to a session.
#[component]
pub(super) fn Open(
    /// The session as the phone found it.
    view: SessionView,
    /// This phone's link in it.
    link: LinkId,
    /// This phone's photos.
    queue: Queue,
    /// Comes back with photos that stayed, after a newer code was scanned.
    resume: Callback<bool>,
) -> impl IntoView {
    let scope = Scope::Phone(Some(link));
    queue.send_by(scope);
    let feed = SessionFeed::new(scope, view);
    let session = PhoneSession::begin(feed, queue, link);
    provide_context(feed);
    provide_context(queue);
    provide_context(session);
    effects::run(session, resume);
    let (ended, photos) = effects::ending(session, resume);
    let title = move || {
        ended.get().map_or_else(
            || words::title(session.shown.get()),
            |ended| ended.advice.what.to_owned(),
        )
    };
    view! {
        <Title text=title />
        {move || match ended.get() {
            Some(ended) => view! { <Closed ended photos resume /> }.into_any(),
            None => view! { <Screens session /> }.into_any(),
        }}
    }
}

/// The screen that is due, under the patient's name.
#[component]
fn Screens(session: PhoneSession) -> impl IntoView {
    let named =
        Memo::new(move |_| !matches!(session.shown.get(), Screen::Confirm | Screen::Review(_)));
    view! {
        {move || named.get().then(|| view! { <Header /> })}
        {move || match session.shown.get() {
            Screen::Confirm => view! { <Confirm /> }.into_any(),
            Screen::Capture => view! { <Capture /> }.into_any(),
            Screen::Review(at) => view! { <Review at /> }.into_any(),
            Screen::All => view! { <All /> }.into_any(),
            Screen::Describe(at) => view! { <Describe at /> }.into_any(),
            Screen::Sending => view! { <Sending /> }.into_any(),
            Screen::Sent => view! { <Sent /> }.into_any(),
        }}
    }
}
