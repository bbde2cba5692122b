//! QR codes are offered, phones claim them.

use super::{Door, Services};
use crate::id::LinkId;
use crate::moment::Moment;
use crate::refusal::Refusal;
use crate::session::{Act, Actor, DeviceLabel, Key, MatchNumber, Reply, SessionView};

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
    /// The phone's key, for the cookie.
    pub key: Key,
    /// The session as this phone may see it.
    pub view: SessionView,
}

impl Services {
    /// Offers a new link on the desktop; one that nobody claimed yet is replaced.
    ///
    /// # Errors
    /// As [`Services::enter`], or the store being away.
    pub async fn offer_link(&self, door: Door, key: Option<&Key>) -> Result<OfferedLink, Refusal> {
        let (session, actor) = self.enter(door, key).await?;
        let link = LinkId::from_bits(self.entropy.bits());
        let code = Key {
            session: session.view.id,
            secret: self.secret(1),
        };
        let number = MatchNumber::from_bits(self.entropy.bits());
        let act = Act::OfferLink {
            link,
            code: code.digest(),
            number,
        };
        let (session, _) = self.carry_out(session.view.id, actor, act).await?;
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
    pub async fn claim_link(&self, code: &str, device: DeviceLabel) -> Result<Claimed, Refusal> {
        let code: Key = code.trim().parse().map_err(|_| Refusal::LinkUnknown)?;
        let key = Key {
            session: code.session,
            secret: self.secret(2),
        };
        let act = Act::ClaimLink {
            code: code.digest(),
            cookie: key.digest(),
            device,
        };
        let claimed = self.carry_out(code.session, Actor::Stranger, act).await;
        let (session, reply) = claimed.map_err(|refusal| match refusal {
            Refusal::SessionUnknown => Refusal::LinkUnknown,
            other => other,
        })?;
        let Reply::Claimed { link } = reply else {
            return Err(Refusal::LinkUnknown);
        };
        Ok(Claimed {
            key,
            view: session.view.for_phone(link),
        })
    }

    /// Carries out what the holder of a key asks for and returns nothing but that it is done. For acts that need no
    /// outside work: confirm, decline, leave, revoke, describe, remove, commit, settle, end.
    ///
    /// # Errors
    /// As [`Services::enter`] and [`crate::session::decide`], or the store being away.
    pub async fn act(&self, door: Door, key: Option<&Key>, act: Act) -> Result<(), Refusal> {
        let (session, actor) = self.enter(door, key).await?;
        self.carry_out(session.view.id, actor, act).await.map(drop)
    }
}
