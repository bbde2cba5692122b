//! What happens around every call to ALEX: it is noted, read in full, worked off as the script or
//! else ALEX would, even if the caller leaves, and its ending noted before the caller hears of it.

use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;

use crate::call::Call;
use crate::outcome::Refusal;
use crate::record::{Answer, Ending, Received};
use crate::script::{HungUp, perform};
use crate::{BODY_LIMIT, Simulator, nondeterminism};

const CORRELATION: HeaderName = HeaderName::from_static("mt-correlationid");
/// Beyond the limit this much more is read and thrown away, so that the caller hears the 413.
const PATIENCE: usize = 4 * BODY_LIMIT;

/// The middleware around the whole of ALEX.
pub(crate) async fn observe(
    State(simulator): State<Simulator>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    let arrival = describe(&parts);
    let correlation = parts.headers.get(CORRELATION).cloned();
    let seq = match simulator
        .ledger(move |ledger| ledger.arrived(arrival))
        .await
    {
        Ok(seq) => seq,
        Err(error) => return Refusal::from(error).into_response(),
    };
    // The real one goes on when the caller hangs up; dropping the work with the caller would not.
    let work = async move {
        let (method, route) = (parts.method.clone(), route_of(&parts));
        let (response, fault) = match collect(body).await {
            Ok(body) => work(&simulator, Call::new(parts, body, seq), next).await,
            Err(refusal) => (refusal.into_response(), None),
        };
        let answer = ending(&response, fault);
        tracing::info!(
            http.method = %method, http.route = %route, http.status = answer.status,
            alex.fault = answer.fault, request.seq = seq, "ALEX answered a call"
        );
        if let Err(error) = simulator
            .ledger(move |ledger| ledger.answered(seq, answer))
            .await
        {
            return Refusal::from(error).into_response();
        }
        echo(response, correlation)
    };
    tokio::spawn(work)
        .await
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn work(simulator: &Simulator, call: Call, next: Next) -> (Response, Option<String>) {
    match simulator.script().take(&call) {
        Some(turn) => {
            let name = turn.reply.name.clone();
            (perform(simulator, turn, call, next).await, Some(name))
        }
        None => (next.run(call.request()).await, None),
    }
}

fn ending(response: &Response, fault: Option<String>) -> Answer {
    if response.extensions().get::<HungUp>().is_some() {
        return Answer {
            outcome: Ending::HungUp,
            status: None,
            fault,
        };
    }
    Answer {
        outcome: Ending::Answered,
        status: Some(response.status().as_u16()),
        fault,
    }
}

fn echo(mut response: Response, correlation: Option<HeaderValue>) -> Response {
    if let Some(value) = correlation {
        response.headers_mut().insert(CORRELATION, value);
    }
    response
}

/// Reads the body to its end, so that an early refusal does not meet a caller still sending.
async fn collect(body: Body) -> Result<Bytes, Refusal> {
    let mut stream = body.into_data_stream();
    let (mut bytes, mut seen) = (Vec::new(), 0_usize);
    while let Some(chunk) = stream.next().await {
        let chunk = chunk.map_err(|_| Refusal::bad("incomplete", "The body broke off"))?;
        seen = seen.saturating_add(chunk.len());
        if seen <= BODY_LIMIT {
            bytes.extend_from_slice(&chunk);
        } else if seen > PATIENCE {
            break;
        } else {
            bytes = Vec::new();
        }
    }
    if seen > BODY_LIMIT {
        return Err(Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "too-long",
            "Request body too large",
        ));
    }
    Ok(bytes.into())
}

fn describe(parts: &Parts) -> Received {
    Received {
        seq: 0,
        time: nondeterminism::now(),
        method: cut(parts.method.as_str(), 20),
        path: public_path(parts.uri.path()),
        query: parts.uri.query().map(query_names).unwrap_or_default(),
        correlation_id: header_text(&parts.headers, "mt-correlationid"),
        facility: header_text(&parts.headers, "mt-facilityid"),
        answer: Answer::default(),
    }
}

/// The path without what opens a launch.
fn public_path(path: &str) -> String {
    const LAUNCH: &str = "/vendorforms/api/getlaunchcontextstring/";
    if path.starts_with(LAUNCH) {
        return format!("{LAUNCH}{{context}}/{{signature}}");
    }
    cut(path, 300)
}

fn query_names(query: &str) -> Vec<String> {
    let names = query.split('&').filter_map(|pair| pair.split('=').next());
    names
        .filter(|name| !name.is_empty())
        .take(20)
        .map(|name| cut(name, 60))
        .collect()
}

/// A header as text of at most 128 characters, if it is text.
pub(crate) fn header_text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .map(|text| cut(text, 128))
}

fn cut(text: &str, limit: usize) -> String {
    text.chars().take(limit).collect()
}

/// The route's pattern, which unlike the path names nobody.
fn route_of(parts: &Parts) -> String {
    let matched = parts.extensions.get::<MatchedPath>();
    matched.map_or_else(|| "unmatched".to_owned(), |path| path.as_str().to_owned())
}
