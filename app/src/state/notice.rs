//! What is announced: one polite and one assertive line that screen readers speak and that everybody sees for a while.

use crate::browser;
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

/// How long a polite notice stays.
const SHOWN: Duration = Duration::from_secs(5);

/// How pressing a notice is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Information; disappears after a few seconds.
    Polite,
    /// A problem; stays until it is dismissed.
    Assertive,
}

/// The present notices. Copies share them.
#[derive(Clone, Copy)]
pub struct Notices {
    /// Good to know.
    pub polite: RwSignal<Option<String>>,
    /// A problem.
    pub assertive: RwSignal<Option<String>>,
}

impl Notices {
    /// No notices yet. Gives them to every component below.
    pub fn provide() {
        provide_context(Self {
            polite: RwSignal::new(None),
            assertive: RwSignal::new(None),
        });
    }

    /// Announces something.
    pub fn announce(self, tone: Tone, text: impl Into<String>) {
        let text = text.into();
        match tone {
            Tone::Assertive => self.assertive.set(Some(text)),
            Tone::Polite => {
                self.polite.set(Some(text.clone()));
                spawn_local(async move {
                    browser::sleep(SHOWN).await;
                    // A newer notice is not this one's to take away.
                    if self.polite.try_get_untracked().flatten().as_ref() == Some(&text) {
                        self.polite.set(None);
                    }
                });
            }
        }
    }
}
