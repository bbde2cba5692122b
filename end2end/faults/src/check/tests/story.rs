//! A consultation with a phone, as its clients tell it and as the product holds it; made by the domain's own `decide`.

use super::super::{Kind, check};
use crate::fictional::{self, NOW, PATIENT};
use crate::final_state::{Filed, FinalSession, FinalState};
use crate::following::{Delivery, Following};
use crate::history::{Asked, History, Told};
use crate::test_photo::TestPhoto;
use clinical_images::digest::Sha256;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::picture::{DetailsChange, Note};
use clinical_images::service::Cursor;
use clinical_images::session::{
    Actor, ClaimLink, Command, CommitPrecondition, DeviceKind, Event, MatchNumber, Request, Scans,
    SequencedEvent, Session, decide,
};
use fastrand::Rng;
use std::collections::BTreeMap;

pub const EPOCH: u32 = 9;

/// A consultation with a phone, as it is told by its clients and held by the product.
pub struct Story {
    pub history: History,
    pub session: Session,
    pub events: Vec<SequencedEvent>,
    pub bytes: BTreeMap<PictureId, Option<Sha256>>,
    pub filed: Vec<Filed>,
    pub heard: Vec<Delivery>,
    link: LinkId,
    /// Each with the bytes it was announced with, in the order of being taken.
    pub taken: Vec<PictureId>,
}

impl Story {
    /// One picture filed, one described, one taken away again.
    pub fn honest() -> Self {
        Self::of_session(1)
    }

    pub fn of_session(number: u128) -> Self {
        let history = History::in_memory();
        let session = opened(number);
        let launch = Asked::Launch {
            patient: PATIENT.to_owned(),
        };
        let launched = history.ask(None, launch);
        history.opened(launched, session.view.id);
        let mut story = Self {
            history,
            session,
            events: Vec::new(),
            bytes: BTreeMap::new(),
            filed: Vec::new(),
            heard: Vec::new(),
            link: LinkId::from_bits(number),
            taken: Vec::new(),
        };
        story.hand_off();
        let mut rng = Rng::with_seed(u64::try_from(number).unwrap());
        let photos: Vec<TestPhoto> = (0..3).map(|_| TestPhoto::new(&mut rng)).collect();
        photos.iter().for_each(|photo| story.send(photo));
        story.describe("note 1");
        story.file(&photos[0]);
        let removed = story.taken[2];
        story.tell(Asked::Remove { picture: removed });
        story.happen(Actor::Desktop, Command::Remove { picture: removed });
        story.bytes.remove(&removed);
        story
    }

    fn hand_off(&mut self) {
        let (link, code) = (self.link, Sha256::of(b"code"));
        let number = self.history.ask(Some(self.session.view.id), Asked::Offer);
        self.history.offered(number, link);
        self.happen(
            Actor::Desktop,
            Command::OfferLink {
                link,
                code,
                number: MatchNumber::from_bits(1),
            },
        );
        self.tell(Asked::Claim { link });
        self.happen(
            Actor::Unpaired,
            Command::ClaimLink(ClaimLink {
                code,
                cookie: Sha256::of(b"cookie"),
                device: DeviceKind::from_user_agent("iPhone"),
            }),
        );
        self.tell(Asked::Confirm { link });
        self.happen(Actor::Phone(link), Command::ConfirmPatient);
    }

    fn send(&mut self, photo: &TestPhoto) {
        let (picture, sha256) = (photo.id(), photo.claim.rendition.sha256);
        let phone = Actor::Phone(self.link);
        self.tell(Asked::Reserve { picture, sha256 });
        self.happen(phone, Command::Reserve(photo.claim.clone()));
        self.tell(Asked::Put { picture });
        self.tell(Asked::Arrive { picture });
        self.server_says(Event::PictureArrived { picture });
        self.bytes.insert(picture, Some(sha256));
        self.taken.push(picture);
    }

    fn describe(&mut self, note: &str) {
        let picture = self.taken[1];
        let change = DetailsChange {
            note: Some(Note::new(note).unwrap()),
            ..DetailsChange::default()
        };
        self.tell(Asked::Describe {
            picture,
            note: note.to_owned(),
        });
        let pictures = vec![picture];
        self.happen(Actor::Desktop, Command::Describe { pictures, change });
    }

    fn file(&mut self, photo: &TestPhoto) {
        let picture = photo.id();
        let view = &self.session.view;
        let precondition = CommitPrecondition {
            patient: view.launch.patient.fingerprint(),
            revision: view.revision,
        };
        let pictures = vec![picture];
        self.tell(Asked::Commit {
            pictures: pictures.clone(),
        });
        self.happen(
            Actor::Desktop,
            Command::Commit {
                pictures,
                precondition,
                scans: Scans::Separate,
            },
        );
        self.server_says(Event::Filed {
            picture,
            records: Vec::new(),
            at: NOW,
        });
        self.filed.push(Filed {
            identifier: picture.to_string(),
            sha256: photo.claim.rendition.sha256,
            patient: PATIENT.to_owned(),
        });
    }

    /// Something was asked and acknowledged.
    pub fn tell(&self, asked: Asked) {
        let number = self.history.ask(Some(self.session.view.id), asked);
        self.history.tell(number, Told::Acknowledged);
    }

    fn happen(&mut self, by: Actor, command: Command) {
        let decision = decide(&self.session, Request { by, command }, NOW).unwrap();
        self.session = decision.next;
        decision
            .events
            .into_iter()
            .for_each(|sequenced| self.tell_of(sequenced));
    }

    /// What the server works out by itself, without the ways it takes to know.
    pub fn server_says(&mut self, event: Event) {
        let revision = self.session.view.revision + 1;
        let sequenced = SequencedEvent { revision, event };
        self.session.view.apply(&sequenced).unwrap();
        self.tell_of(sequenced);
    }

    fn tell_of(&mut self, sequenced: SequencedEvent) {
        self.heard
            .push(Delivery::Change(cursor(sequenced.revision)));
        self.events.push(sequenced);
    }

    /// Everything of one picture is as if it had never been asked.
    pub fn forget_everything_of(&mut self, picture: PictureId) {
        let about = |event: &Event| match event {
            Event::PictureReserved { picture: own } => own.id == picture,
            Event::PictureArrived { picture: own } => *own == picture,
            _ => false,
        };
        self.events.retain(|sequenced| !about(&sequenced.event));
        let mut next = 0;
        for sequenced in &mut self.events {
            next += 1;
            sequenced.revision = next;
        }
        let mut view = opened(self.session.view.id.bits()).view;
        for sequenced in &self.events {
            view.apply(sequenced).unwrap();
        }
        self.session.view = view;
        self.bytes.remove(&picture);
        self.heard = (1..=next).map(|at| Delivery::Change(cursor(at))).collect();
    }

    pub fn held(&self) -> FinalSession {
        let view = self.session.view.clone();
        let following = Following {
            session: view.id,
            link: None,
            from: cursor(0),
            heard: self.heard.clone(),
            view: view.clone(),
            over: false,
        };
        FinalSession {
            id: view.id,
            patient: PATIENT.to_owned(),
            view: Some(view),
            events: self.events.clone(),
            bytes: self.bytes.clone(),
            followers: vec![following],
        }
    }

    pub fn kinds(&self) -> Vec<Kind> {
        self.kinds_with(|_| {})
    }

    /// What is found when the final state is changed in this way.
    pub fn kinds_with(&self, change: impl FnOnce(&mut FinalState)) -> Vec<Kind> {
        let mut final_state = FinalState {
            sessions: vec![self.held()],
            filed: self.filed.clone(),
        };
        change(&mut final_state);
        let findings = check(&self.history.ops(), &final_state);
        findings.into_iter().map(|finding| finding.kind).collect()
    }
}

pub fn cursor(revision: u64) -> Cursor {
    Cursor {
        epoch: EPOCH,
        revision,
    }
}

fn opened(number: u128) -> Session {
    fictional::session(SessionId::from_bits(number), EPOCH, number)
}
