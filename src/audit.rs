//! Audit records: who did what to which pictures, for whoever asks later.
//!
//! Owns which events are recorded, and what a record holds: identifiers and times. No picture, no name, no NHI, no
//! text that a person wrote.

use crate::id::{LinkId, PictureId, PracticeId, SessionId};
use crate::launch::FacilityCode;
use crate::moment::Moment;
use crate::patient::PatientId;
use crate::session::{Actor, EndOfLink, EndOfSession, Event, SequencedEvent, Session};
use serde::{Deserialize, Serialize};

/// One action. Session and revision together identify it, so that a record which is delivered twice can be recognised.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditRecord {
    /// The session it happened in.
    pub session: SessionId,
    /// The revision of the event that it is about; 0 for the launch.
    pub revision: u64,
    /// When it happened, by the clock of the server that decided it.
    pub at: Moment,
    /// Who did it, as the session knows them.
    pub by: Actor,
    /// What was done.
    #[serde(alias = "deed")]
    pub action: AuditAction,
    /// Which pictures it was done to.
    pub pictures: Vec<PictureId>,
    /// Whose pictures they are.
    pub patient: PatientId,
    /// ALEX's id of the clinician whose session it is.
    pub clinician: String,
    /// The practice as this deployment knows it.
    #[serde(default = "PracticeId::of_environment")]
    pub practice: PracticeId,
    /// The practice as the health system knows it.
    pub facility: FacilityCode,
}

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum AuditAction {
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
    /// A picture was edited, or its original was brought back.
    PictureRevised,
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
impl std::fmt::Debug for AuditRecord {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            out,
            "AuditRecord({}/{}, {:?})",
            self.session, self.revision, self.action
        )
    }
}

impl AuditRecord {
    /// The record of a session's launch.
    #[must_use]
    pub fn launch(session: &Session) -> Self {
        let at = session.active_at;
        Self::new(
            session,
            0,
            at,
            Actor::Desktop,
            AuditAction::Launched,
            Vec::new(),
        )
    }

    /// The record of an event that somebody caused at a moment in this session; `None` for events that are not audited.
    #[must_use]
    pub fn of(
        session: &Session,
        sequenced: &SequencedEvent,
        by: Actor,
        at: Moment,
    ) -> Option<Self> {
        let (action, pictures) = action(&sequenced.event, by)?;
        Some(Self::new(
            session,
            sequenced.revision,
            at,
            by,
            action,
            pictures,
        ))
    }

    fn new(
        session: &Session,
        revision: u64,
        at: Moment,
        by: Actor,
        action: AuditAction,
        pictures: Vec<PictureId>,
    ) -> Self {
        let launch = &session.view.launch;
        Self {
            session: session.view.id,
            revision,
            at,
            by,
            action,
            pictures,
            patient: launch.patient.id.clone(),
            clinician: launch.provider.id.clone(),
            practice: launch.practice.clone(),
            facility: launch.facility.code.clone(),
        }
    }
}

/// The audited action that an event stands for. Steps on the way to an outcome are none: a reservation, a try at filing.
fn action(event: &Event, by: Actor) -> Option<(AuditAction, Vec<PictureId>)> {
    let one = |action, picture: &PictureId| Some((action, vec![*picture]));
    let none = |action| Some((action, Vec::new()));
    match event {
        Event::LinkOffered { link } => none(AuditAction::LinkOffered(link.id)),
        Event::LinkClaimed { link, .. } => none(AuditAction::LinkClaimed(*link)),
        Event::PatientConfirmed { link } => none(AuditAction::PatientConfirmed(*link)),
        Event::LinkEnded { link, why } => none(AuditAction::LinkEnded(*link, *why)),
        Event::PictureArrived { picture } => one(AuditAction::PictureAdded, picture),
        Event::PictureRevised { picture, .. } => one(AuditAction::PictureRevised, picture),
        Event::PicturesDescribed { pictures, .. } => {
            Some((AuditAction::PicturesDescribed, pictures.clone()))
        }
        Event::PictureRemoved { picture, .. } => one(AuditAction::PictureRemoved, picture),
        // The server queues again what turned out not to be in the record.
        Event::FilingQueued { pictures } if by != Actor::Server => {
            Some((AuditAction::Committed, pictures.clone()))
        }
        Event::Filed {
            picture, records, ..
        } => {
            let known_as = records
                .iter()
                .map(|it| it.id().unwrap_or("seen by a person"));
            one(
                AuditAction::Filed(known_as.collect::<Vec<_>>().join(", ")),
                picture,
            )
        }
        Event::FilingFailed { picture, .. } => one(AuditAction::NotFiled, picture),
        Event::FilingNeedsCheck { picture, .. } => one(AuditAction::LeftToAPerson, picture),
        Event::SessionEnded { why } => none(AuditAction::Ended(*why)),
        Event::PictureReserved { .. }
        | Event::RevisionAnnounced { .. }
        | Event::RevisionAbandoned { .. }
        | Event::FilingQueued { .. }
        | Event::PagesAssigned { .. }
        | Event::FilingBegan { .. }
        | Event::FilingPostponed { .. }
        | Event::FilingUnknown { .. }
        | Event::Redacted { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_that_an_older_build_stored_still_loads() {
        let id = "0".repeat(31);
        let stored = format!(
            r#"{{"session":"{id}1","revision":2,"at":3,"by":"Stranger","deed":{{"linkClaimed":"{id}4"}},
            "pictures":[],"patient":"{id}5","clinician":"p1","facility":"F2N060-E"}}"#
        );
        let record: AuditRecord = serde_json::from_str(&stored).unwrap();
        assert_eq!(record.by, Actor::Unpaired);
        let link = LinkId::from_bits(4);
        assert_eq!(record.action, AuditAction::LinkClaimed(link));
        let written = serde_json::to_value(&record).unwrap();
        assert_eq!(written["by"], "Unpaired");
        assert!(written.get("action").is_some() && written.get("deed").is_none());
    }
}
