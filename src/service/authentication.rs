//! Authentication: whose bearer token this is, and whether it belongs to the scope that the caller names. What the caller
//! may do is authorized elsewhere: commands in `session::decide`, reads where they are done, both by [`crate::access`].

use super::Services;
use crate::access::{Operation, Scope, authorize};
use crate::refusal::Refusal;
use crate::session::{AccessToken, Actor, Command, LinkState, Session, SessionView};

/// A caller whose token was found: the session as it was loaded for that, and who the caller is in it. Only
/// [`Services::authenticate`] makes one.
#[derive(Clone, Debug)]
pub struct Authenticated {
    pub(super) session: Session,
    pub(super) actor: Actor,
}

impl Authenticated {
    /// Refuses what the caller's role may not ask for.
    pub(super) fn may(&self, operation: Operation) -> Result<(), Refusal> {
        authorize(self.actor.role(), operation)
    }
}

impl Services {
    /// Finds whose token this is; refuses tokens that no session knows and tokens of another scope.
    ///
    /// # Errors
    /// `NoAccessToken`, `NotAllowed`, `SessionUnknown`, and for phones `OtherLink`, `LinkEnded` or `SessionEnded`.
    pub async fn authenticate(
        &self,
        scope: Scope,
        token: Option<&AccessToken>,
    ) -> Result<Authenticated, Refusal> {
        let token = token.ok_or(Refusal::NoAccessToken)?;
        let session = self.load(token.session).await?;
        // The same as for a session that is not there: who made a key up learns nothing from the answer.
        let actor = session
            .actor_of(token.digest())
            .ok_or(Refusal::SessionUnknown)?;
        match (scope, actor) {
            (Scope::Desktop(wanted), Actor::Desktop) if wanted == session.view.id => {}
            (Scope::Phone(believed), Actor::Phone(link)) => {
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
            (
                Scope::Desktop(_) | Scope::Phone(_),
                Actor::Desktop | Actor::Phone(_) | Actor::Unpaired | Actor::Server,
            ) => return Err(Refusal::NotAllowed),
        }
        Ok(Authenticated { session, actor })
    }

    /// Executes a command for an authenticated caller and returns only that it is done. For commands that need no outside
    /// work: confirm, decline, leave, revoke, describe, remove, commit, resolve manually, end.
    ///
    /// # Errors
    /// As [`crate::session::decide`], or the store being unavailable.
    pub async fn run(&self, caller: Authenticated, command: Command) -> Result<(), Refusal> {
        self.execute_on(caller.session, caller.actor, command)
            .await
            .map(drop)
    }

    /// The session as the caller may see it.
    ///
    /// # Errors
    /// `NotAllowed`.
    pub fn view(&self, caller: Authenticated) -> Result<SessionView, Refusal> {
        caller.may(Operation::ReadSession)?;
        Ok(view_for(&caller.session.view, caller.actor))
    }
}

/// The part of a session that an actor may see.
pub(super) fn view_for(view: &SessionView, actor: Actor) -> SessionView {
    match actor {
        Actor::Phone(link) => view.redacted_for(link),
        Actor::Desktop | Actor::Unpaired | Actor::Server => view.clone(),
    }
}
