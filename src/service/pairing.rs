//! Pairing a phone with a session: the desktop offers a QR code, a phone claims it.

use super::{Authenticated, Services};
use crate::id::LinkId;
use crate::moment::Moment;
use crate::refusal::Refusal;
use crate::session::{
    AccessToken, Actor, ClaimLink, ClaimedLink, Command, DeviceKind, MatchNumber, SessionView,
};

/// A link as the desktop shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfferedLink {
    /// Its name in the session.
    pub link: LinkId,
    /// What the QR code says: the phone page with the code behind `#`, where no log sees it.
    pub url: String,
    /// From then on it claims nothing.
    pub expires_at: Moment,
}

/// What a phone gets for its code.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// The phone's access token, for the cookie.
    pub token: AccessToken,
    /// The session as this phone may see it.
    pub view: SessionView,
}

impl Services {
    /// Offers a new link on the desktop; one that nobody claimed yet is replaced.
    ///
    /// # Errors
    /// `NotAllowed`, `SessionEnded`, or the store being unavailable.
    pub async fn offer_link(&self, caller: Authenticated) -> Result<OfferedLink, Refusal> {
        let link = LinkId::from_bits(self.entropy.bits());
        let code = AccessToken {
            session: caller.session.view.id,
            secret: self.secret(1),
        };
        let number = MatchNumber::from_bits(self.entropy.bits());
        let command = Command::OfferLink {
            link,
            code: code.digest(),
            number,
        };
        let (session, _) = self
            .execute_on(caller.session, caller.actor, command)
            .await?;
        let offered = session.view.link(link).ok_or(Refusal::LinkUnknown)?;
        let url = format!("{}/phone#{code}", self.settings.public_url);
        Ok(OfferedLink {
            link,
            url,
            expires_at: offered.expires_at,
        })
    }

    /// Claims a link for the phone that shows its code.
    ///
    /// # Errors
    /// `LinkUnknown`, `LinkUsed`, `LinkEnded`, `SessionEnded`, or the store being away.
    pub async fn claim_link(&self, code: &str, device: DeviceKind) -> Result<Claimed, Refusal> {
        let code: AccessToken = code.trim().parse().map_err(|_| Refusal::LinkUnknown)?;
        let token = AccessToken {
            session: code.session,
            secret: self.secret(2),
        };
        let command = ClaimLink {
            code: code.digest(),
            cookie: token.digest(),
            device,
        };
        let claimed = self.execute(code.session, Actor::Unpaired, command).await;
        let (session, ClaimedLink { link }) = claimed.map_err(|refusal| match refusal {
            Refusal::SessionUnknown => Refusal::LinkUnknown,
            other => other,
        })?;
        Ok(Claimed {
            token,
            view: session.view.redacted_for(link),
        })
    }
}
