//! Redaction: what a phone may see of a session and of its events.
//!
//! Both are *built* here from a list of what is shown, field by field and event by event. Whatever is new does not compile until
//! somebody has decided whether a phone may see it: no pattern ends in `..` where an event is handed on whole. A phone sees its
//! own link, its own pictures, and of the patient what a person needs to recognise them: name and date of birth.

use super::{Event, SessionView};
use crate::id::{LinkId, PictureId};
use crate::launch::{Facility, LaunchContext, Provider};
use crate::patient::{Patient, Sex};
use crate::picture::{FilingFailure, Picture, PictureState, Source};

impl SessionView {
    /// The view, redacted for the phone on `link`.
    #[must_use]
    pub fn redacted_for(&self, link: LinkId) -> Self {
        let Self {
            id,
            epoch,
            revision,
            launch,
            patient_mark,
            links,
            pictures,
            others: _,
            most_pictures,
            picture_limits,
            targets,
            ended,
        } = self;
        let own: Vec<Picture> = pictures
            .iter()
            .filter(|picture| picture.source == Source::Phone(link))
            .map(redacted_picture)
            .collect();
        let others = u32::try_from(pictures.len() - own.len()).unwrap_or(u32::MAX);
        Self {
            id: *id,
            epoch: *epoch,
            revision: *revision,
            launch: redacted_launch(launch),
            patient_mark: *patient_mark,
            links: links.iter().filter(|of| of.id == link).cloned().collect(),
            pictures: own,
            others,
            most_pictures: *most_pictures,
            picture_limits: *picture_limits,
            targets: targets.clone(),
            ended: *ended,
        }
    }
}

/// Name and date of birth of the patient; practice and clinician by name.
fn redacted_launch(launch: &LaunchContext) -> LaunchContext {
    let LaunchContext {
        practice,
        patient,
        facility,
        provider,
        launched_at,
        demo,
    } = launch;
    let Patient {
        id,
        nhi: _,
        family,
        given,
        born,
        sex: _,
    } = patient;
    let Facility { code, name } = facility;
    let Provider {
        id: _,
        name: clinician,
    } = provider;
    LaunchContext {
        practice: practice.clone(),
        patient: Patient {
            id: id.hidden(),
            nhi: None,
            family: family.clone(),
            given: given.clone(),
            born: *born,
            sex: Sex::Unknown,
        },
        facility: Facility {
            code: code.clone(),
            name: name.clone(),
        },
        provider: Provider {
            id: String::new(),
            name: clinician.clone(),
        },
        launched_at: *launched_at,
        demo: *demo,
    }
}

/// A picture of the phone's own: without its place in a document.
fn redacted_picture(picture: &Picture) -> Picture {
    let Picture {
        id,
        source,
        taken_at,
        rendition,
        edited,
        revising,
        details,
        state,
        page: _,
        revision,
    } = picture;
    Picture {
        id: *id,
        source: *source,
        taken_at: *taken_at,
        rendition: *rendition,
        edited: *edited,
        revising: *revising,
        details: details.clone(),
        state: redacted_state(state),
        page: None,
        revision: *revision,
    }
}

/// How far a picture has come: without ids of the record, and without what is meant for support.
fn redacted_state(state: &PictureState) -> PictureState {
    match state {
        PictureState::Reserved => PictureState::Reserved,
        PictureState::Ready => PictureState::Ready,
        PictureState::Queued => PictureState::Queued,
        PictureState::Sending => PictureState::Sending,
        PictureState::Waiting { failure, until } => PictureState::Waiting {
            failure: redacted_failure(failure),
            until: *until,
        },
        PictureState::Filed { records: _, at } => PictureState::Filed {
            records: Vec::new(),
            at: *at,
        },
        PictureState::Failed { failure } => PictureState::Failed {
            failure: redacted_failure(failure),
        },
        PictureState::Unknown { failure } => PictureState::Unknown {
            failure: redacted_failure(failure),
        },
        PictureState::NeedsCheck {
            failure,
            sent,
            target,
        } => PictureState::NeedsCheck {
            failure: redacted_failure(failure),
            sent: *sent,
            target: *target,
        },
    }
}

fn redacted_failure(failure: &FilingFailure) -> FilingFailure {
    let FilingFailure {
        reason,
        technical: _,
    } = failure;
    FilingFailure {
        reason: *reason,
        technical: String::new(),
    }
}

/// What stands in the place of an event that the phone may not see, so that the numbering has no gap.
const HIDDEN: Event = Event::Redacted { others: 0 };

impl Event {
    /// The event, redacted for the phone on `link`. `now` is the phone's own view at any later revision: it tells
    /// whose pictures an event is about.
    #[must_use]
    #[expect(
        clippy::too_many_lines,
        reason = "a table with an arm for each event, and in it each field"
    )]
    pub fn redacted_for(&self, link: LinkId, now: &SessionView) -> Self {
        let own = |source: Source| source == Source::Phone(link);
        let known = |picture: &PictureId| now.picture(*picture).is_some();
        match self {
            Self::LinkOffered { link: offered } => self.shown_if(offered.id == link),
            Self::LinkClaimed {
                link: of,
                device: _,
                at: _,
            }
            | Self::PatientConfirmed { link: of }
            | Self::LinkEnded { link: of, why: _ } => self.shown_if(*of == link),
            Self::PictureReserved { picture } if own(picture.source) => Self::PictureReserved {
                picture: Box::new(redacted_picture(picture)),
            },
            // A further attempt at a known picture adds nothing to the count; only the first reservation
            // (whose picture has revision 0) does.
            Self::PictureReserved { picture } => Self::Redacted {
                others: i32::from(picture.revision == 0),
            },
            Self::PictureRemoved { picture: _, source } if own(*source) => self.clone(),
            Self::PictureRemoved { .. } => Self::Redacted { others: -1 },
            Self::PicturesDescribed { pictures, change } => match only(pictures, known) {
                pictures if pictures.is_empty() => HIDDEN,
                pictures => Self::PicturesDescribed {
                    pictures,
                    change: change.clone(),
                },
            },
            Self::FilingQueued { pictures } => Self::FilingQueued {
                pictures: only(pictures, known),
            },
            Self::PagesAssigned { .. } => HIDDEN,
            Self::PictureArrived { picture }
            | Self::RevisionAnnounced { picture }
            | Self::PictureRevised {
                picture,
                rendition: _,
                edit: _,
            }
            | Self::RevisionAbandoned { picture }
            | Self::FilingBegan { picture } => self.shown_if(known(picture)),
            Self::FilingPostponed { picture, .. }
            | Self::Filed { picture, .. }
            | Self::FilingFailed { picture, .. }
            | Self::FilingNeedsCheck { picture, .. }
            | Self::FilingUnknown { picture, .. }
                if !known(picture) =>
            {
                HIDDEN
            }
            Self::FilingPostponed {
                picture,
                failure,
                until,
            } => Self::FilingPostponed {
                picture: *picture,
                failure: redacted_failure(failure),
                until: *until,
            },
            Self::Filed {
                picture,
                records: _,
                at,
            } => Self::Filed {
                picture: *picture,
                records: Vec::new(),
                at: *at,
            },
            Self::FilingFailed { picture, failure } => Self::FilingFailed {
                picture: *picture,
                failure: redacted_failure(failure),
            },
            Self::FilingNeedsCheck {
                picture,
                failure,
                sent,
                target,
            } => Self::FilingNeedsCheck {
                picture: *picture,
                failure: redacted_failure(failure),
                sent: *sent,
                target: *target,
            },
            Self::FilingUnknown { picture, failure } => Self::FilingUnknown {
                picture: *picture,
                failure: redacted_failure(failure),
            },
            Self::SessionEnded { why: _ } | Self::Redacted { others: _ } => self.clone(),
        }
    }

    fn shown_if(&self, shown: bool) -> Self {
        if shown { self.clone() } else { HIDDEN }
    }
}

fn only(pictures: &[PictureId], known: impl Fn(&PictureId) -> bool) -> Vec<PictureId> {
    pictures.iter().copied().filter(|id| known(id)).collect()
}
