//! The session as this browser sees it, kept up to date over the event stream.

use crate::api::{ApiError, ApiResult, desk_snapshot, phone_snapshot};
use crate::browser::{self, EventStream, FeedMessage};
use clinical_images::access::Scope;
use clinical_images::refusal::Refusal;
use clinical_images::session::SessionView;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long to wait before a refused stream is tried again.
const PAUSE: Duration = Duration::from_secs(2);

/// How the stream is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Connection {
    /// Not opened yet.
    Opening,
    /// Changes arrive as they happen.
    Live,
    /// Broken; being opened again.
    Interrupted,
}

/// The session's view, updated by the event stream. Copies share it.
#[derive(Clone, Copy)]
pub struct SessionFeed {
    /// The scope that the page acts in.
    pub scope: Scope,
    /// The session.
    pub view: RwSignal<SessionView>,
    /// How the stream is doing.
    pub connection: RwSignal<Connection>,
    /// Why this browser may no longer see the session, if so.
    pub closed: RwSignal<Option<ApiError>>,
    stream: StoredValue<Option<EventStream>>,
}

impl SessionFeed {
    /// Shows a session; follows it once the page is alive in a browser.
    #[must_use]
    pub fn new(scope: Scope, view: SessionView) -> Self {
        let feed = Self {
            scope,
            view: RwSignal::new(view),
            connection: RwSignal::new(Connection::Opening),
            closed: RwSignal::new(None),
            stream: StoredValue::new(None),
        };
        Effect::new(move |_| feed.open());
        feed
    }

    fn open(self) {
        if self.view.with_untracked(|view| view.ended.is_some()) {
            return;
        }
        let after = self
            .view
            .with_untracked(|view| format!("{}.{}", view.epoch, view.revision));
        let stream = browser::open_event_stream(
            &crate::api::events_path(self.scope),
            &after,
            move |message| {
                self.on_message(message);
            },
        );
        self.stream.set_value(stream);
    }

    fn on_message(self, message: FeedMessage) {
        match message {
            FeedMessage::Open => self.connection.set(Connection::Live),
            FeedMessage::Interrupted => self.connection.set(Connection::Interrupted),
            FeedMessage::Closed => {
                self.connection.set(Connection::Interrupted);
                spawn_local(async move {
                    browser::sleep(PAUSE).await;
                    self.refresh().await;
                    if self.closed.get_untracked().is_none() {
                        self.open();
                    }
                });
            }
            FeedMessage::Snapshot(view) => self.apply_snapshot(Ok(*view)),
            FeedMessage::Event(sequenced) => {
                let folded = self.view.try_update(|view| view.apply(&sequenced));
                if let Some(Err(_)) = folded {
                    spawn_local(self.refresh());
                }
            }
        }
        if self.view.with_untracked(|view| view.ended.is_some()) {
            self.stream.set_value(None);
        }
    }

    /// Loads a snapshot: on a person's request, and when the stream has missed an event.
    pub async fn refresh(self) {
        let snapshot = match self.scope {
            Scope::Desktop(session) => desk_snapshot(session).await,
            Scope::Phone(_) => phone_snapshot().await,
        };
        self.apply_snapshot(snapshot);
    }

    fn apply_snapshot(self, snapshot: ApiResult<SessionView>) {
        match snapshot {
            // The same browser has joined another session meanwhile: this page must not turn into that one.
            Ok(view)
                if view.id != self.view.with_untracked(|now| now.id) || !self.is_own(&view) =>
            {
                self.close(ApiError::Refused(Refusal::OtherLink));
            }
            // An answer that was overtaken by the stream on its way.
            Ok(view)
                if self.view.with_untracked(|now| {
                    now.epoch == view.epoch && now.revision > view.revision
                }) => {}
            Ok(view) => self.view.set(view),
            // Away for the moment: what is on the screen is still the best there is.
            Err(ApiError::Offline | ApiError::Broken) => {}
            Err(ApiError::Refused(refusal)) if refusal.is_transient() => {}
            Err(error) => self.close(error),
        }
    }

    fn is_own(self, view: &SessionView) -> bool {
        match self.scope {
            Scope::Desktop(_) => true,
            Scope::Phone(link) => link.is_none_or(|link| view.link(link).is_some()),
        }
    }

    /// Ends the stream and shows the page as closed for this reason.
    pub fn close(self, error: ApiError) {
        self.stream.set_value(None);
        self.closed.set(Some(error));
    }

    /// Closes the page when an answer says that this browser has lost its access: the session or link has ended, or was
    /// replaced.
    pub fn close_if_revoked<T>(self, answer: &ApiResult<T>) {
        let Err(ApiError::Refused(refusal)) = answer else {
            return;
        };
        let revoked = matches!(
            refusal,
            Refusal::NoAccessToken
                | Refusal::SessionUnknown
                | Refusal::OtherLink
                | Refusal::SessionEnded { .. }
                | Refusal::LinkEnded { .. }
        );
        if revoked {
            self.close(ApiError::Refused(refusal.clone()));
        }
    }
}
