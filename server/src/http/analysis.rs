//! An analysis on its way to the desktop: the analyst's text as it is written, as server-sent events in the answer of a POST.
//!
//! The second stream beside `events`, and unlike it ephemeral: nothing is stored, no event has an id, and who comes back begins anew. A
//! POST, because it asks for something that costs money and sends a picture out: no link and no reload can do that, and the same checks
//! of origin and media type stand before it as before server functions.
//!
//! Owns what needs a runtime: the deadline, the reader who goes away, the server that stops. Who may ask, what goes out, how long a text
//! may be and when it is withdrawn is `Services::analyse`'s.
//!
//! | event | data |
//! | --- | --- |
//! | `text` | a JSON string, to be put behind those before it |
//! | `done` | `AnalysisUsage`: the text is complete |
//! | `failed` | `AnalysisFailure`: a code from a closed list, and nothing that the analyst said |
//!
//! The last one is `done` or `failed`. A stream that ends without either broke on its way.

use super::{StreamState, cookies, event_stream, refuse};
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::response::sse::Event as SseEvent;
use clinical_images::access::Scope;
use clinical_images::analysis::{AnalysisFailure, AnalysisPart, AnalysisUsage, Prompt};
use clinical_images::id::{PictureId, SessionId};
use clinical_images::refusal::Refusal;
use clinical_images::service::{Analysis, AnalysisSubject, Services};
use futures::StreamExt as _;
use futures::stream;
use http::header::HeaderMap;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc::{self, Sender};

/// Events that wait for a slow reader at most; the analyst is not read any further meanwhile.
const WAITING: usize = 16;

/// What the desktop sends.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    prompt: Prompt,
}

pub(crate) async fn for_desk(
    State(state): State<StreamState>,
    Path((session, picture)): Path<(String, String)>,
    headers: HeaderMap,
    question: Result<Json<Question>, JsonRejection>,
) -> Response {
    let Ok(session) = session.parse::<SessionId>() else {
        return refuse(Refusal::SessionUnknown);
    };
    let Ok(picture) = picture.parse::<PictureId>() else {
        return refuse(Refusal::PictureUnknown);
    };
    let scope = Scope::Desktop(session);
    match begin(&state.services, scope, &headers, picture, question).await {
        Ok((analysis, subject)) => {
            let (events, mut ready) = mpsc::channel(WAITING);
            // A task of its own, because a connection polls its answer only while the reader takes it: the deadline holds for one who
            // does not read, too.
            tokio::spawn(drive(state, analysis, subject, events));
            event_stream(stream::poll_fn(move |context| ready.poll_recv(context)))
        }
        Err(refusal) => refuse(refusal),
    }
}

async fn begin(
    services: &Services,
    scope: Scope,
    headers: &HeaderMap,
    picture: PictureId,
    question: Result<Json<Question>, JsonRejection>,
) -> Result<(Analysis, AnalysisSubject), Refusal> {
    let token = services.token_among(scope, cookies(headers));
    let caller = services.authenticate(scope, token.as_ref()).await?;
    let Json(Question { prompt }) = question.map_err(|_| Refusal::Malformed)?;
    services.analyse(caller, picture, prompt).await
}

/// Reads the analysis until it ends, by itself or by the first of what may end it. Then the call to the analyst is dropped before the
/// reader is told.
async fn drive(
    state: StreamState,
    analysis: Analysis,
    subject: AnalysisSubject,
    events: Sender<SseEvent>,
) {
    let deadline = analysis.deadline();
    let end = tokio::select! {
        biased;
        // The reader is gone.
        () = events.closed() => return,
        () = state.shutdown.cancelled() => Err(AnalysisFailure::Interrupted),
        why = state.services.until_withdrawn(subject) => Err(why),
        () = tokio::time::sleep(deadline) => Err(AnalysisFailure::TimedOut),
        end = forward(analysis, &events) => end,
    };
    let last = match end {
        Ok(usage) => event("done", &usage),
        Err(failure) => event("failed", &failure),
    };
    // A reader who is gone needs no answer.
    let _ = events.send(last).await;
}

/// Passes the text on, piece by piece.
async fn forward(
    mut analysis: Analysis,
    events: &Sender<SseEvent>,
) -> Result<AnalysisUsage, AnalysisFailure> {
    while let Some(part) = analysis.next().await {
        match part? {
            AnalysisPart::Text(text) => {
                let gone = events.send(event("text", &text)).await.is_err();
                if gone {
                    break;
                }
            }
            AnalysisPart::Done(usage) => return Ok(usage),
        }
    }
    Err(AnalysisFailure::Interrupted)
}

fn event(kind: &str, data: &impl Serialize) -> SseEvent {
    let event = SseEvent::default().event(kind).json_data(data);
    event.expect("texts, numbers and codes can be written as JSON")
}
