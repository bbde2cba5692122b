//! One photo on its way to the server: reserved, put, checked, and tried again as long as there is patience.

use super::{Queue, Shot};
use crate::api::{ApiError, ApiResult, PutTicket, arrived, reserve};
use crate::browser;
use clinical_images::refusal::Refusal;
use clinical_images::upload::{Outcome, Patience, Upload};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

impl Queue {
    pub(super) fn send(self, shot: Shot, attempt: u32) {
        shot.upload.set(Upload::Sending {
            attempt,
            percent: 0,
        });
        let run = shot.stop_run();
        spawn_local(async move {
            self.take_through(&shot, run).await;
            self.pump();
        });
    }

    /// Tries until the photo is sent, stopped or paused, or another run has taken over.
    async fn take_through(self, shot: &Shot, run: u32) {
        loop {
            let outcome = self.one_try(shot, run).await;
            if shot.run.try_get_value() != Some(run) {
                return;
            }
            let patience = self.patience();
            let next = shot.upload.get_untracked().after(outcome, patience);
            shot.upload.set(next.clone());
            let Upload::Retrying { attempt, seconds } = next else {
                return;
            };
            if !count_down(shot, run, attempt, seconds).await {
                return;
            }
            shot.upload.set(Upload::Sending {
                attempt,
                percent: 0,
            });
        }
    }

    pub(super) fn patience(self) -> Patience {
        Patience {
            tries: self.limits.get_value().tries,
            jitter: (browser::random_bits() % 1000) as u32,
        }
    }

    /// Reserve, put, let the server check.
    async fn one_try(self, shot: &Shot, run: u32) -> Outcome {
        let (Some(prepared), Some(scope)) = (shot.prepared.get_value(), self.scope.get_value())
        else {
            return Outcome::Broken;
        };
        let ticket: PutTicket = match reserve(scope, shot.claim(prepared.rendition)).await {
            Ok(ticket) => ticket,
            // Reserved, put and checked before; only the answer got lost.
            Err(ApiError::Refused(Refusal::PictureFixed)) => return Outcome::Arrived,
            Err(error) => return outcome_of(error),
        };
        let upload = shot.upload;
        let progress = move |percent| {
            upload.try_update(|state| {
                if let Upload::Sending { percent: shown, .. } = state {
                    *shown = percent;
                }
            });
        };
        if browser::put(&ticket, prepared.jpeg(), progress)
            .await
            .is_err()
        {
            return if browser::is_online() {
                Outcome::Broken
            } else {
                Outcome::Offline
            };
        }
        if shot.run.try_get_value() != Some(run) {
            return Outcome::Broken;
        }
        let patience = self.patience();
        upload.update(|state| *state = state.after(Outcome::Done, patience));
        let checked: ApiResult<()> = arrived(scope, shot.id).await;
        checked.map_or_else(outcome_of, |()| Outcome::Done)
    }
}

/// Shows the seconds until the next try. `false` when the photo was cancelled meanwhile.
async fn count_down(shot: &Shot, run: u32, attempt: u32, seconds: u32) -> bool {
    for left in (1..=seconds).rev() {
        shot.upload.set(Upload::Retrying {
            attempt,
            seconds: left,
        });
        browser::sleep(Duration::from_secs(1)).await;
        if shot.run.try_get_value() != Some(run) {
            return false;
        }
    }
    true
}

fn outcome_of(error: ApiError) -> Outcome {
    match error {
        ApiError::Refused(refusal) => Outcome::Refused(refusal),
        ApiError::Offline if !browser::is_online() => Outcome::Offline,
        ApiError::Offline | ApiError::Broken => Outcome::Broken,
    }
}
