//! What is noted of a session for whoever asks later who did what with which picture.
//!
//! Owns which events are worth a note, and what stands in one: identifiers and times. No picture, no name, no NHI, no
//! text that a person wrote.

use crate::id::{LinkId, PictureId, SessionId};
use crate::launch::FacilityCode;
use crate::moment::Moment;
use crate::patient::PatientId;
use crate::session::{Actor, EndOfLink, EndOfSession, Event, Numbered, Session};
use serde::{Deserialize, Serialize};

/// One deed. Session and revision together are its name: it is the same note however often it is met.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditNote {
    /// In which session.
    pub session: SessionId,
    /// The event that it is about; 0 for the launch.
    pub revision: u64,
    /// When.
    pub at: Moment,
    /// Who, as the session knows them.
    pub by: Actor,
    /// What.
    pub deed: Deed,
    /// Which pictures it was done to.
    pub pictures: Vec<PictureId>,
    /// Whose pictures they are.
    pub patient: PatientId,
    /// ALEX's id of the clinician whose session it is.
    pub clinician: String,
    /// The practice.
    pub facility: FacilityCode,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Deed {
    /// A session was opened from Medtech.
    Launched,
    /// A link for a phone was offered.
    LinkOffered(LinkId),
    /// A phone took it.
    LinkClaimed(LinkId),
    /// The phone's user said that it is the right patient.
    PatientConfirmed(LinkId),
    /// The link is over.
    LinkEnded(LinkId, EndOfLink),
    /// A picture's bytes arrived.
    PictureAdded,
    /// Site, side, view or note of pictures were changed.
    PicturesDescribed,
    /// A picture was removed.
    PictureRemoved,
    /// A person asked for pictures to be filed.
    Committed,
    /// A picture is in the record, under these ids there, or as a person saw it.
    Filed(String),
    /// A picture is not in the record, and nothing more is done by itself.
    NotFiled,
    /// Whether a picture is in the record is left to a person to find out.
    LeftToAPerson,
    /// The session is over.
    Ended(EndOfSession),
}

/// Shows neither patient nor clinician.
impl std::fmt::Debug for AuditNote {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "AuditNote({}/{}, {:?})",
            self.session, self.revision, self.deed
        )
    }
}

impl AuditNote {
    /// The note of a session's launch.
    #[must_use]
    pub fn launch(session: &Session) -> Self {
        let at = session.active_at;
        Self::new(session, 0, at, Actor::Desktop, Deed::Launched, Vec::new())
    }

    /// The note of an event that somebody caused at a moment in this session, if it is worth one.
    #[must_use]
    pub fn of(session: &Session, numbered: &Numbered, by: Actor, at: Moment) -> Option<Self> {
        let (deed, pictures) = deed(&numbered.event, by)?;
        Some(Self::new(
            session,
            numbered.revision,
            at,
            by,
            deed,
            pictures,
        ))
    }

    fn new(
        session: &Session,
        revision: u64,
        at: Moment,
        by: Actor,
        deed: Deed,
        pictures: Vec<PictureId>,
    ) -> Self {
        let launch = &session.view.launch;
        Self {
            session: session.view.id,
            revision,
            at,
            by,
            deed,
            pictures,
            patient: launch.patient.id.clone(),
            clinician: launch.provider.id.clone(),
            facility: launch.facility.code.clone(),
        }
    }
}

/// What an event means as a deed. Steps on the way to an outcome are none: a place that was kept, a try at filing.
fn deed(event: &Event, by: Actor) -> Option<(Deed, Vec<PictureId>)> {
    let one = |deed, picture: &PictureId| Some((deed, vec![*picture]));
    let none = |deed| Some((deed, Vec::new()));
    match event {
        Event::LinkOffered { link } => none(Deed::LinkOffered(link.id)),
        Event::LinkClaimed { link, .. } => none(Deed::LinkClaimed(*link)),
        Event::PatientConfirmed { link } => none(Deed::PatientConfirmed(*link)),
        Event::LinkEnded { link, why } => none(Deed::LinkEnded(*link, *why)),
        Event::PictureArrived { picture } => one(Deed::PictureAdded, picture),
        Event::PicturesDescribed { pictures, .. } => {
            Some((Deed::PicturesDescribed, pictures.clone()))
        }
        Event::PictureRemoved { picture, .. } => one(Deed::PictureRemoved, picture),
        // The server queues again what turned out not to be in the record.
        Event::FilingQueued { pictures } if by != Actor::Server => {
            Some((Deed::Committed, pictures.clone()))
        }
        Event::Filed {
            picture, records, ..
        } => {
            let known_as = records
                .iter()
                .map(|it| it.id().unwrap_or("seen by a person"));
            one(
                Deed::Filed(known_as.collect::<Vec<_>>().join(", ")),
                picture,
            )
        }
        Event::FilingFailed { picture, .. } => one(Deed::NotFiled, picture),
        Event::FilingNeedsCheck { picture, .. } => one(Deed::LeftToAPerson, picture),
        Event::SessionEnded { why } => none(Deed::Ended(*why)),
        Event::PictureReserved { .. }
        | Event::FilingQueued { .. }
        | Event::PagesAssigned { .. }
        | Event::FilingBegan { .. }
        | Event::FilingPostponed { .. }
        | Event::FilingUnknown { .. }
        | Event::Elsewhere { .. } => None,
    }
}
