//! Authentication: whose bearer token this is, and whether it belongs to the scope that the caller names. What the caller
//! may do is authorized elsewhere, by `authorize` in `session::decide`.

use super::Services;
use crate::access::Scope;
use crate::refusal::Refusal;
use crate::session::{AccessToken, Actor, LinkState, Session, SessionView};

impl Services {
    /// Finds whose token this is; refuses tokens that no session knows and tokens of another scope.
    ///
    /// # Errors
    /// `NoAccessToken`, `NotAllowed`, `SessionUnknown`, and for phones `OtherLink`, `LinkEnded` or `SessionEnded`.
    pub async fn authenticate(
        &self,
        scope: Scope,
        token: Option<&AccessToken>,
    ) -> Result<(Session, Actor), Refusal> {
        let token = token.ok_or(Refusal::NoAccessToken)?;
        let session = self.load(token.session).await?;
        let actor = session
            .actor_of(token.digest())
            .ok_or(Refusal::NoAccessToken)?;
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
            _ => return Err(Refusal::NotAllowed),
        }
        Ok((session, actor))
    }

    /// The session as the holder of the token may see it.
    ///
    /// # Errors
    /// As [`Services::authenticate`].
    pub async fn snapshot(
        &self,
        scope: Scope,
        token: Option<&AccessToken>,
    ) -> Result<SessionView, Refusal> {
        let (session, actor) = self.authenticate(scope, token).await?;
        Ok(view_for(&session.view, actor))
    }
}

/// The part of a session that an actor may see.
pub(super) fn view_for(view: &SessionView, actor: Actor) -> SessionView {
    match actor {
        Actor::Phone(link) => view.redacted_for(link),
        Actor::Desktop | Actor::Unpaired | Actor::Server => view.clone(),
    }
}
