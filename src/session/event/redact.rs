//! Redaction: what a phone may see of an event.

use super::Event;
use crate::id::{LinkId, PictureId};
use crate::picture::Source;
use crate::session::SessionView;

impl Event {
    /// The event, redacted for the phone on `link`. `now` is the phone's own view at any later revision: it tells
    /// whose pictures an event is about.
    #[must_use]
    pub fn redacted_for(self, link: LinkId, now: &SessionView) -> Self {
        let own = |source: Source| source == Source::Phone(link);
        let known = |picture: &PictureId| now.picture(*picture).is_some();
        match &self {
            Self::PictureReserved { picture } if !own(picture.source) => {
                // A further attempt at a known picture adds nothing to the count; only the first reservation
                // (whose picture has revision 0) does.
                Self::Redacted {
                    others: i32::from(picture.revision == 0),
                }
            }
            Self::PictureRemoved { source, .. } if !own(*source) => Self::Redacted { others: -1 },
            Self::PicturesDescribed { pictures, change } => {
                let pictures: Vec<_> = pictures.iter().copied().filter(|id| known(id)).collect();
                if pictures.is_empty() {
                    Self::Redacted { others: 0 }
                } else {
                    Self::PicturesDescribed {
                        pictures,
                        change: change.clone(),
                    }
                }
            }
            Self::PagesAssigned { pages } => Self::PagesAssigned {
                pages: pages.iter().copied().filter(|(id, _)| known(id)).collect(),
            },
            Self::FilingQueued { pictures } => Self::FilingQueued {
                pictures: pictures.iter().copied().filter(|id| known(id)).collect(),
            },
            Self::PictureArrived { picture }
            | Self::FilingBegan { picture }
            | Self::Filed { picture, .. }
            | Self::FilingFailed { picture, .. }
            | Self::FilingPostponed { picture, .. }
            | Self::FilingNeedsCheck { picture, .. }
            | Self::FilingUnknown { picture, .. }
                if !known(picture) =>
            {
                Self::Redacted { others: 0 }
            }
            Self::LinkOffered { link: offered } if offered.id != link => {
                Self::Redacted { others: 0 }
            }
            Self::LinkClaimed { link: other, .. }
            | Self::PatientConfirmed { link: other }
            | Self::LinkEnded { link: other, .. }
                if *other != link =>
            {
                Self::Redacted { others: 0 }
            }
            _ => self,
        }
    }
}
