//! Changes the language of the pages: a plain form, so that it works without a script and weighs nothing.

#[cfg(feature = "ssr")]
use crate::api::server;
#[cfg(not(feature = "ssr"))]
use crate::browser;
use crate::language::Language;
use crate::text;
use leptos::prelude::*;

/// A button for each language but the present one, named in that language. The page is loaded anew; where photos would be lost by
/// that the browser asks first.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let present = text::language();
    let buttons = Language::ALL
        .into_iter()
        .filter(|language| *language != present)
        .map(|language| {
            view! {
                <button class="button quiet" type="submit" name="language" value=language.tag() lang=language.tag()>
                    {language.own_name()}
                </button>
            }
        })
        .collect_view();
    view! {
        <form class="language-switch" method="post" action="/language" aria-label=text::language_label()>
            <input type="hidden" name="back" value=page_path() />
            {buttons}
        </form>
    }
}

/// The path of the page that the switch stands on.
fn page_path() -> String {
    #[cfg(feature = "ssr")]
    let path = server::page_path();
    #[cfg(not(feature = "ssr"))]
    let path = browser::path();
    path
}
