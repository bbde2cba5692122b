//! In which language the page speaks that is being drawn. The server decides it for each page and writes it to `<html lang>`, where
//! the page's script reads it: so both draw the same words, and a change of language is a new page.

use crate::language::Language;

/// The language of the page that is being drawn. On the server a page's own; in a browser what the document says.
#[cfg(feature = "ssr")]
#[must_use]
pub fn language() -> Language {
    // A server function has no page around it that has decided.
    leptos::prelude::use_context().unwrap_or_else(crate::api::server::wanted_language)
}

/// Decides the language of the page that is being drawn, for everything in it.
#[cfg(feature = "ssr")]
#[must_use]
pub fn provide_language() -> Language {
    let language = crate::api::server::wanted_language();
    leptos::prelude::provide_context(language);
    language
}

/// The language of the page that is being drawn. On the server a page's own; in a browser what the document says.
#[cfg(not(feature = "ssr"))]
#[must_use]
pub fn language() -> Language {
    use std::cell::OnceCell;
    thread_local! {
        static SPOKEN: OnceCell<Language> = const { OnceCell::new() };
    }
    SPOKEN.with(|spoken| *spoken.get_or_init(crate::browser::document_language))
}
