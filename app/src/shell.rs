//! The document around every page, and the roots that the browser's modules wake.

use crate::address::Page;
#[cfg(not(feature = "ssr"))]
use crate::browser;
use crate::components::{Masthead, Problem, RecentSites};
use crate::desktop::DeskPage;
use crate::phone::PhonePage;
use crate::start::{LaunchProblem, StartPage};
use crate::state::Notices;
use crate::text::{PRODUCT, nothing_here};
use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
#[cfg(feature = "ssr")]
pub use server::shell;

/// The document, as the server writes it.
#[cfg(feature = "ssr")]
mod server {
    use super::{Page, desktop_page, phone_page, with_frame};
    use crate::text::provide_language;
    use leptos::prelude::*;
    use leptos_meta::MetaTags;

    /// The browser module of the phone page; the others use the one that [`LeptosOptions`] names.
    const PHONE_MODULE: &str = "phone";

    /// The HTML document.
    #[must_use]
    pub fn shell(mut options: LeptosOptions) -> impl IntoView {
        crate::api::server::send_policy();
        let demo = crate::api::server::is_demo();
        let language = provide_language();
        if matches!(requested_page(), Page::Phone(_)) {
            options.output_name = PHONE_MODULE.into();
        }
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

    /// Whichever page is asked for.
    #[component]
    fn App() -> impl IntoView {
        with_frame(|| match requested_page() {
            Page::Phone(_) => phone_page(),
            page => desktop_page(page),
        })
    }

    fn requested_page() -> Page {
        let parts = use_context::<http::request::Parts>();
        parts.map_or(Page::Unknown, |parts| Page::at(parts.uri.path()))
    }
}

/// What the desktop's module wakes: every page but the phone's.
#[cfg(not(feature = "ssr"))]
#[component]
pub fn DesktopApp() -> impl IntoView {
    with_frame(|| desktop_page(Page::at(&browser::path())))
}

/// What the phone's module wakes: the phone page alone. Nothing of the other pages is in that module.
#[cfg(not(feature = "ssr"))]
#[component]
pub fn PhoneApp() -> impl IntoView {
    with_frame(phone_page)
}

/// What stands on every page, and what every page finds in its context.
fn with_frame(page: impl FnOnce() -> AnyView) -> impl IntoView {
    provide_meta_context();
    Notices::provide();
    RecentSites::provide();
    view! {
        // Without a text of its own a page would have no title at all.
        <Title text="" formatter=|title: String| {
            if title.is_empty() { PRODUCT.to_owned() } else { format!("{title} – {PRODUCT}") }
        } />
        {page()}
    }
}

fn phone_page() -> AnyView {
    view! { <PhonePage /> }.into_any()
}

fn desktop_page(page: Page) -> AnyView {
    match page {
        Page::Start => view! { <StartPage /> }.into_any(),
        Page::LaunchProblem { why } => view! { <LaunchProblem why /> }.into_any(),
        Page::Desktop(session) => view! { <DeskPage session /> }.into_any(),
        // The server sends the phone's module with the phone's page.
        Page::Phone(_) | Page::Unknown => view! { <NotFound /> }.into_any(),
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
