//! The end of a session and the passing of time.

use super::{Draft, attempts, outbox, pairing};
use crate::id::{LinkId, PictureId};
use crate::picture::{ObjectKey, PictureState};
use crate::refusal::Refusal;
use crate::session::{Done, EndOfLink, EndOfSession, Event, LinkState};

/// A person ends the session: finished or discarded. That nobody used it only time can say.
pub(super) fn end(draft: &mut Draft, why: EndOfSession) -> Result<Done, Refusal> {
    if why == EndOfSession::Idle {
        return Err(Refusal::NotAllowed);
    }
    let filed = |state: &PictureState| matches!(state, PictureState::Filed { .. });
    let pictures = &draft.next.view.pictures;
    if pictures.iter().any(|picture| picture.state.is_under_way()) {
        return Err(Refusal::PictureFixed);
    }
    if why == EndOfSession::Finished && !pictures.iter().all(|picture| filed(&picture.state)) {
        return Err(Refusal::Stale);
    }
    close(draft, why);
    Ok(Done)
}

pub(super) fn tick(draft: &mut Draft) -> Result<Done, Refusal> {
    outbox::expire_leases(draft);
    if draft.next.ended_at.is_some() {
        return Ok(Done);
    }
    if draft.next.is_idle(draft.now) {
        close(draft, EndOfSession::Idle);
        return Ok(Done);
    }
    for (link, why) in run_out(draft) {
        pairing::end(draft, link, why);
    }
    Ok(Done)
}

/// Links whose time is over.
fn run_out(draft: &Draft) -> Vec<(LinkId, EndOfLink)> {
    let links = draft.next.view.links.iter();
    links
        .filter_map(|link| match link.state {
            LinkState::Offered if draft.now >= link.expires_at => {
                Some((link.id, EndOfLink::Expired))
            }
            LinkState::Claimed { .. } => {
                let idle_at = draft.next.phone_idle_at(link.id)?;
                (draft.now >= idle_at).then_some((link.id, EndOfLink::Idle))
            }
            LinkState::Offered | LinkState::Ended { .. } => None,
        })
        .collect()
}

/// Ends everything: links, and every temporary copy.
fn close(draft: &mut Draft, why: EndOfSession) {
    draft.next.ended_at = Some(draft.now);
    // First, so that a phone reads that the session is over, and not only that its link is.
    draft.happened(Event::SessionEnded { why });
    let open: Vec<LinkId> = draft
        .next
        .view
        .links
        .iter()
        .filter(|link| !matches!(link.state, LinkState::Ended { .. }))
        .map(|link| link.id)
        .collect();
    for link in open {
        pairing::end(draft, link, EndOfLink::Revoked);
    }
    let held: Vec<PictureId> = draft.next.uploads.keys().copied().collect();
    for picture in held {
        attempts::schedule_deletion(draft, picture);
    }
}

pub(super) fn objects_deleted(draft: &mut Draft, keys: &[ObjectKey]) -> Result<Done, Refusal> {
    let before = draft.next.pending_deletions.len();
    draft
        .next
        .pending_deletions
        .retain(|pending| !keys.contains(&pending.key));
    draft.touched |= draft.next.pending_deletions.len() != before;
    Ok(Done)
}
