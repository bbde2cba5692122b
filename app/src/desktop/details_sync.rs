//! The queue of detail edits: sent one after the other in the order in which they were made, and retried while the server
//! cannot be reached. Until its event arrives, an edit is shown on top of the server's state (an optimistic update).

use crate::api::{ApiError, describe};
use crate::browser;
use crate::state::{Notices, SessionFeed, Tone};
use crate::text::{self, desk as words};
use clinical_images::id::PictureId;
use clinical_images::picture::{Details, DetailsChange};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long after a failure an edit is sent again.
const PAUSE: Duration = Duration::from_secs(2);
/// How often, and at what interval, a commit looks whether every pending edit was sent.
const FLUSH_STEPS: u32 = 60;
const FLUSH_STEP: Duration = Duration::from_millis(50);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    pictures: Vec<PictureId>,
    change: DetailsChange,
    /// The server has taken it; its event may still be on the way.
    taken: bool,
}

/// The pending edits. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct DetailsSync {
    feed: SessionFeed,
    notices: Notices,
    pending: RwSignal<Vec<Change>>,
    busy: StoredValue<bool>,
    /// Whether an edit could not be sent and is being retried.
    pub retrying: RwSignal<bool>,
}

impl DetailsSync {
    /// A queue without edits.
    pub fn new(feed: SessionFeed, notices: Notices) -> Self {
        let pending = RwSignal::new(Vec::<Change>::new());
        // Whatever the server tells next is at least as new as a change that it had taken before.
        Effect::new(move |_| {
            feed.view.with(|view| view.revision);
            if pending.with_untracked(|pending| pending.iter().any(|change| change.taken)) {
                pending.update(|pending| pending.retain(|change| !change.taken));
            }
        });
        Self {
            feed,
            notices,
            pending,
            busy: StoredValue::new(false),
            retrying: RwSignal::new(false),
        }
    }

    /// Details as the person left them: the server's, with the pending edits on top.
    pub fn overlay(self, picture: PictureId, details: &Details) -> Details {
        self.pending.with(|pending| {
            let own = pending
                .iter()
                .filter(|change| change.pictures.contains(&picture));
            own.fold(details.clone(), |details, change| {
                details.with(&change.change)
            })
        })
    }

    /// Sends a change.
    pub fn describe(self, pictures: Vec<PictureId>, change: DetailsChange) {
        if pictures.is_empty() {
            return;
        }
        self.pending.update(|pending| {
            pending.push(Change {
                pictures,
                change,
                taken: false,
            });
        });
        if !self.busy.get_value() {
            self.busy.set_value(true);
            spawn_local(async move {
                self.send_all().await;
                self.busy.set_value(false);
            });
        }
    }

    /// The first edit that the server has not taken.
    fn next(self) -> Option<Change> {
        let first = |pending: &Vec<Change>| pending.iter().find(|change| !change.taken).cloned();
        self.pending.try_with_untracked(first).flatten()
    }

    async fn send_all(self) {
        while let Some(change) = self.next() {
            let answer = describe(
                self.feed.scope,
                change.pictures.clone(),
                change.change.clone(),
            )
            .await;
            let again = match &answer {
                Err(ApiError::Offline) => true,
                Err(ApiError::Refused(refusal)) => refusal.is_transient(),
                Ok(()) | Err(ApiError::Broken) => false,
            };
            self.retrying.set(again);
            if again {
                browser::sleep(PAUSE).await;
                continue;
            }
            self.mark_taken(&change, answer.is_ok());
            self.feed.close_if_revoked(&answer);
            if let Err(error) = answer {
                self.notices
                    .announce(Tone::Assertive, words::not_saved(text::explain(&error)));
            }
        }
    }

    fn mark_taken(self, done: &Change, taken: bool) {
        self.pending.update(|pending| {
            let Some(at) = pending.iter().position(|change| change == done) else {
                return;
            };
            if taken {
                pending[at].taken = true;
            } else {
                pending.remove(at);
            }
        });
    }

    /// Waits until the server has taken every edit, three seconds at most.
    pub async fn flush(self) {
        for _ in 0..FLUSH_STEPS {
            if self.next().is_none() {
                return;
            }
            browser::sleep(FLUSH_STEP).await;
        }
    }
}
