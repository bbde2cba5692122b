//! Why something was not done, in a form that travels. The sentences are the surface's; the HTTP status is the
//! interface's; here is only what happened.

use crate::session::{EndOfLink, EndOfSession};
use serde::{Deserialize, Serialize};

/// A request that was understood and turned down, or could not be carried out. Nothing changed because of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
pub enum Refusal {
    /// The browser has no access token for this session.
    #[error("no access token for this session")]
    NoAccessToken,
    /// No such session, or it has been cleared away.
    #[error("session unknown")]
    SessionUnknown,
    /// The session is over.
    #[error("session ended: {why:?}")]
    SessionEnded {
        /// How it ended.
        why: EndOfSession,
    },
    /// The caller's role may not do this.
    #[error("not allowed with this access token")]
    NotAllowed,
    /// No link has this code.
    #[error("hand-off link unknown")]
    LinkUnknown,
    /// The link's code was claimed already, by this or another phone.
    #[error("hand-off link already used")]
    LinkUsed,
    /// The link is over.
    #[error("hand-off link ended: {why:?}")]
    LinkEnded {
        /// How it ended.
        why: EndOfLink,
    },
    /// The browser has joined another session since this page was opened.
    #[error("this browser holds another link by now")]
    OtherLink,
    /// The phone has not said yet that this is the right patient.
    #[error("patient not confirmed on the phone")]
    PatientNotConfirmed,
    /// The session holds as many pictures as it may.
    #[error("session holds {limit} pictures already")]
    SessionFull {
        /// The cap.
        limit: usize,
    },
    /// No such picture in this session.
    #[error("picture unknown")]
    PictureUnknown,
    /// The picture is on its way into the record or there already; it can no longer change.
    #[error("picture is fixed by a commit")]
    PictureFixed,
    /// The bytes of this picture were announced as often as they may be.
    #[error("a picture's bytes may be announced {limit} times")]
    TooManyAttempts {
        /// The cap.
        limit: u32,
    },
    /// Changes to some chosen pictures have not arrived yet, so that what would be filed is not what the GP wants.
    #[error("changes to {count} pictures are still being saved")]
    RevisionUnderWay {
        /// How many pictures.
        count: usize,
    },
    /// The announced picture breaks a limit or is no JPEG.
    #[error("announced picture breaks a limit")]
    PictureOutOfBounds,
    /// A note has more characters than the session takes.
    #[error("a note holds at most {limit} characters here")]
    NoteTooLong {
        /// The most it may have.
        limit: usize,
    },
    /// Nothing has arrived under the reserved key.
    #[error("upload missing")]
    UploadMissing,
    /// What arrived is not what was announced.
    #[error("upload differs from what was announced")]
    UploadDiffers,
    /// A commit without pictures.
    #[error("nothing chosen")]
    NothingChosen,
    /// Some chosen pictures lack a site or a side.
    #[error("{count} pictures lack details")]
    DetailsMissing {
        /// How many.
        count: usize,
    },
    /// The pictures changed after the GP looked at them.
    #[error("pictures changed since they were looked at")]
    Stale,
    /// The commit takes a document apart that was not filed, and does not name all of its pages.
    #[error("pages of one document committed apart")]
    PagesApart,
    /// The commit names another patient than the session's.
    #[error("commit names another patient")]
    OtherPatient,
    /// Medtech had no patient open.
    #[error("no patient selected")]
    NoPatient,
    /// The launch is too old.
    #[error("launch expired")]
    LaunchExpired,
    /// This launch has opened a session already.
    #[error("launch already used")]
    LaunchUsed,
    /// ALEX does not know the launch, or it was tampered with.
    #[error("launch unknown")]
    LaunchUnknown,
    /// The launch comes from another practice than the one whose address it was sent to.
    #[error("wrong facility")]
    WrongFacility,
    /// No practice of this name is served here, or an address names none where there are several.
    #[error("practice unknown")]
    PracticeUnknown,
    /// The practice opens no sessions here any more.
    #[error("practice closed")]
    PracticeClosed,
    /// ALEX has no such patient.
    #[error("patient not found")]
    PatientNotFound,
    /// The same request id came with a different request.
    #[error("request id reused")]
    RequestReused,
    /// Too many writers at once; trying again helps.
    #[error("too busy")]
    Busy,
    /// The session store does not answer.
    #[error("session store unavailable")]
    StoreUnavailable,
    /// The picture store does not answer.
    #[error("picture store unavailable")]
    ObjectStoreUnavailable,
    /// ALEX does not answer.
    #[error("ALEX unavailable")]
    EhrUnavailable,
    /// Nobody is set up to describe pictures here.
    #[error("no analyst set up")]
    NoAnalyst,
    /// The session has an analysis under way; it takes one at a time.
    #[error("analysis already running")]
    AnalysisRunning,
    /// The request made no sense.
    #[error("malformed request")]
    Malformed,
}

impl Refusal {
    /// Whether the same request is worth trying again: it may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Busy
            | Self::StoreUnavailable
            | Self::ObjectStoreUnavailable
            | Self::EhrUnavailable
            | Self::AnalysisRunning => true,
            Self::NoAccessToken
            | Self::SessionUnknown
            | Self::SessionEnded { .. }
            | Self::NotAllowed
            | Self::LinkUnknown
            | Self::LinkUsed
            | Self::LinkEnded { .. }
            | Self::OtherLink
            | Self::PatientNotConfirmed
            | Self::SessionFull { .. }
            | Self::PictureUnknown
            | Self::PictureFixed
            | Self::TooManyAttempts { .. }
            | Self::RevisionUnderWay { .. }
            | Self::PictureOutOfBounds
            | Self::NoteTooLong { .. }
            | Self::UploadMissing
            | Self::UploadDiffers
            | Self::NothingChosen
            | Self::DetailsMissing { .. }
            | Self::NoAnalyst
            | Self::Stale
            | Self::PagesApart
            | Self::OtherPatient
            | Self::NoPatient
            | Self::LaunchExpired
            | Self::LaunchUsed
            | Self::LaunchUnknown
            | Self::WrongFacility
            | Self::PracticeUnknown
            | Self::PracticeClosed
            | Self::PatientNotFound
            | Self::RequestReused
            | Self::Malformed => false,
        }
    }
}
