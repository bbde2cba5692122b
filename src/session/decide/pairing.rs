//! Pairing: hand-off links are offered, claimed once, confirmed, ended.

use super::Draft;
use crate::digest::Sha256;
use crate::id::LinkId;
use crate::moment::Moment;
use crate::refusal::Refusal;
use crate::session::{
    ClaimLink, ClaimedLink, Done, EndOfLink, Event, HandoffLink, LinkState, MatchNumber, Session,
};

/// Refuses a phone whose link is over, or whose time is.
pub(super) fn must_be_held(session: &Session, link: LinkId, now: Moment) -> Result<(), Refusal> {
    let idle = session.phone_idle_at(link).is_some_and(|at| now >= at);
    match session.view.link(link).map(|link| &link.state) {
        Some(LinkState::Claimed { .. }) if idle => Err(Refusal::LinkEnded {
            why: EndOfLink::Idle,
        }),
        Some(LinkState::Claimed { .. }) => Ok(()),
        Some(LinkState::Ended { why, .. }) => Err(Refusal::LinkEnded { why: *why }),
        Some(LinkState::Offered) | None => Err(Refusal::LinkUnknown),
    }
}

/// Refuses a phone whose user has not said that this is the right patient.
pub(super) fn must_be_confirmed(session: &Session, link: LinkId) -> Result<(), Refusal> {
    match session.view.link(link).map(|link| &link.state) {
        Some(LinkState::Claimed {
            confirmed: true, ..
        }) => Ok(()),
        _ => Err(Refusal::PatientNotConfirmed),
    }
}

pub(super) fn offer(
    draft: &mut Draft,
    id: LinkId,
    code: Sha256,
    number: MatchNumber,
) -> Result<Done, Refusal> {
    if draft.next.view.link(id).is_some() {
        return Err(Refusal::RequestReused);
    }
    let open: Vec<LinkId> = draft
        .next
        .view
        .links
        .iter()
        .filter(|link| link.state == LinkState::Offered)
        .map(|link| link.id)
        .collect();
    for link in open {
        end(draft, link, EndOfLink::Replaced);
    }
    let expires_at = draft.now.plus(draft.next.limits.pairing);
    draft.next.tokens.codes.insert(id, code);
    draft.happened(Event::LinkOffered {
        link: HandoffLink {
            id,
            number,
            expires_at,
            state: LinkState::Offered,
        },
    });
    Ok(Done)
}

pub(super) fn claim(draft: &mut Draft, claim: ClaimLink) -> Result<ClaimedLink, Refusal> {
    let ClaimLink {
        code,
        cookie,
        device,
    } = claim;
    let known = draft
        .next
        .tokens
        .codes
        .iter()
        .find(|(_, digest)| **digest == code);
    let link = *known.ok_or(Refusal::LinkUnknown)?.0;
    let offered = draft.next.view.link(link).ok_or(Refusal::LinkUnknown)?;
    match offered.state {
        LinkState::Offered if draft.now < offered.expires_at => {}
        LinkState::Offered => {
            return Err(Refusal::LinkEnded {
                why: EndOfLink::Expired,
            });
        }
        LinkState::Claimed { .. }
        | LinkState::Ended {
            device: Some(_), ..
        } => return Err(Refusal::LinkUsed),
        LinkState::Ended { why, device: None } => return Err(Refusal::LinkEnded { why }),
    }
    draft.next.tokens.phones.insert(link, cookie);
    draft.next.phone_active_at.insert(link, draft.now);
    let at = draft.now;
    draft.happened(Event::LinkClaimed { link, device, at });
    Ok(ClaimedLink { link })
}

pub(super) fn confirm(draft: &mut Draft, link: LinkId) -> Result<Done, Refusal> {
    if must_be_confirmed(&draft.next, link).is_err() {
        draft.happened(Event::PatientConfirmed { link });
    }
    Ok(Done)
}

pub(super) fn decline(draft: &mut Draft, link: LinkId) -> Result<Done, Refusal> {
    end(draft, link, EndOfLink::Declined);
    Ok(Done)
}

pub(super) fn leave(draft: &mut Draft, link: LinkId) -> Result<Done, Refusal> {
    end(draft, link, EndOfLink::Left);
    Ok(Done)
}

pub(super) fn revoke(draft: &mut Draft, link: LinkId) -> Result<Done, Refusal> {
    let state = &draft
        .next
        .view
        .link(link)
        .ok_or(Refusal::LinkUnknown)?
        .state;
    if !matches!(state, LinkState::Ended { .. }) {
        end(draft, link, EndOfLink::Revoked);
    }
    Ok(Done)
}

/// Ends a link. The digests of its tokens stay, so that a late phone is told why and not only "unknown".
pub(super) fn end(draft: &mut Draft, link: LinkId, why: EndOfLink) {
    draft.next.phone_active_at.remove(&link);
    draft.happened(Event::LinkEnded { link, why });
}
