//! The change feed of a session: a snapshot, then every event, each once and in order, across breaks of the connection.

use super::authentication::view_for;
use super::{Authenticated, Services, refused};
use crate::access::Operation;
use crate::id::SessionId;
use crate::ports::ChangeNotifications;
use crate::refusal::Refusal;
use crate::session::{Actor, SequencedEvent, SessionView};
use std::fmt;
use std::str::FromStr;

/// A place in a session's history, as it travels in `Last-Event-ID`: `epoch.revision`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The history it belongs to.
    pub epoch: u32,
    /// The last event folded.
    pub revision: u64,
}

/// Text that is not a cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a cursor is written epoch.revision")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;

    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (epoch, revision) = text.split_once('.').ok_or(NotACursor)?;
        Ok(Self {
            epoch: epoch.parse().map_err(|_| NotACursor)?,
            revision: revision.parse().map_err(|_| NotACursor)?,
        })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.epoch, self.revision)
    }
}

/// What a subscriber gets next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedItem {
    /// Start over from this.
    Snapshot(Box<SessionView>),
    /// Fold these.
    Events(u32, Vec<SequencedEvent>),
    /// Nothing more will come: the session is gone or this subscriber was cut off.
    Over,
}

impl Services {
    /// Subscribes the holder of a token to its session. Returns notifications that began before anything is read, so that no
    /// event is missed, and which session it is and as which actor it is seen.
    ///
    /// # Errors
    /// `NotAllowed`.
    pub fn subscribe(
        &self,
        caller: &Authenticated,
    ) -> Result<(SessionId, Actor, ChangeNotifications), Refusal> {
        caller.may(Operation::FollowSession)?;
        let id = caller.session.view.id;
        Ok((id, caller.actor, self.sessions.subscribe(id)))
    }

    /// What has changed since `cursor`: events, or a snapshot when the cursor belongs to another history or to the future.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn changes_since(
        &self,
        id: SessionId,
        actor: Actor,
        cursor: Option<Cursor>,
    ) -> Result<FeedItem, Refusal> {
        let Some(session) = self
            .sessions
            .load(id)
            .await
            .map_err(|fault| refused(&fault))?
        else {
            return Ok(FeedItem::Over);
        };
        let view = view_for(&session.view, actor);
        let Some(cursor) =
            cursor.filter(|at| at.epoch == view.epoch && at.revision <= view.revision)
        else {
            return Ok(FeedItem::Snapshot(Box::new(view)));
        };
        let events = self.sessions.events_after(id, cursor.revision).await;
        let Some(mut events) = events.map_err(|fault| refused(&fault))? else {
            return Ok(FeedItem::Over);
        };
        // What happened after the session was loaded is read the next time: only a view at least as new as an event
        // tells whose picture it is about. Its notification has not been waited for yet.
        events.retain(|sequenced| sequenced.revision <= view.revision);
        if let Actor::Phone(link) = actor {
            for sequenced in &mut events {
                sequenced.event = sequenced.event.redacted_for(link, &view);
            }
        }
        Ok(FeedItem::Events(view.epoch, events))
    }
}
