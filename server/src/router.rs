//! Which address leads where.

use crate::http::{
    StreamState, analysis, assets, events, health, language, launch, pictures, request_log,
    security,
};
use axum::Router;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get, post};
use clinical_images::access::Operation;
use clinical_images::service::Services;
use http::Method;
use leptos::config::LeptosOptions;
use leptos_axum::{AxumRouteListing, LeptosRoutes as _};
use leptos_router::SsrMode;
use std::path::PathBuf;
use tokio_util::sync::CancellationToken;
use tower_http::limit::RequestBodyLimitLayer;

/// Bytes of a request's body at most. Pictures do not come through here.
const BODY: usize = 64 * 1024;

/// The pages as Leptos' own routes: each is sent when it is complete, so that it can be read without a script.
fn pages() -> Vec<AxumRouteListing> {
    let page = |path: &&str| {
        AxumRouteListing::new(
            (*path).to_owned(),
            SsrMode::Async,
            [leptos_router::Method::Get],
            [],
        )
    };
    clinical_app::PAGE_PATHS.iter().map(page).collect()
}

/// Everything the server answers. The shutdown ends the open streams.
pub fn router(services: Services, options: LeptosOptions, shutdown: CancellationToken) -> Router {
    let site = PathBuf::from(&*options.site_root);
    let pages = {
        let context = services.clone();
        let shell_options = options.clone();
        Router::new()
            .leptos_routes_with_context(
                &options,
                pages(),
                move || leptos::prelude::provide_context(context.clone()),
                move || clinical_app::shell(shell_options.clone()),
            )
            .fallback(leptos_axum::render_app_async_with_context(
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
    let streams = StreamState {
        services: services.clone(),
        shutdown,
    };
    let same_origin = from_fn_with_state(services.clone(), security::same_origin);
    let own_form = from_fn_with_state(services.clone(), security::own_form);
    let router = routes(streams)
        .into_iter()
        .fold(Router::new(), |router, route| {
            // For those that take a POST, as for server functions. What another method gets is decided before.
            let limited = route.handler.route_layer(RequestBodyLimitLayer::new(BODY));
            let guarded = match route.takes {
                Takes::Json => limited.route_layer(same_origin.clone()),
                Takes::Form => limited.route_layer(own_form.clone()),
            };
            router.route(route.path, guarded)
        })
        .merge(assets::router(&site))
        .with_state(services)
        .merge(pages)
        .layer(from_fn(security::harden));
    request_log::logged(router)
}

/// A route beside pages and server functions.
struct Route {
    method: Method,
    path: &'static str,
    /// What asking for it means: the row of the policy that says who may.
    operation: Operation,
    takes: Takes,
    handler: MethodRouter<Services>,
}

/// What a route's POST may bring, if it takes one.
#[derive(Clone, Copy)]
enum Takes {
    /// JSON from a script of our own pages.
    Json,
    /// A form of our own pages, which works without a script.
    Form,
}

fn routes(streams: StreamState) -> Vec<Route> {
    let route = |path, operation, handler| Route {
        method: Method::GET,
        path,
        operation,
        takes: Takes::Json,
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
            get(events::for_desk).with_state(streams.clone()),
        ),
        route(
            "/events/phone",
            Operation::FollowSession,
            get(events::for_phone).with_state(streams.clone()),
        ),
        Route {
            method: Method::POST,
            ..route(
                "/analysis/desk/{session}/{picture}",
                Operation::Analyse,
                post(analysis::for_desk).with_state(streams),
            )
        },
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
        Route {
            method: Method::POST,
            takes: Takes::Form,
            ..route(
                "/language",
                Operation::ChooseLanguage,
                post(language::choose),
            )
        },
        route("/healthz", Operation::ReadHealth, get(health::ready)),
        route("/livez", Operation::ReadHealth, get(health::live)),
    ]
}

/// Every route beside pages and server functions: its method, its path, and the row of the policy that says who may ask for it.
#[must_use]
pub fn routes_and_operations(
    services: Services,
    shutdown: CancellationToken,
) -> Vec<(Method, &'static str, Operation)> {
    routes(StreamState { services, shutdown })
        .into_iter()
        .map(|route| (route.method, route.path, route.operation))
        .collect()
}
