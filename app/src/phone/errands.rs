//! What a visit does by itself: it keeps address and screen together, follows what the server says about this phone's
//! photos, announces, and clears up at the end.

use super::closed::begin_screen;
use super::stock::{release_all, unsent};
use super::visit::Visit;
use crate::api::ApiError;
use crate::browser;
use crate::state::{Shot, Tone};
use crate::text::Advice;
use crate::text::phone as words;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::picture::PictureState;
use clinical_images::refusal::Refusal;
use clinical_images::session::{EndOfLink, LinkState, SessionView};
use clinical_images::upload::Upload;
use leptos::prelude::*;
use leptos::task::spawn_local;

/// The session and the link that a visit began with.
type Home = (SessionId, Option<LinkId>);

fn home_of(view: &SessionView) -> Home {
    (view.id, view.links.first().map(|link| link.id))
}

/// Starts them all. Called in a component.
pub(super) fn run(visit: Visit, resume: Callback<bool>) {
    keep_address(visit);
    reconcile(visit);
    announce(visit);
    // A cookie holds one link at a time: a tab that comes back may find that another one has taken its place.
    Effect::new(move |_| {
        browser::on_return(move || {
            if visit.live.closed.get_untracked().is_none() {
                spawn_local(visit.live.refresh());
            } else if untrack(|| unsent(visit.queue)) > 0 {
                resume.run(false);
            }
        });
    });
}

/// Address, screen and focus follow each other.
fn keep_address(visit: Visit) {
    Effect::new(move |before: Option<()>| {
        let screen = visit.address.get();
        if before.is_some() {
            visit.asked.set(screen);
        }
    });
    Effect::new(move |_| {
        let (asked, shown) = (visit.asked.get(), visit.shown.get());
        if asked != shown {
            visit.correct(shown);
        }
    });
    Effect::new(move |_| {
        visit.shown.track();
        begin_screen();
    });
}

/// What the server says about a photo wins over what this phone believes.
fn reconcile(visit: Visit) {
    Effect::new(move |before: Option<Vec<PictureId>>| {
        let (known, arrived) = visit.live.view.with(|view| {
            let known: Vec<_> = view.pictures.iter().map(|picture| picture.id).collect();
            let here = view
                .pictures
                .iter()
                .filter(|picture| picture.state != PictureState::Reserved);
            (known, here.map(|picture| picture.id).collect::<Vec<_>>())
        });
        let before = before.unwrap_or_default();
        for shot in visit.queue.shots.get() {
            match shot.upload.get() {
                // It arrived although its confirmation got lost on the way back.
                Upload::Stopped { .. } if arrived.contains(&shot.id) => {
                    shot.upload.set(Upload::Sent);
                }
                // The desktop deleted it.
                Upload::Sent if before.contains(&shot.id) && !known.contains(&shot.id) => {
                    visit.queue.remove(shot.id);
                }
                _ => {}
            }
        }
        known
    });
}

/// Says once how a batch ended, not photo by photo.
fn announce(visit: Visit) {
    Effect::new(move |told: Option<(usize, usize)>| {
        let shots = visit.queue.shots.get();
        let count = |fits: fn(&Shot) -> bool| shots.iter().filter(|shot| fits(shot)).count();
        let sent = count(|shot| shot.upload.get() == Upload::Sent);
        let stopped =
            count(|shot| shot.is_going() && matches!(shot.upload.get(), Upload::Stopped { .. }));
        let going = count(Shot::is_going);
        let (told_sent, told_stopped) = told.unwrap_or_default();
        if going > stopped {
            return (told_sent.min(sent), told_stopped.min(stopped));
        }
        if sent > told_sent || stopped > told_stopped {
            visit.notices.say(
                Tone::Polite,
                words::sent_notice(sent.saturating_sub(told_sent), stopped),
            );
        }
        (sent, stopped)
    });
}

/// Why a visit is over.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Over {
    /// What to say.
    pub advice: Advice,
    /// Whether photos may stay on this page for the same patient.
    pub keeps: bool,
}

impl Over {
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

/// Why the visit is over, once it is, and how many photos were removed with it or, where they may, stay. Called in a
/// component.
pub(super) fn ending(visit: Visit, resume: Callback<bool>) -> (Memo<Option<Over>>, Signal<usize>) {
    let live = visit.live;
    let home = live.view.with_untracked(home_of);
    let over = Memo::new(move |before: Option<&Option<Over>>| {
        before.cloned().flatten().or_else(|| {
            let said = live.closed.get();
            said.or_else(|| live.view.with(ended))
                .map(|error| Over::by(&error))
                .or_else(|| {
                    live.view
                        .with(|view| (home_of(view) != home).then_some(MOVED))
                })
        })
    });
    let photos = RwSignal::new(0);
    Effect::new(move |_| {
        let Some(over) = over.get() else { return };
        let left = untrack(|| unsent(visit.queue));
        photos.update(|photos| *photos += left);
        if live.closed.get_untracked().is_none() {
            live.shut(ApiError::Refused(Refusal::NoAccessToken));
        }
        if over.keeps && left > 0 {
            visit.queue.set_aside();
            // A newer code may have been scanned by now, in another tab.
            resume.run(false);
        } else {
            release_all(visit.queue);
        }
    });
    (over, photos.into())
}

/// Another tab of this browser has joined another session.
const MOVED: Over = Over {
    advice: words::JOINED_ELSEWHERE,
    keeps: true,
};

/// The session's end or this link's, as an error that has its sentence.
fn ended(view: &SessionView) -> Option<ApiError> {
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
        let keeps = |refusal| Over::by(&ApiError::Refused(refusal)).keeps;
        let ended = |why| keeps(Refusal::LinkEnded { why });
        assert!(ended(EndOfLink::Idle) && keeps(Refusal::OtherLink));
        assert!(!ended(EndOfLink::Revoked) && !ended(EndOfLink::Declined));
        assert!(!ended(EndOfLink::Left) && !keeps(Refusal::NoAccessToken));
        let why = EndOfSession::Finished;
        assert!(!keeps(Refusal::SessionEnded { why }));
    }
}
