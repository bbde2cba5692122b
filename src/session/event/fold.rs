//! How a view changes with an event.

use super::{Event, SequencedEvent};
use crate::id::{LinkId, PictureId};
use crate::picture::{DetailsChange, Edit, Edited, PageOf, Picture, PictureState, Rendition};
use crate::session::{LinkState, SessionView};

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
    /// ```
    /// # mod fixture { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/session.rs")); }
    /// # use fixture::{NOW, session};
    /// use clinical_images::session::{Actor, Command, EndOfSession, Gap, Request, decide};
    ///
    /// let session = session();
    /// let end = Command::End { why: EndOfSession::Discarded };
    /// let request = Request { by: Actor::Desktop, command: end };
    /// let decision = decide(&session, request, NOW).expect("nothing is being filed");
    ///
    /// // A browser that hears the events sees what the server has, though it may hear one twice.
    /// let mut seen = session.view.clone();
    /// for event in decision.events.iter().chain(&decision.events) {
    ///     seen.apply(event)?;
    /// }
    /// assert_eq!(seen, decision.next.view);
    ///
    /// // One that has missed an event notices at the next.
    /// let mut later = decision.events[0].clone();
    /// later.revision = 5;
    /// assert_eq!(seen.apply(&later), Err(Gap { have: 1, got: 5 }));
    /// # Ok::<(), Gap>(())
    /// ```
    ///
    /// # Errors
    /// When an event in between is missing; the view is then unchanged.
    pub fn apply(&mut self, sequenced: &SequencedEvent) -> Result<(), Gap> {
        if sequenced.revision <= self.revision {
            return Ok(());
        }
        if sequenced.revision != self.revision + 1 {
            return Err(Gap {
                have: self.revision,
                got: sequenced.revision,
            });
        }
        self.revision = sequenced.revision;
        self.fold(&sequenced.event);
        Ok(())
    }

    /// Every event has an arm of its own: a new one does not compile until somebody has decided what it changes.
    fn fold(&mut self, event: &Event) {
        match event {
            Event::LinkOffered { link } => self.links.push(link.clone()),
            Event::LinkClaimed { link, device, at } => {
                self.set_link(*link, |_| LinkState::Claimed {
                    device: *device,
                    at: *at,
                    confirmed: false,
                });
            }
            Event::PatientConfirmed { link } => self.set_link(*link, LinkState::confirmed),
            Event::LinkEnded { link, why } => self.set_link(*link, |state| state.ended(*why)),
            Event::PictureReserved { picture } => self.put_picture(picture),
            Event::PictureArrived { picture } => self.set_state(*picture, PictureState::Ready),
            Event::RevisionAnnounced { picture } => self.set_revising(*picture, true),
            Event::RevisionAbandoned { picture } => self.set_revising(*picture, false),
            Event::PictureRevised {
                picture,
                rendition,
                edit,
            } => self.revise(*picture, *rendition, *edit),
            Event::PicturesDescribed { pictures, change } => self.describe(pictures, change),
            Event::PictureRemoved { picture, source: _ } => {
                self.pictures.retain(|known| known.id != *picture);
            }
            Event::PagesAssigned { pages } => self.assign_pages(pages),
            Event::FilingQueued { pictures } => {
                for picture in pictures {
                    self.set_state(*picture, PictureState::Queued);
                }
            }
            Event::FilingBegan { picture } => self.set_state(*picture, PictureState::Sending),
            Event::FilingPostponed {
                picture,
                failure,
                until,
            } => {
                let (failure, until) = (failure.clone(), *until);
                self.set_state(*picture, PictureState::Waiting { failure, until });
            }
            Event::Filed {
                picture,
                records,
                at,
            } => {
                let (records, at) = (records.clone(), *at);
                self.set_state(*picture, PictureState::Filed { records, at });
            }
            Event::FilingFailed { picture, failure } => {
                let failure = failure.clone();
                self.set_state(*picture, PictureState::Failed { failure });
            }
            Event::FilingUnknown { picture, failure } => {
                let failure = failure.clone();
                self.set_state(*picture, PictureState::Unknown { failure });
            }
            Event::FilingNeedsCheck {
                picture,
                failure,
                sent,
                target,
            } => {
                let needs_check = PictureState::NeedsCheck {
                    failure: failure.clone(),
                    sent: *sent,
                    target: *target,
                };
                self.set_state(*picture, needs_check);
            }
            Event::SessionEnded { why } => self.ended = Some(*why),
            Event::Redacted { others } => self.others = self.others.saturating_add_signed(*others),
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

    /// What is shown does not change by it, so that what a GP has seen of the picture stays seen.
    fn set_revising(&mut self, id: PictureId, revising: bool) {
        if let Some(picture) = self.pictures.iter_mut().find(|picture| picture.id == id) {
            picture.revising = revising;
        }
    }

    fn revise(&mut self, id: PictureId, rendition: Rendition, edit: Edit) {
        let revision = self.revision;
        if let Some(picture) = self.pictures.iter_mut().find(|picture| picture.id == id) {
            let original = picture.original();
            picture.edited = (!edit.changes_nothing()).then_some(Edited { original, edit });
            picture.rendition = rendition;
            picture.revising = false;
            picture.revision = revision;
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
