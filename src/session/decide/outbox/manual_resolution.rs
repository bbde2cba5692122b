//! Manual resolution: a person checked in Medtech whether a picture is there.

use super::{entry, mark_filed, requeue};
use crate::id::{OutboxEntryId, PictureId};
use crate::outbox::{OutboxEntry, OutboxState};
use crate::record::{KnownBy, Target};
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{Done, Session};

/// "It is there" is accepted at any time while the outcome is unknown. "It is not there" only once the program has given up:
/// before that the gateway may still be about to create it. Said of one page it is said of the document.
pub(in crate::session::decide) fn resolve_manually(
    draft: &mut Draft,
    (picture, target): (PictureId, Target),
    present: bool,
) -> Result<Done, Refusal> {
    let id = asked_about(&draft.next, picture, target).ok_or(Refusal::Stale)?;
    match (&entry(draft, id)?.state, present) {
        (_, true) => mark_filed(draft, id, target, KnownBy::Person)?,
        (OutboxState::NeedsCheck { .. }, false) => requeue(draft, id)?,
        _ => return Err(Refusal::PictureFixed),
    }
    Ok(Done)
}

/// The entry whose outcome at this target is unknown.
fn asked_about(session: &Session, picture: PictureId, target: Target) -> Option<OutboxEntryId> {
    let is = |entry: &OutboxEntry| {
        let unknown = matches!(
            entry.state,
            OutboxState::NeedsCheck { .. } | OutboxState::Unknown(_)
        );
        unknown && entry.holds(picture) && entry.target() == Some(target)
    };
    let mut entries = session.outbox.iter();
    entries.find(|(_, entry)| is(entry)).map(|(id, _)| *id)
}
