//! The bar at the bottom: how the session stands, what was announced, and the one next step.

use super::desk::{Desk, Dialog};
use super::finish::finish;
use crate::components::NoticeBoard;
use crate::text::desk as words;
use leptos::prelude::*;

/// The bar.
#[component]
pub(super) fn Actions() -> impl IntoView {
    let desk = Desk::get();
    let tally = desk.tally();
    let done = Memo::new(move |_| {
        let tally = tally.get();
        tally.all > 0 && tally.filed == tally.all && !desk.has_pending()
    });
    let standing = move || {
        let tally = tally.get();
        if done.get() {
            return words::all_filed(tally.all);
        }
        words::standing(&[
            (tally.committable, words::ready()),
            (tally.lacking, words::lacking(tally.lacking)),
            (tally.arriving, words::arriving()),
            (tally.under_way, words::being_filed()),
            (tally.filed, words::in_record()),
            (tally.failed, words::not_filed()),
            (tally.unknown, words::to_check()),
        ])
    };
    let nothing = move || tally.get().committable + tally.get().lacking == 0;
    view! {
        <footer class="desk-actions" class:done=move || done.get()>
            // What is announced takes a place of its own in the bar: lying over the page it would cover the photos.
            <div class="desk-status">
                <p class="desk-standing" role="status">{standing}</p>
                <NoticeBoard />
            </div>
            <div class="row">
                <button class="button" type="button" hidden=move || !tally.get().was_committed()
                    on:click=move |_| desk.dialog.set(Some(Dialog::Progress))>{words::show_filing()}</button>
                <button class="button" type="button" hidden=move || done.get()
                    on:click=move |_| finish(desk)>{words::finish()}</button>
                <button class="button primary" type="button" hidden=move || done.get() disabled=nothing
                    on:click=move |_| desk.open_commit()>{move || file(tally.get().committable)}</button>
                <button class="button primary" type="button" hidden=move || !done.get()
                    on:click=move |_| finish(desk)>{words::finish_session()}</button>
            </div>
        </footer>
    }
}

/// What the button that opens the commit dialog says.
fn file(count: usize) -> String {
    match count {
        0 => words::file_photos().to_owned(),
        count => words::commit(count),
    }
}
