//! The state of one picture, aggregated over the outbox entries that hold it: under way as long as one of them is, and
//! filed when all are.

use super::{Outbox, OutboxEntry, OutboxState};
use crate::id::PictureId;
use crate::picture::PictureState;
use crate::record::Record;

impl OutboxEntry {
    /// The state of a picture that has only this entry; `None` when the entry was replaced.
    #[must_use]
    pub fn picture_state(&self) -> Option<PictureState> {
        Some(match &self.state {
            OutboxState::Queued {
                not_before,
                failure,
            } => match failure.clone() {
                Some(failure) => PictureState::Waiting {
                    failure,
                    until: *not_before,
                },
                None => PictureState::Queued,
            },
            OutboxState::Sending(_) => PictureState::Sending,
            OutboxState::Unknown(reconciliation) => PictureState::Unknown {
                failure: reconciliation.failure.clone(),
            },
            OutboxState::NeedsCheck { failure, sent } => PictureState::NeedsCheck {
                failure: failure.clone(),
                sent: *sent,
                target: self.target()?,
            },
            OutboxState::Failed(failure) => PictureState::Failed {
                failure: failure.clone(),
            },
            OutboxState::Filed => PictureState::Filed {
                records: self.records.clone(),
                at: self.committed_at,
            },
            OutboxState::Replaced => return None,
        })
    }
}

/// The entries that hold a picture. A replaced entry counts too: it may be in the record at one of two targets.
pub fn entries_of(outbox: &Outbox, picture: PictureId) -> impl Iterator<Item = &OutboxEntry> {
    outbox.values().filter(move |entry| entry.holds(picture))
}

/// The state of a committed picture over all its entries; `None` for a picture that was not committed.
#[must_use]
pub fn state_of(outbox: &Outbox, picture: PictureId) -> Option<PictureState> {
    let first = entries_of(outbox, picture)
        .filter_map(OutboxEntry::picture_state)
        .max_by_key(precedence)?;
    let PictureState::Filed { at, .. } = first else {
        return Some(first);
    };
    let records = entries_of(outbox, picture).flat_map(|entry| &entry.records);
    let mut records: Vec<Record> = records.cloned().collect();
    records.sort_by_key(|record| record.at);
    let at = records.last().map_or(at, |record| record.at);
    Some(PictureState::Filed { records, at })
}

/// Of several states the highest is shown: first what a person has to do, then what is under way, then what has ended.
fn precedence(state: &PictureState) -> u8 {
    match state {
        PictureState::NeedsCheck { .. } => 7,
        PictureState::Unknown { .. } => 6,
        PictureState::Sending => 5,
        PictureState::Waiting { .. } => 4,
        PictureState::Queued => 3,
        PictureState::Failed { .. } => 2,
        PictureState::Reserved | PictureState::Ready => 1,
        PictureState::Filed { .. } => 0,
    }
}
