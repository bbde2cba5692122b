//! What a support desk needs to know about a picture that was not filed, to copy.

use super::copy::CopyButton;
use crate::text::desk as words;
use clinical_images::id::PictureId;
use leptos::prelude::*;

/// The text for support, to copy.
#[component]
pub(super) fn SupportText(
    /// About which picture.
    id: PictureId,
    /// The text.
    technical: String,
) -> impl IntoView {
    let input = format!("technical-{id}");
    view! {
        <details>
            <summary class="small">{words::technical()}</summary>
            <div class="row">
                <input id=input.clone() class="code" type="text" readonly aria-label=words::technical() value=technical.clone() />
                <CopyButton text=Signal::stored(technical) fallback=input />
            </div>
        </details>
    }
}
