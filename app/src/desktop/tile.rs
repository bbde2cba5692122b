//! Photos in the strip that have not arrived: those of this computer with their progress, and places kept for others.

use super::desk::Desk;
use crate::components::{Badge, BadgeTone, Bar};
use crate::state::LocalPhoto;
use crate::text::{self, desk as words};
use clinical_images::id::PictureId;
use clinical_images::upload::UploadState;
use leptos::prelude::*;

/// A photo of this computer on its way.
#[component]
pub(super) fn LocalPhotoTile(
    /// Its id in the queue.
    id: PictureId,
) -> impl IntoView {
    let desk = Desk::get();
    desk.queue.photo(id).map(|photo| view! { <Going photo /> })
}

#[component]
fn Going(photo: LocalPhoto) -> impl IntoView {
    let (desk, id, upload) = (Desk::get(), photo.id, photo.upload);
    let thumbnail = photo.thumbnail;
    let name = photo.file.name();
    let state = Memo::new(move |_| upload.with(text::upload_state));
    let tone = Memo::new(move |_| upload.with(tone_of_upload));
    let stopped = move || matches!(upload.get(), UploadState::Stopped { .. });
    let why = move || match upload.get() {
        UploadState::Stopped { why } => Some(words::sentence(text::explain_upload_failure(&why))),
        _ => None,
    };
    let act = {
        let name = name.clone();
        move |act: &str| words::act_on(act, &name)
    };
    let (retry, remove, stop) = (
        act(words::try_again()),
        act(words::remove()),
        act(words::stop_sending()),
    );
    let under_way = move || upload.with(UploadState::is_under_way);
    view! {
        <div class="tile" class:wide=stopped>
            {move || thumbnail.get().map(|url| view! { <img src=url alt="" draggable="false" /> })}
            <p class="small tile-name" title=name.clone()>{name.clone()}</p>
            <Badge text=state tone />
            <Show when=under_way><Bar percent=Signal::derive(move || upload.with(UploadState::percent)) label=state /></Show>
            {move || why().map(|text| view! { <p class="small error" role="alert">{text}</p> })}
            <div class="row">
                <button class="button quiet" type="button" aria-label=retry hidden=move || !upload.with(UploadState::can_retry)
                    on:click=move |_| desk.queue.retry(id)>{words::try_again()}</button>
                <button class="button quiet" type="button" aria-label=stop hidden=move || !under_way()
                    on:click=move |_| desk.queue.cancel(id)>{words::stop_sending()}</button>
                <button class="button quiet" type="button" aria-label=remove hidden=under_way
                    on:click=move |_| desk.drop_photo(id)>{words::remove()}</button>
            </div>
        </div>
    }
}

fn tone_of_upload(upload: &UploadState) -> BadgeTone {
    match upload {
        UploadState::Stopped { .. } => BadgeTone::Bad,
        UploadState::Paused { .. } | UploadState::Retrying { .. } => BadgeTone::Warn,
        UploadState::Sent => BadgeTone::Ok,
        _ => BadgeTone::Busy,
    }
}

/// A place that another device keeps for a picture.
#[component]
pub(super) fn ArrivingTile(
    /// The picture's id in the session.
    id: PictureId,
) -> impl IntoView {
    let desk = Desk::get();
    let (picture, number) = (desk.picture(id), desk.number(id));
    let source = move || picture.with(|it| it.as_ref().map(|it| words::source(it.source)));
    let state = move || {
        picture.with(|it| {
            it.as_ref()
                .map(|it| text::picture_state(&it.state, it.details.missing()).to_owned())
                .unwrap_or_default()
        })
    };
    let remove = move || words::act_on(words::remove(), &words::photo(number.get()));
    view! {
        <div class="tile">
            <p class="small tile-name">{move || words::photo(number.get())} " · " {source}</p>
            <Badge text=Signal::derive(state) tone=Signal::stored(BadgeTone::Busy) />
            <div class="row">
                <button class="button quiet" type="button" aria-label=remove on:click=move |_| desk.ask_to_delete(id)>
                    {words::remove()}
                </button>
            </div>
        </div>
    }
}
