//! The page around every page, and which address shows what.

use crate::components::{Masthead, Problem, RecentSites};
use crate::phone::PhonePage;
use crate::state::Notices;
use crate::text::{PRODUCT, nothing_here, provide_language};
use leptos::prelude::*;
use leptos_meta::{MetaTags, Title, provide_meta_context};
use leptos_router::components::{Route, Router, Routes};
use leptos_router::{SsrMode, path};

#[cfg(feature = "phone-alone")]
use elsewhere::{DeskPage, LaunchProblem, StartPage};
#[cfg(not(feature = "phone-alone"))]
use {
    crate::desktop::DeskPage,
    crate::start::{LaunchProblem, StartPage},
};

/// The browser module of the phone page; the others use the one that [`LeptosOptions`] names.
#[cfg(feature = "ssr")]
const PHONE_MODULE: &str = "phone";

/// The HTML document, for the server.
#[must_use]
pub fn shell(options: LeptosOptions) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::api::server::send_policy();
    #[cfg(feature = "ssr")]
    let options = with_own_module(options);
    #[cfg(feature = "ssr")]
    let demo = crate::api::server::is_demo();
    // Only a server renders the document.
    #[cfg(not(feature = "ssr"))]
    let demo = false;
    let language = provide_language();
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() data-demo=demo.then_some("")>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="robots" content="noindex" />
                <meta name="format-detection" content="telephone=no" />
                <link rel="icon" href="/icon.svg" type="image/svg+xml" />
                <link rel="stylesheet" href="/pkg/clinical.css" />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The phone page has a browser module of its own.
#[cfg(feature = "ssr")]
fn with_own_module(mut options: LeptosOptions) -> LeptosOptions {
    // What the server gives is a whole address with a made-up host.
    let address = use_context::<leptos_router::location::RequestUrl>();
    let address = address.and_then(|address| address.parse().ok());
    if address.is_some_and(|address| address.path().starts_with("/phone")) {
        options.output_name = PHONE_MODULE.into();
    }
    options
}

/// The application: routes and what stands on every page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    Notices::provide();
    RecentSites::provide();
    view! {
        // Without a text of its own a page would have no title at all.
        <Title text="" formatter=|title: String| {
            if title.is_empty() { PRODUCT.to_owned() } else { format!("{title} – {PRODUCT}") }
        } />
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=StartPage ssr=SsrMode::Async />
                <Route path=path!("/launch-problem/:why/:practice?") view=LaunchProblem ssr=SsrMode::Async />
                <Route path=path!("/desk/:session") view=DeskPage ssr=SsrMode::Async />
                <Route path=path!("/phone/:screen?") view=PhonePage ssr=SsrMode::Async />
            </Routes>
        </Router>
    }
}

#[component]
fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(http::StatusCode::NOT_FOUND);
    }
    view! { <Masthead /> <main class="page"><Problem advice=nothing_here() /></main> }
}

/// The other surface's pages, as the phone's module knows them: the server renders them with their own module, and no
/// link leads from one surface into the other.
#[cfg(feature = "phone-alone")]
mod elsewhere {
    use leptos::prelude::*;

    macro_rules! page {
        ($name:ident) => {
            #[component]
            pub(super) fn $name() -> impl IntoView {}
        };
    }

    page!(DeskPage);
    page!(LaunchProblem);
    page!(StartPage);
}
