//! A photo of this phone, small.

use super::photos::{is_unprepared, is_unusable};
use crate::state::LocalPhoto;
use crate::text::phone as words;
use clinical_images::upload::UploadState;
use leptos::prelude::*;

/// The photo, or why there is nothing to see yet.
#[component]
pub(super) fn Thumb(
    /// The photo to show.
    photo: LocalPhoto,
    /// What it is, for those who cannot see it; empty where the words stand beside it.
    #[prop(into)]
    alt: Signal<String>,
) -> impl IntoView {
    let (thumbnail, upload) = (photo.thumbnail, photo.upload);
    let unusable = Memo::new(move |_| upload.with(is_unusable));
    let unprepared = Memo::new(move |_| upload.with(is_unprepared));
    let turning = Memo::new(move |_| upload.with(|upload| *upload == UploadState::Preparing));
    view! {
        <span class="snap" class:turning=move || turning.get()>
            {move || match thumbnail.get() {
                _ if unusable.get() => view! { <span class="snap-words">{words::unusable()}</span> }.into_any(),
                Some(url) => view! { <img src=url alt=move || alt.get() draggable="false" /> }.into_any(),
                None if unprepared.get() => view! { <span class="snap-words">{words::not_ready()}</span> }.into_any(),
                None => view! {
                    <span class="spinner" role="img" aria-label=words::preparing()></span>
                }.into_any(),
            }}
        </span>
    }
}
