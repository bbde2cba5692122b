//! Details on their way to the server: one change after the other, in the order in which they were made, tried again
//! while the network is away. Until the server's own word is here, what was typed is what is shown.

use crate::api::{ApiError, describe};
use crate::browser;
use crate::state::{Live, Notices, Tone};
use crate::text::{self, desk as words};
use clinical_images::id::PictureId;
use clinical_images::picture::{Details, DetailsChange};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long until a change that did not get through is tried again.
const PAUSE: Duration = Duration::from_secs(2);
/// How long a commit waits for changes on their way.
const PATIENCE: u32 = 60;
const STEP: Duration = Duration::from_millis(50);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Change {
    pictures: Vec<PictureId>,
    change: DetailsChange,
    /// The server has taken it; its event may still be on the way.
    taken: bool,
}

/// The changes on their way. Copies share it.
#[derive(Clone, Copy)]
pub(super) struct Saving {
    live: Live,
    notices: Notices,
    line: RwSignal<Vec<Change>>,
    busy: StoredValue<bool>,
    /// Whether a change did not get through and is being tried again.
    pub stuck: RwSignal<bool>,
}

impl Saving {
    /// Nothing on its way.
    pub fn new(live: Live, notices: Notices) -> Self {
        let line = RwSignal::new(Vec::<Change>::new());
        // Whatever the server tells next is at least as new as a change that it had taken before.
        Effect::new(move |_| {
            live.view.with(|view| view.revision);
            if line.with_untracked(|line| line.iter().any(|change| change.taken)) {
                line.update(|line| line.retain(|change| !change.taken));
            }
        });
        Self {
            live,
            notices,
            line,
            busy: StoredValue::new(false),
            stuck: RwSignal::new(false),
        }
    }

    /// Details as the person left them: the server's, and on top what is still on its way there.
    pub fn over(self, picture: PictureId, details: &Details) -> Details {
        self.line.with(|line| {
            let own = line
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
        self.line.update(|line| {
            line.push(Change {
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

    /// The first change that the server has not taken, with its place in the line.
    fn next(self) -> Option<Change> {
        let first = |line: &Vec<Change>| line.iter().find(|change| !change.taken).cloned();
        self.line.try_with_untracked(first).flatten()
    }

    async fn send_all(self) {
        while let Some(change) = self.next() {
            let answer = describe(
                self.live.scope,
                change.pictures.clone(),
                change.change.clone(),
            )
            .await;
            let again = match &answer {
                Err(ApiError::Offline) => true,
                Err(ApiError::Refused(refusal)) => refusal.is_transient(),
                Ok(()) | Err(ApiError::Broken) => false,
            };
            self.stuck.set(again);
            if again {
                browser::sleep(PAUSE).await;
                continue;
            }
            self.conclude(&change, answer.is_ok());
            self.live.notice(&answer);
            if let Err(error) = answer {
                self.notices
                    .say(Tone::Assertive, words::not_saved(text::explain(&error)));
            }
        }
    }

    fn conclude(self, done: &Change, taken: bool) {
        self.line.update(|line| {
            let Some(at) = line.iter().position(|change| change == done) else {
                return;
            };
            if taken {
                line[at].taken = true;
            } else {
                line.remove(at);
            }
        });
    }

    /// Waits until the server has taken everything, but not for ever.
    pub async fn settle(self) {
        for _ in 0..PATIENCE {
            if self.next().is_none() {
                return;
            }
            browser::sleep(STEP).await;
        }
    }
}
