//! Files of this computer come in: chosen, dropped anywhere in the window, or pasted.

use super::desk::Desk;
use crate::browser::{self, LocalFile};
use crate::components::FileInput;
use crate::state::Tone;
use crate::text::desk as words;
use clinical_images::picture::Details;
use clinical_images::upload::UploadState;
use leptos::prelude::*;

/// Kinds that a file chooser offers; what a file really is, its bytes say later.
const ACCEPT: &str = "image/*,.heic,.heif";

/// How many more photos fit: those that are queued here and not reserved yet need a place too.
fn remaining_capacity(desk: Desk) -> usize {
    let room = desk.feed.view.with(|view| view.remaining_capacity());
    let unheard = desk.queue.photos.with(|photos| {
        let stopped = |upload: &UploadState| matches!(upload, UploadState::Stopped { .. });
        let known = |id| desk.feed.view.with(|view| view.picture(id).is_some());
        photos
            .iter()
            .filter(|photo| !known(photo.id) && !photo.upload.with(stopped))
            .count()
    });
    room.saturating_sub(unheard)
}

/// Takes the files that fit, and says so when not all do.
fn take(desk: Desk, mut files: Vec<LocalFile>) {
    if files.is_empty() {
        return;
    }
    let chosen = files.len();
    files.truncate(untrack(|| remaining_capacity(desk)));
    if files.len() < chosen {
        let most = desk.feed.view.with_untracked(|view| view.most_pictures);
        desk.notices
            .announce(Tone::Assertive, words::some_fit(files.len(), chosen, most));
    }
    if !files.is_empty() {
        desk.queue.add(files, &Details::default(), true);
    }
}

/// Listens on the whole window. `dropping` tells whether files hang over it.
fn listen(desk: Desk, dropping: RwSignal<bool>) {
    use leptos::ev;
    let over = move |event: ev::DragEvent| {
        if browser::carries_files(&event) {
            event.prevent_default();
            dropping.set(true);
        }
    };
    browser::on_window(ev::dragenter, over);
    browser::on_window(ev::dragover, over);
    browser::on_window(ev::dragleave, move |event| {
        if browser::left_window(&event) {
            dropping.set(false);
        }
    });
    browser::on_window(ev::drop, move |event| {
        dropping.set(false);
        if browser::carries_files(&event) {
            take(desk, browser::dropped(&event));
        }
    });
    browser::on_window(ev::paste, move |event| {
        let files = browser::pasted(&event);
        if !files.is_empty() {
            event.prevent_default();
            take(desk, files);
        }
    });
}

/// The panel.
#[component]
pub(super) fn Capture() -> impl IntoView {
    let desk = Desk::get();
    let dropping = RwSignal::new(false);
    Effect::new(move |_| listen(desk, dropping));
    let room = Memo::new(move |_| remaining_capacity(desk));
    let full = move || room.get() == 0;
    let fill = move || {
        let most = desk.feed.view.with(|view| view.most_pictures);
        words::fill(most - room.get().min(most), most)
    };
    // Only a running script can take what is dropped or pasted; until then it is not offered.
    let running = RwSignal::new(false);
    Effect::new(move |_| running.set(true));
    let hint = move || {
        if running.get() {
            words::drop_or_paste()
        } else {
            words::drop_or_paste_soon()
        }
    };
    view! {
        <section class="desk-capture card" aria-labelledby="capture-title">
            <h2 id="capture-title">{words::capture()}</h2>
            <label class="button" aria-disabled=move || full().then_some("true")>
                {words::choose_files()}
                <FileInput
                    accept=ACCEPT
                    multiple=true
                    disabled=Signal::derive(full)
                    queue=desk.queue
                    on_files=Callback::new(move |files| take(desk, files))
                />
            </label>
            <p class="small" id="capture-fill">{fill}</p>
            <p class="small capture-hint" hidden=full>{hint}</p>
            <p class="small warning">{move || full().then_some(words::no_room())}</p>
        </section>
        <div class="desk-drop" aria-hidden="true" hidden=move || !dropping.get()><p>{words::drop_here()}</p></div>
    }
}
