//! What the entries of the outbox come to for one picture. It is shown as under way as long as any of them is, and as
//! filed when all are.

use super::{Filing, Record, Stage};
use crate::id::PictureId;
use crate::picture::PictureState;
use crate::session::Session;

impl Filing {
    /// How a picture stands that has only this entry; nothing when its pages were filed otherwise.
    #[must_use]
    pub fn shows(&self) -> Option<PictureState> {
        Some(match &self.stage {
            Stage::Queued {
                not_before,
                failure,
            } => match failure.clone() {
                Some(failure) => PictureState::Waiting {
                    failure,
                    until: *not_before,
                },
                None => PictureState::Queued,
            },
            Stage::Sending(_) => PictureState::Sending,
            Stage::Unknown(search) => PictureState::Unknown {
                failure: search.failure.clone(),
            },
            Stage::NeedsCheck { failure, sent } => PictureState::NeedsCheck {
                failure: failure.clone(),
                sent: *sent,
                target: self.target()?,
            },
            Stage::Failed(failure) => PictureState::Failed {
                failure: failure.clone(),
            },
            Stage::Filed => PictureState::Filed {
                records: self.records.clone(),
                at: self.committed_at,
            },
            Stage::Replaced => return None,
        })
    }
}

impl Session {
    /// The entries that hold a picture; also one that others took the place of, because it may be in the record at one of
    /// two targets.
    pub fn entries_of(&self, picture: PictureId) -> impl Iterator<Item = &Filing> {
        let filings = self.filings.values();
        filings.filter(move |filing| filing.holds(picture))
    }

    /// How a committed picture stands, all its entries taken together; nothing for one that was not committed.
    #[must_use]
    pub fn standing(&self, picture: PictureId) -> Option<PictureState> {
        let first = self
            .entries_of(picture)
            .filter_map(Filing::shows)
            .max_by_key(urgency)?;
        let PictureState::Filed { at, .. } = first else {
            return Some(first);
        };
        let records = self.entries_of(picture).flat_map(|filing| &filing.records);
        let mut records: Vec<Record> = records.cloned().collect();
        records.sort_by_key(|record| record.at);
        let at = records.last().map_or(at, |record| record.at);
        Some(PictureState::Filed { records, at })
    }
}

/// Which of several states is shown: first what a person has to do, then what the program is at, then what has ended.
fn urgency(state: &PictureState) -> u8 {
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
