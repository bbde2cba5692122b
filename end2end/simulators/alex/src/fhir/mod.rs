//! The slice of FHIR R4 that ALEX allows: who may be asked for what, and how a search answers.

use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use axum::{Router, middleware};
use serde_json::{Value, json};

use crate::launch::percent;
use crate::outcome::{Refusal, outcome};
use crate::record::Resource;
use crate::{Simulator, auth, no_such_operation, nondeterminism};

mod check;
mod people;
mod records;

pub(crate) use records::picture_reply;

/// `/FHIR` as documented, and `/fhir` as ALEX's own references spell it.
pub(crate) fn routes(simulator: &Simulator) -> Router<Simulator> {
    Router::new()
        .merge(under("/FHIR"))
        .merge(under("/fhir"))
        .layer(middleware::from_fn_with_state(
            simulator.clone(),
            auth::fhir,
        ))
}

fn under(base: &str) -> Router<Simulator> {
    Router::new()
        .route(&format!("{base}/Patient"), get(people::find_patients))
        .route(&format!("{base}/Patient/{{id}}"), get(people::patient))
        .route(
            &format!("{base}/Practitioner"),
            get(people::find_practitioners),
        )
        .route(
            &format!("{base}/Practitioner/{{id}}"),
            get(people::practitioner),
        )
        .route(&format!("{base}/Location"), get(people::locations))
        .route(&format!("{base}/Location/{{id}}"), get(people::location))
        .merge(kept(base, Resource::Media))
        .merge(kept(base, Resource::DocumentReference))
        .route(&format!("{base}/{{*rest}}"), any(no_such_operation))
}

/// What can be created, read and found, and nothing else.
fn kept(base: &str, kind: Resource) -> Router<Simulator> {
    let all = format!("{base}/{}", kind.name());
    let create = move |state, practice, circumstances, headers, body| {
        records::create(kind, (state, practice), circumstances, headers, body)
    };
    let find = move |state, practice, search, headers| {
        records::find(kind, (state, practice), search, headers)
    };
    let read =
        move |state, practice, id, headers| records::read(kind, (state, practice), id, headers);
    Router::new()
        .route(&format!("{all}/{{id}}"), get(read).fallback(not_allowed))
        .route(&all, post(create).get(find).fallback(not_allowed))
}

/// What was written cannot be changed or deleted.
async fn not_allowed() -> Response {
    let text = "The requested operation is not allowed";
    let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, "not-supported", text);
    ([(header::ALLOW, "GET, POST")], refusal).into_response()
}

/// Where the caller reached us, as a base for references. Empty when the Host header is no host.
pub(crate) fn base_url(headers: &HeaderMap) -> String {
    let host = headers
        .get(header::HOST)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(allowed) {
        return String::new();
    }
    format!("http://{host}")
}

/// The answer of a search. An empty one carries an OperationOutcome, as ALEX's do.
pub(crate) fn searchset(kind: &str, base: &str, found: Vec<Value>) -> Value {
    let total = found.len();
    let mut entries: Vec<_> = found
        .into_iter()
        .map(|resource| {
            let id = resource["id"].as_str().unwrap_or_default();
            json!({
                "fullUrl": format!("{base}/fhir/{kind}/{id}"),
                "resource": resource,
                "search": { "mode": "match" },
            })
        })
        .collect();
    if entries.is_empty() {
        entries.push(json!({
            "resource": outcome("information", "not-found", "No record was found"),
            "search": { "mode": "outcome" },
        }));
    }
    json!({
        "resourceType": "Bundle",
        "id": nondeterminism::id(),
        "type": "searchset",
        "total": total,
        "entry": entries,
    })
}

/// One page of a search's answer, with a link to the next. `_count` says how many a page has, `_page`
/// counts them from 1 and is ours alone: a caller follows the link and does not read it.
fn paged_searchset(kind: &str, base: &str, pairs: &Pairs, found: Vec<Value>) -> Value {
    let number = |name| value_of(pairs, name).and_then(|value| value.parse::<usize>().ok());
    let (total, page) = (found.len(), number("_page").unwrap_or(1).max(1));
    let size = number("_count")
        .filter(|size| *size > 0)
        .unwrap_or(total.max(1));
    let before = size.saturating_mul(page - 1);
    let on_page = found.into_iter().skip(before).take(size).collect();
    let mut bundle = searchset(kind, base, on_page);
    bundle["total"] = json!(total);
    if before.saturating_add(size) < total {
        let kept = pairs.iter().filter(|(name, _)| name != "_page");
        let query: String = kept
            .map(|(name, value)| format!("{}={}&", percent(name), percent(value)))
            .collect();
        let next = format!("{base}/fhir/{kind}?{query}_page={}", page + 1);
        bundle["link"] = json!([{ "relation": "next", "url": next }]);
    }
    bundle
}

/// A `system|value` search token. No bar means any system.
#[derive(Debug, PartialEq, Eq)]
struct Token<'a> {
    system: Option<&'a str>,
    value: &'a str,
}

impl<'a> Token<'a> {
    fn of(text: &'a str) -> Self {
        match text.split_once('|') {
            Some((system, value)) => Self {
                system: Some(system),
                value,
            },
            None => Self {
                system: None,
                value: text,
            },
        }
    }

    fn is_of(&self, system: &str) -> bool {
        self.system.is_none_or(|given| given == system)
    }
}

type Pairs = Vec<(String, String)>;

fn value_of<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}
