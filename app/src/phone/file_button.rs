//! A button that opens the camera or the gallery.

use super::phone_session::PhoneSession;
use crate::browser::LocalFile;
use crate::components::FileInput;
use leptos::prelude::*;

/// What a file button opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opens {
    /// The camera that looks away from the person.
    Camera,
    /// The gallery, for several photos.
    Gallery,
    /// The gallery, for one photo.
    GalleryForOne,
}

impl Opens {
    /// Safari lists HEIC files only when they are named.
    const fn accept(self) -> &'static str {
        match self {
            Self::Camera => "image/*",
            Self::Gallery | Self::GalleryForOne => "image/*,.heic,.heif",
        }
    }
}

/// A label that looks like a button around a file input, so that keyboard and screen readers find an input.
#[component]
pub(super) fn FileButton(
    /// What it says.
    label: &'static str,
    /// What it opens.
    opens: Opens,
    /// Classes beside `button`.
    #[prop(optional)]
    class: &'static str,
    /// Hears what was chosen.
    on_files: Callback<Vec<LocalFile>>,
    /// Whether nothing may be chosen.
    #[prop(into, optional)]
    disabled: Signal<bool>,
) -> impl IntoView {
    let queue = expect_context::<PhoneSession>().queue;
    view! {
        <label class=format!("button {class}") aria-disabled=move || disabled.get().then_some("true")>
            <FileInput
                accept=opens.accept()
                capture=(opens == Opens::Camera).then_some("environment")
                multiple=opens == Opens::Gallery
                disabled
                queue
                on_files
            />
            {label}
        </label>
    }
}
