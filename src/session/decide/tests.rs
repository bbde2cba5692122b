//! The rules as sentences, and properties that hold over any history. Here: the room in which both are tried.

mod asked_twice;
mod documents;
mod exploration;
mod histories;
mod outbox;
mod pairing;
mod revisions;
mod uploads;

use super::*;
use crate::digest::Sha256;
use crate::id::{PictureId, PracticeId, SessionId};
use crate::launch::{Facility, FacilityCode, LaunchContext, Provider};
use crate::patient::{Patient, PatientId, Sex};
use crate::picture::jpeg::JpegHeader;
use crate::picture::{
    BodySite, Details, DetailsChange, FilingFailure, FilingReason, Laterality, Note, PictureLimits,
    PictureState, Rendition,
};
use crate::session::{
    BeginLookup, BeginSubmit, Begun, ClaimLink, CommitPrecondition, DeviceKind, EndOfLink,
    EndOfSession, Evidence, Limits, LinkState, MatchNumber, Scans, SessionView, SubmitOutcome,
    UploadClaim,
};
use proptest::prelude::*;
use std::time::Duration;

fn at(seconds: u64) -> Moment {
    Moment::from_millis(1_795_000_000_000).plus(Duration::from_secs(seconds))
}

fn fresh() -> Session {
    let launch = LaunchContext {
        patient: Patient {
            id: PatientId::parse(&"a".repeat(32)).unwrap(),
            nhi: "ZZZ0016".parse().ok(),
            family: "Test".into(),
            given: "Patient".into(),
            born: None,
            sex: Sex::Unknown,
        },
        practice: PracticeId::of_environment(),
        facility: Facility {
            code: FacilityCode::parse("F2N060-E").unwrap(),
            name: "Test Practice".into(),
        },
        provider: Provider {
            id: "p1".into(),
            name: "Dr Test".into(),
        },
        launched_at: at(0),
        demo: true,
    };
    Session::open(
        SessionId::from_bits(1),
        7,
        99,
        launch,
        Sha256::of(b"desk"),
        Limits::default(),
        at(0),
    )
}

/// A session in which commands are carried out one after the other.
struct Room {
    session: Session,
    now: u64,
}

impl Room {
    fn new() -> Self {
        Self {
            session: fresh(),
            now: 0,
        }
    }

    fn try_to(&mut self, by: Actor, command: Command) -> Result<Reply, Refusal> {
        let decision = decide(&self.session, Request { by, command }, at(self.now))?;
        self.session = decision.next;
        Ok(decision.reply)
    }

    fn go(&mut self, by: Actor, command: Command) -> Reply {
        self.try_to(by, command).expect("allowed")
    }

    fn offer(&mut self, link: u128) {
        let code = Sha256::of(&link.to_le_bytes());
        let number = MatchNumber::from_bits(link);
        self.go(
            Actor::Desktop,
            Command::OfferLink {
                link: LinkId::from_bits(link),
                code,
                number,
            },
        );
    }

    fn claim(&mut self, link: u128) -> Result<Reply, Refusal> {
        let code = Sha256::of(&link.to_le_bytes());
        let device = DeviceKind::from_user_agent("iPhone");
        self.try_to(
            Actor::Unpaired,
            Command::ClaimLink(ClaimLink {
                code,
                cookie: Sha256::of(b"cookie"),
                device,
            }),
        )
    }

    /// A phone that joined and confirmed.
    fn phone(&mut self, link: u128) -> Actor {
        self.offer(link);
        self.claim(link).expect("claimed");
        let phone = Actor::Phone(LinkId::from_bits(link));
        self.go(phone, Command::ConfirmPatient);
        phone
    }

    fn reserve(&mut self, by: Actor, picture: u128) -> Result<Reply, Refusal> {
        self.try_to(by, Command::Reserve(announced(picture)))
    }

    fn ready(&mut self, by: Actor, picture: u128) {
        self.reserve(by, picture).expect("reserved");
        let evidence = Some(self.true_evidence(picture));
        self.go(
            by,
            Command::Arrive {
                picture: PictureId::from_bits(picture),
                evidence,
            },
        );
    }

    fn precondition(&self) -> CommitPrecondition {
        let view = &self.session.view;
        CommitPrecondition {
            patient: view.launch.patient.fingerprint(),
            revision: view.revision,
        }
    }

    fn commit(&mut self, picture: u128) -> Result<Reply, Refusal> {
        self.commit_all(&[PictureId::from_bits(picture)], Scans::Separate)
    }

    fn commit_all(&mut self, pictures: &[PictureId], scans: Scans) -> Result<Reply, Refusal> {
        let (pictures, precondition) = (pictures.to_vec(), self.precondition());
        let command = Command::Commit {
            pictures,
            precondition,
            scans,
        };
        self.try_to(Actor::Desktop, command)
    }

    /// What the server finds when the announced bytes are there.
    fn true_evidence(&self, picture: u128) -> Evidence {
        let uploads = self.session.uploads.get(&PictureId::from_bits(picture));
        let upload = uploads.and_then(|it| it.next.as_ref().or(it.current.as_ref()));
        let jpeg = Some(JpegHeader {
            width: 640,
            height: 480,
            has_metadata: false,
        });
        Evidence {
            attempt: upload.map_or(0, |upload| upload.attempt),
            length: 1000,
            sha256: rendition(picture).sha256,
            jpeg,
        }
    }

    /// The server looks by itself now, and finds all or nothing.
    fn reconcile_upload(&self, picture: u128, there: bool) -> Command {
        Command::ReconcileUpload {
            picture: PictureId::from_bits(picture),
            evidence: there.then(|| self.true_evidence(picture)),
            began: at(self.now),
        }
    }

    fn state(&self, picture: u128) -> &PictureState {
        &self
            .session
            .view
            .picture(PictureId::from_bits(picture))
            .expect("known")
            .state
    }
}

fn announced(picture: u128) -> UploadClaim {
    let details = Details {
        site: BodySite::from_code("14975008"),
        laterality: Some(Laterality::Left),
        ..Details::default()
    };
    UploadClaim {
        picture: PictureId::from_bits(picture),
        rendition: rendition(picture),
        taken_at: at(0),
        details,
    }
}

fn rendition(picture: u128) -> Rendition {
    Rendition {
        length: 1000,
        sha256: Sha256::of(&picture.to_le_bytes()),
        width: 640,
        height: 480,
    }
}

fn failure() -> FilingFailure {
    FilingFailure {
        reason: FilingReason::AlexUnavailable,
        technical: "test".into(),
    }
}
