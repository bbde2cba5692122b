//! A person looked into Medtech.

use super::{entry, file, queue};
use crate::id::{FilingId, PictureId};
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{Filing, KnownBy, Reply, Session, Stage, Target};

/// "It is there" is taken at any time while nobody knows. "It is not there" only once the program has given up:
/// before that the gateway may still be about to create it. Said of one page it is said of the document.
pub(in crate::session::decide) fn settle(
    draft: &mut Draft,
    (picture, target): (PictureId, Target),
    present: bool,
) -> Result<Reply, Refusal> {
    let id = asked_about(&draft.next, picture, target).ok_or(Refusal::Stale)?;
    match (&entry(draft, id)?.stage, present) {
        (_, true) => file(draft, id, target, KnownBy::Person)?,
        (Stage::NeedsCheck { .. }, false) => queue(draft, id)?,
        _ => return Err(Refusal::PictureFixed),
    }
    Ok(Reply::Done)
}

/// The entry of which nobody knows whether the record has it there.
fn asked_about(session: &Session, picture: PictureId, target: Target) -> Option<FilingId> {
    let is = |filing: &Filing| {
        let unknown = matches!(filing.stage, Stage::NeedsCheck { .. } | Stage::Unknown(_));
        unknown && filing.holds(picture) && filing.target() == Some(target)
    };
    let mut filings = session.filings.iter();
    filings.find(|(_, filing)| is(filing)).map(|(id, _)| *id)
}
