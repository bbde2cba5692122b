//! Files of the site: script, module, style, worker. Small files compressed once, when the site is built, and asked for
//! again by date.

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};
use std::path::Path;
use tower_http::services::ServeDir;

/// The codec worker's script; its parts, and that of its helpers, are in a directory of the same name.
const WORKER: &str = "/codec-worker.js";
const WORKER_PARTS: &str = "/codec-worker";
/// A worker lives under the policy of its own script, not under its page's: it loads the codec's script and module.
const WORKER_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
     frame-ancestors 'none'; base-uri 'none'";

/// Serves the site's files under their fixed names.
pub(crate) fn router<S: Clone + Send + Sync + 'static>(site: &Path) -> Router<S> {
    let files = ServeDir::new(site)
        .precompressed_br()
        .append_index_html_on_directories(false);
    let folder = |name| ServeDir::new(site.join(name)).precompressed_br();
    Router::new()
        .nest_service("/pkg", folder("pkg"))
        .nest_service(WORKER_PARTS, folder("codec-worker"))
        .route_service(WORKER, files.clone())
        .route_service("/icon.svg", files)
        .layer(from_fn(ask_again))
}

/// Names do not change with content, so a browser keeps the file and asks each time whether it is still the one.
async fn ask_again(request: Request, next: Next) -> Response {
    let is_worker = request.uri().path().starts_with(WORKER_PARTS);
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if is_worker {
        headers.insert(
            CONTENT_SECURITY_POLICY,
            HeaderValue::from_static(WORKER_POLICY),
        );
    }
    response
}
