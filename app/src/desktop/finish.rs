//! The end of a session: at once when everything is in the record, with a question when something would be lost.

use super::desk::{Desk, Dialog, Tally, has_phone, is_pending};
use super::dialog::ModalDialog;
use crate::api::{ApiError, end_session};
use crate::components::ErrorSummary;
use crate::text::desk as words;
use clinical_images::session::EndOfSession;
use leptos::prelude::*;
use leptos::task::spawn_local;

fn own(dialog: Dialog) -> bool {
    dialog == Dialog::Finish
}

/// What stands between now and the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Leftovers {
    /// Pictures and photos that are not in the record.
    left: usize,
    /// Of these, those that may be.
    unknown: usize,
    /// How many of them can be filed, some perhaps with more details.
    committable: usize,
    /// Whether ALEX is still at work.
    filing: bool,
    /// Whether a phone is connected.
    phone: bool,
}

impl Leftovers {
    fn of(desk: Desk) -> Self {
        let tally = desk.feed.view.with(Tally::of);
        let unheard = desk.queue.photos.with(|photos| {
            let known = |id| desk.feed.view.with(|view| view.picture(id).is_some());
            photos
                .iter()
                .filter(|photo| !known(photo.id) && photo.upload.with(is_pending))
                .count()
        });
        Self {
            left: tally.left_over() + unheard,
            unknown: tally.unknown,
            committable: tally.committable + tally.lacking,
            filing: tally.under_way > 0,
            phone: desk.feed.view.with(has_phone),
        }
    }

    fn is_nothing(self) -> bool {
        self.left == 0 && !self.filing && !self.phone
    }
}

/// Ends the session at once if nothing would be lost, otherwise asks.
pub(super) fn finish(desk: Desk) {
    if untrack(move || Leftovers::of(desk)).is_nothing() {
        end(desk, EndOfSession::Finished, None);
    } else {
        desk.dialog.set(Some(Dialog::Finish));
    }
}

/// Ends the session. An error goes to `fault` if there is a place for it, otherwise into a notice.
fn end(desk: Desk, why: EndOfSession, fault: Option<RwSignal<Option<ApiError>>>) {
    spawn_local(async move {
        let answer = end_session(desk.session, why).await;
        match (&answer, fault) {
            // The event says it too; whoever's stream is broken need not wait for it.
            (Ok(()), _) => desk.feed.refresh().await,
            (Err(error), Some(fault)) => {
                desk.feed.close_if_revoked(&answer);
                fault.set(Some(error.clone()));
            }
            (Err(_), None) => desk.report(&answer),
        }
    });
}

/// The dialog.
#[component]
pub(super) fn FinishDialog() -> impl IntoView {
    view! { <ModalDialog id="finish-dialog" title=words::finish_title() own><Question /></ModalDialog> }
}

#[component]
fn Question() -> impl IntoView {
    let desk = Desk::get();
    let fault = RwSignal::new(None::<ApiError>);
    let now = Memo::new(move |_| Leftovers::of(desk));
    let lines = move || {
        let now = now.get();
        let mut lines = Vec::new();
        if now.left > 0 {
            lines.push(words::left_over(now.left));
        }
        if now.unknown > 0 {
            lines.push(words::maybe_filed(now.unknown));
        }
        if now.filing {
            lines.push(words::still_filing().to_owned());
        } else if now.left > 0 {
            lines.push(words::discard_means().to_owned());
        }
        if now.phone {
            lines.push(words::phone_still_here().to_owned());
        }
        lines
            .into_iter()
            .map(|line| view! { <p>{line}</p> })
            .collect_view()
    };
    let cannot_commit = move || now.get().committable == 0;
    let cannot_discard = move || now.get().left == 0 || now.get().filing;
    let cannot_finish = move || now.get().left != 0 || now.get().filing;
    view! {
        <div class="stack">
            <div role="alert" class="desk-errors">
                {move || fault.get().map(|error| view! { <ErrorSummary error /> })}
            </div>
            {lines}
            <div class="row">
                <button class="button primary" type="button" hidden=cannot_commit
                    on:click=move |_| desk.open_commit()>{move || words::commit(now.get().committable)}</button>
                <button class="button danger" type="button" hidden=cannot_discard
                    on:click=move |_| end(desk, EndOfSession::Discarded, Some(fault))>{move || words::discard(now.get().left)}</button>
                <button class="button primary" type="button" hidden=cannot_finish
                    on:click=move |_| end(desk, EndOfSession::Finished, Some(fault))>{words::finish_session()}</button>
                <button class="button" type="button" autofocus on:click=move |_| desk.close(own)>{words::keep_open()}</button>
            </div>
        </div>
    }
}
