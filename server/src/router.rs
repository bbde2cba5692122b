//! Which address leads where.

use crate::http::events::{self, EventsState};
use crate::http::{assets, health, language, launch, pictures, request_log, security};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use clinical_images::access::Operation;
use clinical_images::service::Services;
use leptos::config::LeptosOptions;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _, generate_route_list};
use std::path::PathBuf;
use std::sync::OnceLock;
use tokio_util::sync::CancellationToken;
use tower_http::limit::RequestBodyLimitLayer;

/// Bytes of a request's body at most. Pictures do not come through here.
const BODY: usize = 64 * 1024;

/// Where the pages are. Listed once in a process: while Leptos makes the list no resource loads in any thread, and a page
/// that another router draws at that moment would wait for its own for ever.
static PAGES: OnceLock<Vec<AxumRouteListing>> = OnceLock::new();

/// The addresses of pages, as the application names them.
#[must_use]
pub fn page_paths() -> Vec<String> {
    let pages = PAGES.get_or_init(|| generate_route_list(clinical_app::App));
    pages.iter().map(|page| page.path().to_owned()).collect()
}

/// Everything the server answers. The shutdown ends the open event streams.
pub fn router(services: Services, options: LeptosOptions, shutdown: CancellationToken) -> Router {
    let listed = PAGES.get_or_init(|| generate_route_list(clinical_app::App));
    let site = PathBuf::from(&*options.site_root);
    let pages = {
        let context = services.clone();
        let shell_options = options.clone();
        Router::new()
            .leptos_routes_with_context(
                &options,
                listed.clone(),
                move || leptos::prelude::provide_context(context.clone()),
                move || clinical_app::shell(shell_options.clone()),
            )
            .fallback(leptos_axum::render_app_to_stream_with_context(
                {
                    let services = services.clone();
                    move || leptos::prelude::provide_context(services.clone())
                },
                {
                    let options = options.clone();
                    move || clinical_app::shell(options.clone())
                },
            ))
            .layer(from_fn_with_state(services.clone(), security::framing))
            .layer(from_fn_with_state(services.clone(), security::same_origin))
            .layer(RequestBodyLimitLayer::new(BODY))
            .with_state(options)
    };
    let events_state = EventsState {
        services: services.clone(),
        shutdown,
    };
    let router = routes(events_state)
        .into_iter()
        .fold(Router::new(), |router, route| {
            router.route(route.path, route.handler)
        })
        .merge(assets::router(&site))
        .with_state(services)
        .merge(pages)
        .layer(from_fn(security::harden));
    request_log::logged(router)
}

/// A route beside pages and server functions.
struct Route {
    path: &'static str,
    /// What asking for it means: the row of the policy that says who may.
    operation: Operation,
    handler: MethodRouter<Services>,
}

fn routes(events: EventsState) -> Vec<Route> {
    let route = |path, operation, handler| Route {
        path,
        operation,
        handler,
    };
    vec![
        route(
            "/launch",
            Operation::Launch,
            get(launch::of_the_only_practice),
        ),
        route(
            "/launch/{practice}",
            Operation::Launch,
            get(launch::of_practice),
        ),
        route(
            "/events/desk/{session}",
            Operation::FollowSession,
            get(events::for_desk).with_state(events.clone()),
        ),
        route(
            "/events/phone",
            Operation::FollowSession,
            get(events::for_phone).with_state(events),
        ),
        route(
            "/pictures/desk/{session}/{picture}",
            Operation::ViewPicture,
            get(pictures::for_desk),
        ),
        route(
            "/pictures/desk/{session}/{picture}/original",
            Operation::ViewPicture,
            get(pictures::original_for_desk),
        ),
        route(
            "/pictures/phone/{picture}",
            Operation::ViewPicture,
            get(pictures::for_phone),
        ),
        route(
            "/language",
            Operation::ChooseLanguage,
            post(language::choose),
        ),
        route("/healthz", Operation::ReadHealth, get(health::ready)),
        route("/livez", Operation::ReadHealth, get(health::live)),
    ]
}

/// Every route beside pages and server functions, with the row of the policy that says who may ask for it.
#[must_use]
pub fn routes_and_operations(
    services: Services,
    shutdown: CancellationToken,
) -> Vec<(&'static str, Operation)> {
    routes(EventsState { services, shutdown })
        .into_iter()
        .map(|route| (route.path, route.operation))
        .collect()
}
