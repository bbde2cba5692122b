//! A person looked into Medtech.

use super::{entry, file, queue};
use crate::id::PictureId;
use crate::refusal::Refusal;
use crate::session::decide::Draft;
use crate::session::{KnownBy, Reply, Stage};

/// "It is there" is taken at any time while nobody knows. "It is not there" only once the program has given up:
/// before that the gateway may still be about to create it.
pub(in crate::session::decide) fn settle(
    draft: &mut Draft,
    picture: PictureId,
    present: bool,
) -> Result<Reply, Refusal> {
    let filing = entry(draft, picture).map_err(|_| Refusal::Stale)?;
    let target = filing.target();
    match (&filing.stage, present, target) {
        (Stage::Unknown(_) | Stage::NeedsCheck, true, Some(target)) => {
            file(draft, picture, target, KnownBy::Person)?;
        }
        (Stage::NeedsCheck, false, _) => queue(draft, picture)?,
        (Stage::Unknown(_), false, _) => return Err(Refusal::PictureFixed),
        _ => return Err(Refusal::Stale),
    }
    Ok(Reply::Done)
}
