//! Following a session: a snapshot, then every event, each once and in order, across breaks.

use super::access::view_for;
use super::{Door, Services, refused};
use crate::id::SessionId;
use crate::ports::Wakes;
use crate::refusal::Refusal;
use crate::session::{Actor, Key, Numbered, SessionView};
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

/// Text that is no cursor.
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

/// One step of following.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Followed {
    /// Start over from this.
    Snapshot(Box<SessionView>),
    /// Fold these.
    Events(u32, Vec<Numbered>),
    /// Nothing more will come: the session is gone or this reader was cut off.
    Over,
}

impl Services {
    /// Lets the holder of a key follow. Returns wakes that began before anything is read, so that no event falls
    /// between, and who follows what.
    ///
    /// # Errors
    /// As [`Services::enter`].
    pub async fn follow(
        &self,
        door: Door,
        key: Option<&Key>,
    ) -> Result<(SessionId, Actor, Wakes), Refusal> {
        let (session, actor) = self.enter(door, key).await?;
        let id = session.view.id;
        Ok((id, actor, self.sessions.follow(id)))
    }

    /// What is new after `cursor`: events, or a snapshot when the cursor belongs to another history or to the future.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn news(
        &self,
        id: SessionId,
        actor: Actor,
        cursor: Option<Cursor>,
    ) -> Result<Followed, Refusal> {
        let Some(session) = self
            .sessions
            .load(id)
            .await
            .map_err(|fault| refused(&fault))?
        else {
            return Ok(Followed::Over);
        };
        let view = view_for(&session.view, actor);
        let Some(cursor) =
            cursor.filter(|at| at.epoch == view.epoch && at.revision <= view.revision)
        else {
            return Ok(Followed::Snapshot(Box::new(view)));
        };
        let events = self.sessions.events_after(id, cursor.revision).await;
        let Some(mut events) = events.map_err(|fault| refused(&fault))? else {
            return Ok(Followed::Over);
        };
        // What happened since the look at the session is read the next time: only a view at least as new as an event
        // tells whose picture it is about. The wake for it has not been waited for yet.
        events.retain(|numbered| numbered.revision <= view.revision);
        if let Actor::Phone(link) = actor {
            for numbered in &mut events {
                numbered.event = numbered.event.clone().for_phone(link, &view);
            }
        }
        Ok(Followed::Events(view.epoch, events))
    }
}
