//! Effects of a phone session: keeping address and screen in step, reconciling this phone's photos with the server's view,
//! announcing results, and releasing the photos when the session ends.

use super::focus::begin_screen;
use super::phone_session::PhoneSession;
use super::photos::{release_all, unsent};
use crate::api::ApiError;
use crate::browser;
use crate::state::{LocalPhoto, Tone};
use crate::text::Advice;
use crate::text::phone as words;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::picture::PictureState;
use clinical_images::refusal::Refusal;
use clinical_images::session::{EndOfLink, LinkState, SessionView};
use clinical_images::upload::UploadState;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The session and the link that a view belongs to.
fn identity(view: &SessionView) -> (SessionId, Option<LinkId>) {
    (view.id, view.links.first().map(|link| link.id))
}

/// Registers all effects. Has to be called in a component.
pub(super) fn run(session: PhoneSession, resume: Callback<bool>) {
    keep_address(session);
    reconcile(session);
    announce(session);
    // A cookie holds one link at a time: a tab that comes back may find that another one has taken its place.
    Effect::new(move |_| {
        browser::on_return(move || {
            if session.feed.closed.get_untracked().is_none() {
                spawn_local(session.feed.refresh());
            } else if untrack(|| unsent(session.queue)) > 0 {
                resume.run(false);
            }
        });
    });
}

/// Keeps address, screen and focus in step.
fn keep_address(session: PhoneSession) {
    Effect::new(move |before: Option<()>| {
        let screen = session.address.get();
        if before.is_some() {
            session.asked.set(screen);
        }
    });
    Effect::new(move |_| {
        let (asked, shown) = (session.asked.get(), session.shown.get());
        if asked != shown {
            session.correct(shown);
        }
    });
    Effect::new(move |_| {
        session.shown.track();
        begin_screen();
    });
}

/// Corrects the upload states by the server's view.
fn reconcile(session: PhoneSession) {
    Effect::new(move |before: Option<Vec<PictureId>>| {
        let (known, arrived) = session.feed.view.with(|view| {
            let known: Vec<_> = view.pictures.iter().map(|picture| picture.id).collect();
            let here = view
                .pictures
                .iter()
                .filter(|picture| picture.state != PictureState::Reserved);
            (known, here.map(|picture| picture.id).collect::<Vec<_>>())
        });
        let before = before.unwrap_or_default();
        for photo in session.queue.photos.get() {
            match photo.upload.get() {
                // It arrived although its confirmation got lost on the way back.
                UploadState::Stopped { .. } if arrived.contains(&photo.id) => {
                    photo.upload.set(UploadState::Sent);
                }
                // The desktop deleted it.
                UploadState::Sent if before.contains(&photo.id) && !known.contains(&photo.id) => {
                    session.queue.remove(photo.id);
                }
                _ => {}
            }
        }
        known
    });
}

/// Announces once how a batch ended, not photo by photo.
fn announce(session: PhoneSession) {
    Effect::new(move |told: Option<(usize, usize)>| {
        let photos = session.queue.photos.get();
        let count =
            |fits: fn(&LocalPhoto) -> bool| photos.iter().filter(|photo| fits(photo)).count();
        let sent = count(|photo| photo.upload.get() == UploadState::Sent);
        let stopped = count(|photo| {
            photo.is_going() && matches!(photo.upload.get(), UploadState::Stopped { .. })
        });
        let going = count(LocalPhoto::is_going);
        let (told_sent, told_stopped) = told.unwrap_or_default();
        if going > stopped {
            return (told_sent.min(sent), told_stopped.min(stopped));
        }
        if sent > told_sent || stopped > told_stopped {
            session.notices.announce(
                Tone::Polite,
                words::sent_notice(sent.saturating_sub(told_sent), stopped),
            );
        }
        (sent, stopped)
    });
}

/// Why the phone session has ended.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Ended {
    /// What to say.
    pub advice: Advice,
    /// Whether photos may stay on this page for the same patient.
    pub keeps: bool,
}

impl Ended {
    /// A phone that was idle or that has scanned a newer code is still with its patient as far as anybody knows. Where
    /// the desktop, the phone's user or the session said that it is over, nothing stays.
    fn by(error: &ApiError) -> Self {
        let keeps = matches!(
            error,
            ApiError::Refused(
                Refusal::OtherLink
                    | Refusal::LinkEnded {
                        why: EndOfLink::Idle
                    }
            )
        );
        Self {
            advice: words::explain(error),
            keeps,
        }
    }
}

/// Why the phone session has ended, once it has, and how many photos were removed with it or, where they may, stay. Has to be
/// called in a component.
pub(super) fn ending(
    session: PhoneSession,
    resume: Callback<bool>,
) -> (Memo<Option<Ended>>, Signal<usize>) {
    let feed = session.feed;
    let joined = feed.view.with_untracked(identity);
    let ended = Memo::new(move |before: Option<&Option<Ended>>| {
        before.cloned().flatten().or_else(|| {
            let said = feed.closed.get();
            said.or_else(|| feed.view.with(end_of))
                .map(|error| Ended::by(&error))
                .or_else(|| {
                    feed.view
                        .with(|view| (identity(view) != joined).then_some(moved()))
                })
        })
    });
    let photos = RwSignal::new(0);
    Effect::new(move |_| {
        let Some(ended) = ended.get() else { return };
        let left = untrack(|| unsent(session.queue));
        photos.update(|photos| *photos += left);
        if feed.closed.get_untracked().is_none() {
            feed.close(ApiError::Refused(Refusal::NoAccessToken));
        }
        if ended.keeps && left > 0 {
            session.queue.requeue();
            // A newer code may have been scanned by now, in another tab.
            resume.run(false);
        } else {
            release_all(session.queue);
        }
    });
    (ended, photos.into())
}

/// Another tab of this browser has joined another session.
fn moved() -> Ended {
    Ended {
        advice: words::joined_elsewhere(),
        keeps: true,
    }
}

/// The session's end or this link's, as an error that has its sentence.
fn end_of(view: &SessionView) -> Option<ApiError> {
    let session = view.ended.map(|why| Refusal::SessionEnded { why });
    let link = || {
        view.links.iter().find_map(|link| match link.state {
            LinkState::Ended { why, .. } => Some(Refusal::LinkEnded { why }),
            _ => None,
        })
    };
    session.or_else(link).map(ApiError::Refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::session::EndOfSession;

    #[test]
    fn photos_stay_where_the_same_patient_may_come_back_and_nowhere_else() {
        let keeps = |refusal| Ended::by(&ApiError::Refused(refusal)).keeps;
        let ended = |why| keeps(Refusal::LinkEnded { why });
        assert!(ended(EndOfLink::Idle) && keeps(Refusal::OtherLink));
        assert!(!ended(EndOfLink::Revoked) && !ended(EndOfLink::Declined));
        assert!(!ended(EndOfLink::Left) && !keeps(Refusal::NoAccessToken));
        let why = EndOfSession::Finished;
        assert!(!keeps(Refusal::SessionEnded { why }));
    }
}
