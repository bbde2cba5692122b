//! What happened in a session. Server and browsers fold the same events with the same function (`fold`); phones get
//! them redacted (`session::redact`).

mod fold;

pub use fold::Gap;

use super::{DeviceKind, EndOfLink, EndOfSession, HandoffLink};
use crate::id::{LinkId, PictureId};
use crate::moment::Moment;
use crate::picture::{
    DetailsChange, Edit, FilingFailure, PageOf, Picture, PictureState, Rendition, Source,
};
use crate::record::{Record, Target};
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
        device: DeviceKind,
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
    /// A later revision of a picture's bytes is on its way. The picture stays as it is until that has arrived.
    RevisionAnnounced {
        /// The picture.
        picture: PictureId,
    },
    /// A picture shows other bytes from now on: a later revision is in the store and verified, or the original is back.
    PictureRevised {
        /// The picture.
        picture: PictureId,
        /// The bytes that count from now on.
        rendition: Rendition,
        /// What was done to the original to make them; an edit that changes nothing for the original itself.
        edit: Edit,
    },
    /// A revision that was announced does not come. The picture stays as it was.
    RevisionAbandoned {
        /// The picture.
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
    /// Stands for an event that the reader of this stream may not see, so that the sequence has no gap.
    #[serde(alias = "elsewhere")]
    Redacted {
        /// By how much the number of others' pictures changed.
        others: i32,
    },
}

/// An event with its sequence number in the session's history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SequencedEvent {
    /// 1 for the session's first event; each event adds one.
    pub revision: u64,
    /// What happened.
    pub event: Event,
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
}
