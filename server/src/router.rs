//! Which address leads where.

use crate::http::{assets, events, health, launch, pictures, security};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
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

/// Everything the server answers. The shutdown ends the open event streams.
pub fn router(services: Services, options: LeptosOptions, shutdown: CancellationToken) -> Router {
    let routes = PAGES.get_or_init(|| generate_route_list(clinical_app::App));
    let site = PathBuf::from(&*options.site_root);
    let pages = {
        let context = services.clone();
        let shell_options = options.clone();
        Router::new()
            .leptos_routes_with_context(
                &options,
                routes.clone(),
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
            .layer(from_fn_with_state(services.clone(), security::same_origin))
            .layer(RequestBodyLimitLayer::new(BODY))
            .with_state(options)
    };
    let events_state = events::EventsState {
        services: services.clone(),
        shutdown,
    };
    let streams = Router::new()
        .route("/events/desk/{session}", get(events::for_desk))
        .route("/events/phone", get(events::for_phone))
        .with_state(events_state);
    let rest = Router::new()
        .route("/launch", get(launch::launch))
        .route(
            "/pictures/desk/{session}/{picture}",
            get(pictures::for_desk),
        )
        .route("/pictures/phone/{picture}", get(pictures::for_phone))
        .route("/healthz", get(health::ready))
        .route("/livez", get(health::live))
        .merge(assets::router(&site))
        .with_state(services);
    rest.merge(streams)
        .merge(pages)
        .layer(from_fn(security::harden))
        .layer(from_fn(security::log))
}
