//! Changes the language of the pages: a plain form, so that it works without a script and weighs nothing.

use crate::text::{self, Language};
use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// A button for each language but the present one, named in that language. The page is loaded anew; where photos would be lost by
/// that the browser asks first.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let page = use_location().pathname;
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
            <input type="hidden" name="back" value=move || page.get() />
            {buttons}
        </form>
    }
}
