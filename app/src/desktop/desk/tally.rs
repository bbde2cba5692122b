//! How the pictures of a session stand, counted.

use super::is_committable;
use clinical_images::picture::PictureState;
use clinical_images::session::SessionView;

/// How the pictures of a session stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::desktop) struct Tally {
    /// Pictures in all.
    pub all: usize,
    /// A commit can take them as they are.
    pub committable: usize,
    /// Something is missing before a commit can take them.
    pub lacking: usize,
    /// Their bytes are on their way.
    pub arriving: usize,
    /// Being filed.
    pub under_way: usize,
    /// In the record.
    pub filed: usize,
    /// Not filed.
    pub failed: usize,
    /// Nobody knows whether they were filed.
    pub unknown: usize,
}

impl Tally {
    /// Counts the pictures of a session.
    pub fn of(view: &SessionView) -> Self {
        let mut tally = Self {
            all: view.pictures.len(),
            ..Self::default()
        };
        for picture in &view.pictures {
            match &picture.state {
                PictureState::Reserved => tally.arriving += 1,
                PictureState::Queued
                | PictureState::Waiting { .. }
                | PictureState::Sending
                | PictureState::Unknown { .. } => tally.under_way += 1,
                PictureState::Filed { .. } => tally.filed += 1,
                PictureState::Failed { .. } => tally.failed += 1,
                PictureState::NeedsCheck { .. } => tally.unknown += 1,
                PictureState::Ready => {}
            }
            tally.committable += usize::from(is_committable(picture));
            tally.lacking += usize::from(picture.state.can_commit() && !is_committable(picture));
        }
        tally
    }

    /// Pictures that are not in the record and that nobody is filing.
    pub fn left_over(self) -> usize {
        self.all - self.filed - self.under_way
    }

    /// Whether a commit has taken any picture so far.
    pub fn was_committed(self) -> bool {
        self.under_way + self.filed + self.failed + self.unknown > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_filed_nor_under_way_is_left_over() {
        let tally = Tally {
            all: 7,
            committable: 2,
            filed: 3,
            under_way: 1,
            unknown: 1,
            ..Tally::default()
        };
        assert_eq!(tally.left_over(), 3);
        assert!(tally.was_committed());
        assert!(
            !Tally {
                all: 2,
                committable: 2,
                ..Tally::default()
            }
            .was_committed()
        );
    }
}
