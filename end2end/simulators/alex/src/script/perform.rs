//! Performs a scripted reply: the effect, then the response, with its timing.

use std::time::Duration;

use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;

use super::Turn;
use super::change::Answer;
use super::reply::{Effect, Reply, ScriptedResponse, Timing};
use super::response::{buffered, huge_body, into_response, redirect, refused, strange};
use super::timing::{HungUp, breaking_off, dripping, hang_up};
use crate::Simulator;
use crate::auth::has_token;
use crate::call::Call;
use crate::deferred::DeferredWork;
use crate::fhir::base_url;

/// Does with the call what its turn in the script says.
pub(crate) async fn perform(simulator: &Simulator, turn: Turn, call: Call, next: Next) -> Response {
    let reply = turn.reply;
    let own = |delay: super::Delay| delay.time(simulator);
    let time = turn.after.unwrap_or_else(|| own(reply.delay()));
    // A step's own time is that of what happens later, where something does.
    let pause = if reply.effect.comes_later() {
        own(reply.timing.delay())
    } else {
        time
    };
    let truth = act(simulator, reply.effect, time, call.clone(), &next).await;
    if matches!(reply.timing, Timing::Slow | Timing::Stalled) {
        simulator.clock().wait(pause).await;
    }
    let response = speak(simulator, reply, turn.expression, &call, truth).await;
    timed(simulator, reply.timing, pause, response).await
}

/// The plain answer to the call; `None` when the effect does not happen now.
async fn act(
    simulator: &Simulator,
    effect: Effect,
    time: Duration,
    mut call: Call,
    next: &Next,
) -> Option<Response> {
    let run = |call: Call| next.clone().run(call.request());
    match effect {
        Effect::Nothing => None,
        Effect::Once => Some(run(call).await),
        Effect::Twice => {
            let first = run(call.clone()).await;
            run(call).await;
            Some(first)
        }
        Effect::Later => {
            put_off(simulator, time, call, next).await;
            None
        }
        Effect::NowAndLater => {
            let now = run(call.clone()).await;
            put_off(simulator, time, call, next).await;
            Some(now)
        }
        Effect::OnceButHidden => {
            call.circumstances.found_after = Some(time);
            Some(run(call).await)
        }
        Effect::OncePaged => {
            call.parts.uri = requery(&call.parts.uri, |query| format!("{query}&_count=1"));
            Some(run(call).await)
        }
        Effect::OnceUnnarrowed => {
            call.parts.uri = requery(&call.parts.uri, |query| {
                let kept = query
                    .split('&')
                    .filter(|pair| !pair.starts_with("identifier="));
                kept.collect::<Vec<_>>().join("&")
            });
            Some(run(call).await)
        }
    }
}

async fn put_off(simulator: &Simulator, by: Duration, mut call: Call, next: &Next) {
    call.circumstances.admitted = has_token(simulator, &call.parts.headers);
    let next = next.clone();
    DeferredWork::put(simulator, by, async move {
        drop(next.run(call.request()).await);
    })
    .await;
}

/// The address with another query.
fn requery(uri: &Uri, change: impl FnOnce(&str) -> String) -> Uri {
    let asked = format!("{}?{}", uri.path(), change(uri.query().unwrap_or_default()));
    let mut parts = uri.clone().into_parts();
    // What cannot be an address stays as it was asked.
    match PathAndQuery::try_from(asked) {
        Ok(asked) => {
            parts.path_and_query = Some(asked);
            Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
        }
        Err(_) => uri.clone(),
    }
}

async fn speak(
    simulator: &Simulator,
    reply: &Reply,
    expression: Option<String>,
    call: &Call,
    truth: Option<Response>,
) -> Response {
    match &reply.response {
        ScriptedResponse::Unchanged => truth.unwrap_or_else(hang_up),
        ScriptedResponse::Changed(change) => {
            let mut answer = buffered(truth.unwrap_or_else(hang_up)).await;
            if answer.status.is_success() {
                let base = base_url(&call.parts.headers);
                change.apply(simulator, &call.parts.uri, &base, &mut answer);
            }
            into_response(answer)
        }
        ScriptedResponse::Refusal(refusal) => refused(refusal, expression, call.kind()),
        ScriptedResponse::Strange {
            status,
            content_type,
            body,
        } => strange(*status, content_type, body),
        ScriptedResponse::Redirect(status, address) => redirect(*status, *address, call),
        ScriptedResponse::Huge(status) => huge(*status, truth).await,
        ScriptedResponse::NoResponse => hang_up(),
    }
}

/// A refused call is refused in plain words: there is nothing to blow up.
async fn huge(status: StatusCode, truth: Option<Response>) -> Response {
    let Some(truth) = truth else {
        return huge_body(status, None);
    };
    let answer = buffered(truth).await;
    if !answer.status.is_success() {
        return into_response(answer);
    }
    let mut response = huge_body(status, Some(&answer.body));
    for (name, value) in &answer.headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

async fn timed(
    simulator: &Simulator,
    timing: Timing,
    pause: Duration,
    response: Response,
) -> Response {
    if response.extensions().get::<HungUp>().is_some() {
        return response;
    }
    match timing {
        Timing::AtOnce | Timing::Slow | Timing::Stalled => response,
        Timing::Drip | Timing::BreaksOff => {
            let answer = buffered(response).await;
            let Answer { body, .. } = &answer;
            let body = match timing {
                Timing::Drip => dripping(simulator, body.clone(), pause),
                _ => breaking_off(body.clone()),
            };
            let mut response = into_response(answer);
            *response.body_mut() = body;
            response
        }
    }
}
