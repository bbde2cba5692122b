//! What happened in a session. Server and browsers fold the same events with the same function.

use super::{
    DeviceLabel, EndOfLink, EndOfSession, HandoffLink, LinkState, Record, SessionView, Target,
};
use crate::id::{LinkId, PictureId};
use crate::moment::Moment;
use crate::picture::{DetailsChange, FilingFailure, PageOf, Picture, PictureState, Source};
use serde::{Deserialize, Serialize};

/// Something that happened. Tagged from outside in JSON, as all that browsers read: an inner tag makes serde buffer, which costs a
/// phone 20 kB.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Event {
    /// The desktop offers a link.
    LinkOffered {
        /// The link, in state offered.
        link: HandoffLink,
    },
    /// A phone claimed a link.
    LinkClaimed {
        /// Which.
        link: LinkId,
        /// The phone's kind.
        device: DeviceLabel,
        /// When.
        at: Moment,
    },
    /// The phone's user said that patient and number are right.
    PatientConfirmed {
        /// On which link.
        link: LinkId,
    },
    /// A link is over.
    LinkEnded {
        /// Which.
        link: LinkId,
        /// How.
        why: EndOfLink,
    },
    /// A place is kept for a picture; or, for one that is known, a further attempt at sending it begins.
    PictureReserved {
        /// The picture as announced.
        picture: Box<Picture>,
    },
    /// A picture's bytes are in the store and verified.
    PictureArrived {
        /// Which.
        picture: PictureId,
    },
    /// Details of pictures changed.
    PicturesDescribed {
        /// Which.
        pictures: Vec<PictureId>,
        /// How.
        change: DetailsChange,
    },
    /// A picture is gone.
    PictureRemoved {
        /// Which.
        picture: PictureId,
        /// Whose it was.
        source: Source,
    },
    /// Pictures wait for their turn: the GP committed them, or they turned out not to be in the record.
    FilingQueued {
        /// Which.
        pictures: Vec<PictureId>,
    },
    /// Pictures became pages of a scanned document, or are none any more.
    PagesAssigned {
        /// Which.
        pages: Vec<(PictureId, Option<PageOf>)>,
    },
    /// A picture is about to be sent to ALEX.
    FilingBegan {
        /// Which.
        picture: PictureId,
    },
    /// ALEX has it.
    Filed {
        /// Which.
        picture: PictureId,
        /// What was filed where.
        records: Vec<Record>,
        /// When.
        at: Moment,
    },
    /// ALEX certainly does not have it.
    FilingFailed {
        /// Which.
        picture: PictureId,
        /// Why.
        failure: FilingFailure,
    },
    /// ALEX certainly does not have it; it is tried again by itself.
    FilingPostponed {
        /// Which.
        picture: PictureId,
        /// Why.
        failure: FilingFailure,
        /// When.
        until: Moment,
    },
    /// ALEX may or may not have it, and the program cannot find out.
    FilingNeedsCheck {
        /// Which.
        picture: PictureId,
        /// Why.
        failure: FilingFailure,
        /// When it was sent, about.
        sent: Moment,
        /// Where in the record it would be.
        target: Target,
    },
    /// ALEX may or may not have it.
    FilingUnknown {
        /// Which.
        picture: PictureId,
        /// What was seen last.
        failure: FilingFailure,
    },
    /// The session is over.
    SessionEnded {
        /// How.
        why: EndOfSession,
    },
    /// Something happened that the reader of this stream may not see. Keeps the numbering without a gap.
    Elsewhere {
        /// By how much the number of pictures of others changed.
        others: i32,
    },
}

/// An event with its place in the session's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Numbered {
    /// 1 for the session's first event; each event adds one.
    pub revision: u64,
    /// What happened.
    pub event: Event,
}

/// An event that does not follow on the last one folded: the reader must take a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("event {got} does not follow revision {have}")]
pub struct Gap {
    /// The last revision folded.
    pub have: u64,
    /// The revision that came.
    pub got: u64,
}

impl SessionView {
    /// Folds one event in. An event that was folded before changes nothing.
    ///
    /// # Errors
    /// When an event in between is missing; the view is then unchanged.
    pub fn apply(&mut self, numbered: &Numbered) -> Result<(), Gap> {
        if numbered.revision <= self.revision {
            return Ok(());
        }
        if numbered.revision != self.revision + 1 {
            return Err(Gap {
                have: self.revision,
                got: numbered.revision,
            });
        }
        self.revision = numbered.revision;
        self.fold(&numbered.event);
        Ok(())
    }

    fn fold(&mut self, event: &Event) {
        match event {
            Event::LinkOffered { .. }
            | Event::LinkClaimed { .. }
            | Event::PatientConfirmed { .. }
            | Event::LinkEnded { .. } => self.fold_link(event),
            Event::PictureReserved { picture } => self.put_picture(picture),
            Event::PictureArrived { picture } => self.set_state(*picture, PictureState::Ready),
            Event::PicturesDescribed { pictures, change } => self.describe(pictures, change),
            Event::PictureRemoved { picture, .. } => {
                self.pictures.retain(|known| known.id != *picture);
            }
            Event::PagesAssigned { pages } => self.assign_pages(pages),
            Event::FilingQueued { .. }
            | Event::FilingBegan { .. }
            | Event::FilingPostponed { .. }
            | Event::FilingNeedsCheck { .. }
            | Event::Filed { .. }
            | Event::FilingFailed { .. }
            | Event::FilingUnknown { .. } => self.fold_filing(event),
            Event::SessionEnded { why } => self.ended = Some(*why),
            Event::Elsewhere { others } => self.others = self.others.saturating_add_signed(*others),
        }
    }

    fn fold_link(&mut self, event: &Event) {
        match event {
            Event::LinkOffered { link } => self.links.push(link.clone()),
            Event::LinkClaimed { link, device, at } => {
                let claimed = LinkState::Claimed {
                    device: device.clone(),
                    at: *at,
                    confirmed: false,
                };
                self.set_link(*link, |_| claimed);
            }
            Event::PatientConfirmed { link } => self.set_link(*link, |state| match state {
                LinkState::Claimed { device, at, .. } => LinkState::Claimed {
                    device,
                    at,
                    confirmed: true,
                },
                other => other,
            }),
            Event::LinkEnded { link, why } => self.set_link(*link, |state| match state {
                LinkState::Claimed { device, .. } => LinkState::Ended {
                    why: *why,
                    device: Some(device),
                },
                _ => LinkState::Ended {
                    why: *why,
                    device: None,
                },
            }),
            _ => {}
        }
    }

    fn fold_filing(&mut self, event: &Event) {
        match event.clone() {
            Event::FilingQueued { pictures } => {
                for picture in pictures {
                    self.set_state(picture, PictureState::Queued);
                }
            }
            Event::FilingBegan { picture } => self.set_state(picture, PictureState::Sending),
            Event::FilingPostponed {
                picture,
                failure,
                until,
            } => self.set_state(picture, PictureState::Waiting { failure, until }),
            Event::Filed {
                picture,
                records,
                at,
            } => self.set_state(picture, PictureState::Filed { records, at }),
            Event::FilingFailed { picture, failure } => {
                self.set_state(picture, PictureState::Failed { failure });
            }
            Event::FilingUnknown { picture, failure } => {
                self.set_state(picture, PictureState::Unknown { failure });
            }
            Event::FilingNeedsCheck {
                picture,
                failure,
                sent,
                target,
            } => self.set_state(
                picture,
                PictureState::NeedsCheck {
                    failure,
                    sent,
                    target,
                },
            ),
            _ => {}
        }
    }

    fn set_link(&mut self, id: LinkId, next: impl FnOnce(LinkState) -> LinkState) {
        if let Some(link) = self.links.iter_mut().find(|link| link.id == id) {
            link.state = next(link.state.clone());
        }
    }

    fn set_state(&mut self, id: PictureId, state: PictureState) {
        let revision = self.revision;
        if let Some(picture) = self.pictures.iter_mut().find(|picture| picture.id == id) {
            picture.state = state;
            picture.revision = revision;
        }
    }

    fn assign_pages(&mut self, pages: &[(PictureId, Option<PageOf>)]) {
        for (id, page) in pages {
            if let Some(picture) = self.pictures.iter_mut().find(|picture| picture.id == *id) {
                picture.page = *page;
            }
        }
    }

    fn put_picture(&mut self, picture: &Picture) {
        let picture = Picture {
            revision: self.revision,
            ..picture.clone()
        };
        match self
            .pictures
            .iter_mut()
            .find(|known| known.id == picture.id)
        {
            Some(known) => *known = picture,
            None => self.pictures.push(picture),
        }
    }

    fn describe(&mut self, pictures: &[PictureId], change: &DetailsChange) {
        let revision = self.revision;
        for picture in self
            .pictures
            .iter_mut()
            .filter(|picture| pictures.contains(&picture.id))
        {
            picture.details = picture.details.with(change);
            picture.revision = revision;
        }
    }
}

impl Event {
    /// What is told of a picture that a commit has brought to this state; nothing for a state that none leads to.
    #[must_use]
    pub fn of_filing(picture: PictureId, state: PictureState) -> Option<Self> {
        Some(match state {
            PictureState::Reserved | PictureState::Ready => return None,
            PictureState::Queued => Self::FilingQueued {
                pictures: vec![picture],
            },
            PictureState::Sending => Self::FilingBegan { picture },
            PictureState::Waiting { failure, until } => Self::FilingPostponed {
                picture,
                failure,
                until,
            },
            PictureState::Filed { records, at } => Self::Filed {
                picture,
                records,
                at,
            },
            PictureState::Failed { failure } => Self::FilingFailed { picture, failure },
            PictureState::Unknown { failure } => Self::FilingUnknown { picture, failure },
            PictureState::NeedsCheck {
                failure,
                sent,
                target,
            } => Self::FilingNeedsCheck {
                picture,
                failure,
                sent,
                target,
            },
        })
    }

    /// The event as the phone on `link` may see it. `now` is the phone's own view at any later revision: it tells
    /// whose pictures an event is about.
    #[must_use]
    pub fn for_phone(self, link: LinkId, now: &SessionView) -> Self {
        let own = |source: Source| source == Source::Phone(link);
        let known = |picture: &PictureId| now.picture(*picture).is_some();
        match &self {
            Self::PictureReserved { picture } if !own(picture.source) => {
                // A further attempt at a known picture adds nothing to the count; only the first reservation
                // (whose picture has revision 0) does.
                Self::Elsewhere {
                    others: i32::from(picture.revision == 0),
                }
            }
            Self::PictureRemoved { source, .. } if !own(*source) => Self::Elsewhere { others: -1 },
            Self::PicturesDescribed { pictures, change } => {
                let pictures: Vec<_> = pictures.iter().copied().filter(|id| known(id)).collect();
                if pictures.is_empty() {
                    Self::Elsewhere { others: 0 }
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
                Self::Elsewhere { others: 0 }
            }
            Self::LinkOffered { link: offered } if offered.id != link => {
                Self::Elsewhere { others: 0 }
            }
            Self::LinkClaimed { link: other, .. }
            | Self::PatientConfirmed { link: other }
            | Self::LinkEnded { link: other, .. }
                if *other != link =>
            {
                Self::Elsewhere { others: 0 }
            }
            _ => self,
        }
    }
}
