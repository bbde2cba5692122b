//! Who comes in by which door.

use super::Services;
use crate::id::{LinkId, SessionId};
use crate::refusal::Refusal;
use crate::session::{Actor, Key, LinkState, Session, SessionView};
use serde::{Deserialize, Serialize};

/// The two ways into a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "door", rename_all = "camelCase")]
pub enum Door {
    /// The desktop of this session. A browser may hold several, one a tab.
    Desk {
        /// Which session.
        session: SessionId,
    },
    /// The phone. A browser holds one link at a time.
    Phone {
        /// The link that the page believes to hold. A page that was left open while the same browser joined another
        /// session must not reach into that one.
        link: Option<LinkId>,
    },
}

impl Services {
    /// Finds who holds a key, and refuses keys that open nothing or open another door.
    ///
    /// # Errors
    /// `NoKey`, `NotAllowed`, `SessionUnknown`, and for phones `OtherLink`, `LinkEnded` or `SessionEnded`.
    pub async fn enter(&self, door: Door, key: Option<&Key>) -> Result<(Session, Actor), Refusal> {
        let key = key.ok_or(Refusal::NoKey)?;
        let session = self.load(key.session).await?;
        let actor = session.holder(key.digest()).ok_or(Refusal::NoKey)?;
        match (door, actor) {
            (Door::Desk { session: wanted }, Actor::Desktop) if wanted == session.view.id => {}
            (Door::Phone { link: believed }, Actor::Phone(link)) => {
                if believed.is_some_and(|believed| believed != link) {
                    return Err(Refusal::OtherLink);
                }
                if let Some(why) = session.view.ended {
                    return Err(Refusal::SessionEnded { why });
                }
                if let Some(LinkState::Ended { why, .. }) =
                    session.view.link(link).map(|link| &link.state)
                {
                    return Err(Refusal::LinkEnded { why: *why });
                }
            }
            _ => return Err(Refusal::NotAllowed),
        }
        Ok((session, actor))
    }

    /// The session as whoever holds the key may see it.
    ///
    /// # Errors
    /// As [`Services::enter`].
    pub async fn snapshot(&self, door: Door, key: Option<&Key>) -> Result<SessionView, Refusal> {
        let (session, actor) = self.enter(door, key).await?;
        Ok(view_for(&session.view, actor))
    }
}

/// The part of a session that an actor may see.
pub(super) fn view_for(view: &SessionView, actor: Actor) -> SessionView {
    match actor {
        Actor::Phone(link) => view.for_phone(link),
        Actor::Desktop | Actor::Stranger | Actor::Server => view.clone(),
    }
}
