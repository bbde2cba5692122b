//! Carrying out a scripted reply: the deed, then the word, at its pace.

use std::time::Duration;

use axum::http::uri::PathAndQuery;
use axum::http::{StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;

use super::Turn;
use super::change::Answer;
use super::pace::{HungUp, breaking_off, dripping, hang_up};
use super::reply::{Deed, Pace, Reply, Word};
use super::word::{huge_body, in_hand, redirect, refused, strange, told};
use crate::Simulator;
use crate::call::Call;
use crate::fhir::base_url;
use crate::gate::has_token;
use crate::late::Late;

/// Does with the call what its turn in the script says.
pub(crate) async fn perform(simulator: &Simulator, turn: Turn, call: Call, next: Next) -> Response {
    let reply = turn.reply;
    let own = |delay: super::Delay| delay.time(simulator);
    let time = turn.after.unwrap_or_else(|| own(reply.delay()));
    // A step's own time is that of what happens later, where something does.
    let pause = if reply.deed.comes_later() {
        own(reply.pace.delay())
    } else {
        time
    };
    let truth = act(simulator, reply.deed, time, call.clone(), &next).await;
    if matches!(reply.pace, Pace::Slow | Pace::Stalled) {
        simulator.clock().wait(pause).await;
    }
    let response = speak(simulator, reply, turn.expression, &call, truth).await;
    paced(simulator, reply.pace, pause, response).await
}

/// What was answered to the deed; none when it was not done now.
async fn act(
    simulator: &Simulator,
    deed: Deed,
    time: Duration,
    mut call: Call,
    next: &Next,
) -> Option<Response> {
    let run = |call: Call| next.clone().run(call.request());
    match deed {
        Deed::Nothing => None,
        Deed::Once => Some(run(call).await),
        Deed::Twice => {
            let first = run(call.clone()).await;
            run(call).await;
            Some(first)
        }
        Deed::Later => {
            put_off(simulator, time, call, next).await;
            None
        }
        Deed::NowAndLater => {
            let now = run(call.clone()).await;
            put_off(simulator, time, call, next).await;
            Some(now)
        }
        Deed::OnceButHidden => {
            call.circumstances.found_after = Some(time);
            Some(run(call).await)
        }
        Deed::OncePaged => {
            call.parts.uri = requery(&call.parts.uri, |query| format!("{query}&_count=1"));
            Some(run(call).await)
        }
        Deed::OnceUnnarrowed => {
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
    Late::put(simulator, by, async move {
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
    match &reply.word {
        Word::Truth => truth.unwrap_or_else(hang_up),
        Word::Changed(change) => {
            let mut answer = in_hand(truth.unwrap_or_else(hang_up)).await;
            if answer.status.is_success() {
                let base = base_url(&call.parts.headers);
                change.apply(simulator, &call.parts.uri, &base, &mut answer);
            }
            told(answer)
        }
        Word::Refusal(word) => refused(word, expression, call.kind()),
        Word::Strange {
            status,
            content_type,
            body,
        } => strange(*status, content_type, body),
        Word::Redirect(status, address) => redirect(*status, *address, call),
        Word::Huge(status) => huge(*status, truth).await,
        Word::Silence => hang_up(),
    }
}

/// A refused call is refused in plain words: there is nothing to blow up.
async fn huge(status: StatusCode, truth: Option<Response>) -> Response {
    let Some(truth) = truth else {
        return huge_body(status, None);
    };
    let answer = in_hand(truth).await;
    if !answer.status.is_success() {
        return told(answer);
    }
    let mut response = huge_body(status, Some(&answer.body));
    for (name, value) in &answer.headers {
        response.headers_mut().insert(name, value.clone());
    }
    response
}

async fn paced(simulator: &Simulator, pace: Pace, pause: Duration, response: Response) -> Response {
    if response.extensions().get::<HungUp>().is_some() {
        return response;
    }
    match pace {
        Pace::AtOnce | Pace::Slow | Pace::Stalled => response,
        Pace::Drip | Pace::BreaksOff => {
            let answer = in_hand(response).await;
            let Answer { body, .. } = &answer;
            let body = match pace {
                Pace::Drip => dripping(simulator, body.clone(), pause),
                _ => breaking_off(body.clone()),
            };
            let mut response = told(answer);
            *response.body_mut() = body;
            response
        }
    }
}
