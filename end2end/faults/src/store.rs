//! The picture store as a process of its own: the S3 simulator behind a front that can be told to misbehave.
//!
//! The front is what everybody talks to. It passes requests on unchanged, `Host` included, because that is part of what
//! was signed. Which faults are injected is set on a second port, so that no
//! fault ever hits the order to end it.

use crate::store_faults::{Decision, FaultPlan, FaultSettings};
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::response::{IntoResponse as _, Response};
use axum::routing::put;
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_TYPE, EXPECT, TRANSFER_ENCODING};
use http::{HeaderMap, Method, StatusCode};
use s3_simulator::{OBJECT_LIMIT, S3Simulator, S3SimulatorSettings};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;

/// The bucket that is there from the start.
pub const BUCKET: &str = "clinic-faults";
/// The store's one key. It opens nothing but this store.
pub const ACCESS_KEY: &str = "faults";
/// Its secret.
pub const SECRET_KEY: &str = "not-a-secret";

/// What the process is started with.
#[derive(Debug, clap::Args)]
pub struct StoreOptions {
    /// Where the objects lie.
    #[arg(long)]
    pub data_dir: PathBuf,
    /// Port of the front.
    #[arg(long)]
    pub port: u16,
    /// Port that takes `PUT /faults`.
    #[arg(long)]
    pub control_port: u16,
}

#[derive(Clone)]
struct Front {
    inner: SocketAddr,
    client: reqwest::Client,
    plan: Arc<Mutex<FaultPlan>>,
}

/// Serves until the process ends.
///
/// # Errors
/// A sentence, when a port or the directory cannot be had.
pub async fn serve(options: StoreOptions) -> Result<(), String> {
    let local = |port| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let settings = S3SimulatorSettings {
        data_dir: options.data_dir,
        listen: local(0),
        allowed_origins: Vec::new(),
        access_key: ACCESS_KEY.into(),
        secret_key: SECRET_KEY.into(),
        bucket: BUCKET.to_owned(),
    };
    let inner = S3Simulator::start(settings, std::future::pending())
        .await
        .map_err(|fault| fault.to_string())?;
    let client = reqwest::Client::builder().no_proxy().build();
    let plan = Arc::new(Mutex::new(FaultPlan::new(FaultSettings::NONE)));
    let front = Front {
        inner: inner.address(),
        client: client.map_err(|fault| fault.to_string())?,
        plan: Arc::clone(&plan),
    };
    let unheard = |fault: std::io::Error| format!("cannot listen for pictures: {fault}");
    let control = TcpListener::bind(local(options.control_port))
        .await
        .map_err(unheard)?;
    let listener = TcpListener::bind(local(options.port))
        .await
        .map_err(unheard)?;
    let listener = listener.tap_io(|connection| {
        let _ = connection.set_nodelay(true);
        // Closing what is not answered yet then is a reset, and not the polite end of a conversation.
        let _ = connection.set_zero_linger();
    });
    let steering = Router::new()
        .route("/faults", put(change_faults))
        .with_state(plan);
    let passing = Router::new().fallback(pass).with_state(front);
    let served = tokio::try_join!(async { axum::serve(control, steering).await }, async {
        axum::serve(listener, passing).await
    });
    served.map(drop).map_err(|fault| fault.to_string())
}

async fn change_faults(
    State(plan): State<Arc<Mutex<FaultPlan>>>,
    Json(settings): Json<FaultSettings>,
) -> StatusCode {
    *plan.lock().unwrap_or_else(PoisonError::into_inner) = FaultPlan::new(settings);
    StatusCode::NO_CONTENT
}

async fn pass(State(front): State<Front>, request: Request) -> Response {
    let decision = {
        let mut plan = front.plan.lock().unwrap_or_else(PoisonError::into_inner);
        plan.next()
    };
    let (parts, body) = request.into_parts();
    let limit = usize::try_from(OBJECT_LIMIT).unwrap_or(usize::MAX);
    let Ok(mut body) = to_bytes(body, limit).await else {
        return hang_up();
    };
    match decision {
        Decision::CutBefore => return hang_up(),
        Decision::Answer(status) => return failure(status),
        Decision::Wait(span) => tokio::time::sleep(span).await,
        Decision::Flip(place) if parts.method == Method::PUT => body = flipped(&body, place),
        Decision::Pass | Decision::CutAfter | Decision::Flip(_) => {}
    }
    let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
    let url = format!("http://{}{path}", front.inner);
    let sent = front
        .client
        .request(parts.method.clone(), url)
        .headers(end_to_end(parts.headers))
        .body(body);
    let Ok(answer) = sent.send().await else {
        return hang_up();
    };
    let (status, headers) = (answer.status(), end_to_end(answer.headers().clone()));
    let Ok(mut bytes) = answer.bytes().await else {
        return hang_up();
    };
    match decision {
        Decision::CutAfter => return hang_up(),
        Decision::Flip(place) if parts.method == Method::GET => bytes = flipped(&bytes, place),
        _ => {}
    }
    (status, headers, Body::from(bytes)).into_response()
}

/// Headers that are about the message and not about one connection.
fn end_to_end(mut headers: HeaderMap) -> HeaderMap {
    for name in [CONNECTION, TRANSFER_ENCODING, EXPECT] {
        headers.remove(name);
    }
    headers
}

fn flipped(bytes: &Bytes, place: usize) -> Bytes {
    let mut bytes = bytes.to_vec();
    let count = bytes.len();
    if let Some(byte) = bytes.get_mut(place % count.max(1)) {
        *byte ^= 1;
    }
    bytes.into()
}

/// As S3 words it.
fn failure(status: u16) -> Response {
    let (code, words) = match status {
        503 => ("SlowDown", "Please reduce your request rate."),
        _ => (
            "InternalError",
            "We encountered an internal error. Please try again.",
        ),
    };
    let xml = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{code}</Code><Message>{words}</Message></Error>"
    );
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(CONTENT_TYPE, "application/xml")], xml).into_response()
}

/// A body that fails before its first byte: the connection is closed without an answer.
fn hang_up() -> Response {
    let broken = futures::stream::once(async { Err::<Bytes, _>(std::io::Error::other("hung up")) });
    Response::new(Body::from_stream(broken))
}
