//! The event stream: every change of a session, each once and in order, across breaks (server-sent events).
//!
//! Each event's id is `epoch.revision`; a browser that comes back names the last one it received, and continues from there.

use super::{StreamState, cookies, event_stream, refuse};
use axum::extract::{Path, Query, State};
use axum::response::Response;
use axum::response::sse::Event as SseEvent;
use clinical_images::access::Scope;
use clinical_images::id::SessionId;
use clinical_images::ports::ChangeNotifications;
use clinical_images::refusal::Refusal;
use clinical_images::service::{Cursor, FeedItem};
use clinical_images::session::{Actor, Event, SequencedEvent};
use futures::StreamExt as _;
use futures::stream::{self, Stream};
use http::header::HeaderMap;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::time::Duration;

/// How long a browser waits before it comes back.
const RETRY: Duration = Duration::from_secs(1);

/// Where to begin on the first connection; later ones send `Last-Event-ID`.
#[derive(Deserialize)]
pub(crate) struct After {
    after: Option<String>,
}

pub(crate) async fn for_desk(
    State(state): State<StreamState>,
    Path(session): Path<String>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    let Ok(session) = session.parse::<SessionId>() else {
        return refuse(Refusal::SessionUnknown);
    };
    open(state, Scope::Desktop(session), after, &headers).await
}

pub(crate) async fn for_phone(
    State(state): State<StreamState>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    open(state, Scope::Phone(None), after, &headers).await
}

async fn open(state: StreamState, scope: Scope, after: After, headers: &HeaderMap) -> Response {
    let token = state.services.token_among(scope, cookies(headers));
    let caller = state.services.authenticate(scope, token.as_ref()).await;
    let subscribed = caller.and_then(|caller| state.services.subscribe(&caller));
    let (session, actor, notifications) = match subscribed {
        Ok(subscribed) => subscribed,
        Err(refusal) => return refuse(refusal),
    };
    let last = headers
        .get("last-event-id")
        .and_then(|id| id.to_str().ok())
        .map(str::to_owned);
    let cursor = last.or(after.after).and_then(|text| text.parse().ok());
    let reader = Reader {
        state,
        session,
        actor,
        notifications,
        cursor,
        ready: VecDeque::new(),
        over: false,
    };
    event_stream(reader.stream())
}

/// One open stream.
struct Reader {
    state: StreamState,
    session: SessionId,
    actor: Actor,
    notifications: ChangeNotifications,
    cursor: Option<Cursor>,
    ready: VecDeque<SseEvent>,
    over: bool,
}

impl Reader {
    fn stream(self) -> impl Stream<Item = SseEvent> {
        // The browser counts a stream as open when its first bytes arrive.
        let hello = SseEvent::default().retry(RETRY).comment("following");
        let rest = stream::unfold(self, |mut reader| async move {
            let event = reader.next().await?;
            Some((event, reader))
        });
        stream::once(async { hello }).chain(rest)
    }

    async fn next(&mut self) -> Option<SseEvent> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            if self.over {
                return None;
            }
            if self.read().await {
                continue;
            }
            tokio::select! {
                notified = self.notifications.next() => notified?,
                () = self.state.shutdown.cancelled() => return None,
            }
        }
    }

    /// Reads what is new. `false` when nothing is.
    async fn read(&mut self) -> bool {
        match self
            .state
            .services
            .changes_since(self.session, self.actor, self.cursor)
            .await
        {
            Ok(FeedItem::Snapshot(view)) => {
                let cursor = Cursor {
                    epoch: view.epoch,
                    revision: view.revision,
                };
                self.over = view.ended.is_some();
                self.put("snapshot", cursor, &view);
                true
            }
            Ok(FeedItem::Events(_, events)) if events.is_empty() => false,
            Ok(FeedItem::Events(epoch, events)) => {
                for sequenced in &events {
                    self.over |= self.is_last(sequenced);
                    self.put(
                        "change",
                        Cursor {
                            epoch,
                            revision: sequenced.revision,
                        },
                        sequenced,
                    );
                }
                true
            }
            // The browser comes back by itself and then hears why, if there is a why.
            Ok(FeedItem::Over) | Err(_) => {
                self.over = true;
                true
            }
        }
    }

    /// After these nothing more is for this reader.
    fn is_last(&self, sequenced: &SequencedEvent) -> bool {
        match (&sequenced.event, self.actor) {
            (Event::SessionEnded { .. }, _) => true,
            (Event::LinkEnded { link, .. }, Actor::Phone(own)) => *link == own,
            _ => false,
        }
    }

    fn put(&mut self, kind: &str, cursor: Cursor, data: &impl Serialize) {
        self.cursor = Some(cursor);
        let event = SseEvent::default()
            .event(kind)
            .id(cursor.to_string())
            .json_data(data);
        match event {
            Ok(event) => self.ready.push_back(event),
            Err(fault) => {
                tracing::error!(session.id = %self.session, %fault, "an event could not be written as JSON; its stream ends");
                self.over = true;
            }
        }
    }
}
