//! The session as this browser sees it, kept up to date over the event stream.

use crate::api::{ApiError, ApiResult, desk_snapshot, phone_snapshot};
use crate::browser::{self, FeedMessage, Follower};
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

/// A session that follows its events. Copies share it.
#[derive(Clone, Copy)]
pub struct Live {
    /// The scope that the page acts in.
    pub scope: Scope,
    /// The session.
    pub view: RwSignal<SessionView>,
    /// How the stream is doing.
    pub connection: RwSignal<Connection>,
    /// Why this browser may no longer see the session, if so.
    pub closed: RwSignal<Option<ApiError>>,
    follower: StoredValue<Option<Follower>>,
}

impl Live {
    /// Shows a session; follows it once the page is alive in a browser.
    #[must_use]
    pub fn new(scope: Scope, view: SessionView) -> Self {
        let live = Self {
            scope,
            view: RwSignal::new(view),
            connection: RwSignal::new(Connection::Opening),
            closed: RwSignal::new(None),
            follower: StoredValue::new(None),
        };
        Effect::new(move |_| live.open());
        live
    }

    fn open(self) {
        if self.view.with_untracked(|view| view.ended.is_some()) {
            return;
        }
        let after = self
            .view
            .with_untracked(|view| format!("{}.{}", view.epoch, view.revision));
        let follower = browser::follow(
            &crate::api::events_path(self.scope),
            &after,
            move |followed| {
                self.hear(followed);
            },
        );
        self.follower.set_value(follower);
    }

    fn hear(self, followed: FeedMessage) {
        match followed {
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
            FeedMessage::Snapshot(view) => self.take(Ok(*view)),
            FeedMessage::Event(sequenced) => {
                let folded = self.view.try_update(|view| view.apply(&sequenced));
                if let Some(Err(_)) = folded {
                    spawn_local(self.refresh());
                }
            }
        }
        if self.view.with_untracked(|view| view.ended.is_some()) {
            self.follower.set_value(None);
        }
    }

    /// Takes a snapshot, for a person who does not trust the stream, and for the stream that missed something.
    pub async fn refresh(self) {
        let snapshot = match self.scope {
            Scope::Desktop(session) => desk_snapshot(session).await,
            Scope::Phone(_) => phone_snapshot().await,
        };
        self.take(snapshot);
    }

    fn take(self, snapshot: ApiResult<SessionView>) {
        match snapshot {
            // The same browser has joined another session meanwhile: this page must not turn into that one.
            Ok(view)
                if view.id != self.view.with_untracked(|now| now.id) || !self.is_own(&view) =>
            {
                self.shut(ApiError::Refused(Refusal::OtherLink));
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
            Err(error) => self.shut(error),
        }
    }

    fn is_own(self, view: &SessionView) -> bool {
        match self.scope {
            Scope::Desktop(_) => true,
            Scope::Phone(link) => link.is_none_or(|link| view.link(link).is_some()),
        }
    }

    /// The server no longer lets this browser in.
    pub fn shut(self, error: ApiError) {
        self.follower.set_value(None);
        self.closed.set(Some(error));
    }

    /// Looks at an answer to anything that was asked: one that says that access has ended closes the page.
    pub fn notice<T>(self, answer: &ApiResult<T>) {
        let Err(ApiError::Refused(refusal)) = answer else {
            return;
        };
        let shut = matches!(
            refusal,
            Refusal::NoAccessToken
                | Refusal::SessionUnknown
                | Refusal::OtherLink
                | Refusal::SessionEnded { .. }
                | Refusal::LinkEnded { .. }
        );
        if shut {
            self.shut(ApiError::Refused(refusal.clone()));
        }
    }
}
