//! A person looked into Medtech.

use super::{entry, file, queue};
use crate::id::{FilingId, PictureId};
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{KnownBy, Reply, Session, Stage};

/// "It is there" is taken at any time while nobody knows. "It is not there" only once the program has given up:
/// before that the gateway may still be about to create it. Said of one page it is said of the document.
pub(in crate::session::decide) fn settle(
    draft: &mut Draft,
    picture: PictureId,
    present: bool,
) -> Result<Reply, Refusal> {
    let id = asked_about(&draft.next, picture).ok_or(Refusal::Stale)?;
    let filing = entry(draft, id)?;
    match (&filing.stage, present, filing.target()) {
        (_, true, Some(target)) => file(draft, id, target, KnownBy::Person)?,
        (Stage::NeedsCheck { .. }, false, _) => queue(draft, id)?,
        _ => return Err(Refusal::PictureFixed),
    }
    Ok(Reply::Done)
}

/// The entry of which nobody knows; of two, the one that waits for a person.
fn asked_about(session: &Session, picture: PictureId) -> Option<FilingId> {
    let open = session.filings.iter().filter_map(|(id, filing)| {
        let urgency = match filing.stage {
            Stage::NeedsCheck { .. } => 0,
            Stage::Unknown(_) => 1,
            _ => return None,
        };
        filing.holds(picture).then_some((urgency, *id))
    });
    open.min().map(|(_, id)| id)
}
