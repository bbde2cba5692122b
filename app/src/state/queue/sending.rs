//! The upload of one photo: reserve, PUT, confirm; repeated as the retry policy says.

use super::{LocalPhoto, Queue};
use crate::api::{ApiError, ApiResult, PresignedPut, arrived, reserve};
use crate::browser;
use clinical_images::refusal::Refusal;
use clinical_images::upload::{RetryPolicy, UploadEvent, UploadState};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::time::Duration;

impl Queue {
    pub(super) fn send(self, photo: LocalPhoto, attempt: u32) {
        photo.upload.set(UploadState::Sending {
            attempt,
            percent: 0,
        });
        let run = photo.cancel_run();
        spawn_local(async move {
            self.upload_with_retries(&photo, run).await;
            self.start_next();
        });
    }

    /// Repeats the upload until it is sent, stopped or paused, or until a newer run has replaced this one.
    async fn upload_with_retries(self, photo: &LocalPhoto, run: u32) {
        loop {
            let event = self.attempt(photo, run).await;
            if photo.run.try_get_value() != Some(run) {
                return;
            }
            let policy = self.retry_policy();
            let next = photo.upload.get_untracked().after(event, policy);
            photo.upload.set(next.clone());
            let UploadState::Retrying { attempt, seconds } = next else {
                return;
            };
            if !count_down(photo, run, attempt, seconds).await {
                return;
            }
            photo.upload.set(UploadState::Sending {
                attempt,
                percent: 0,
            });
        }
    }

    pub(in crate::state) fn retry_policy(self) -> RetryPolicy {
        RetryPolicy {
            tries: self.limits.get_value().tries,
            jitter: (browser::random_bits() % 1000) as u32,
        }
    }

    /// One attempt: reserve, PUT, and have the server verify what arrived.
    async fn attempt(self, photo: &LocalPhoto, run: u32) -> UploadEvent {
        let (Some(prepared), Some(scope)) = (photo.prepared.get_value(), self.scope.get_value())
        else {
            return UploadEvent::Broken;
        };
        let presigned: PresignedPut = match reserve(scope, photo.claim(prepared.rendition)).await {
            Ok(presigned) => presigned,
            // Reserved, put and checked before; only the answer got lost.
            Err(ApiError::Refused(Refusal::PictureFixed)) => return UploadEvent::AlreadyStored,
            Err(error) => return event_of(error),
        };
        let upload = photo.upload;
        let progress = move |percent| {
            upload.try_update(|state| {
                if let UploadState::Sending { percent: shown, .. } = state {
                    *shown = percent;
                }
            });
        };
        if browser::put(&presigned, prepared.jpeg(), progress)
            .await
            .is_err()
        {
            return if browser::is_online() {
                UploadEvent::Broken
            } else {
                UploadEvent::Offline
            };
        }
        if photo.run.try_get_value() != Some(run) {
            return UploadEvent::Broken;
        }
        let policy = self.retry_policy();
        upload.update(|state| *state = state.after(UploadEvent::StepDone, policy));
        let checked: ApiResult<()> = arrived(scope, photo.id).await;
        checked.map_or_else(event_of, |()| UploadEvent::StepDone)
    }
}

/// Shows the seconds until the next try. `false` when the photo was cancelled meanwhile.
async fn count_down(photo: &LocalPhoto, run: u32, attempt: u32, seconds: u32) -> bool {
    for left in (1..=seconds).rev() {
        photo.upload.set(UploadState::Retrying {
            attempt,
            seconds: left,
        });
        browser::sleep(Duration::from_secs(1)).await;
        if photo.run.try_get_value() != Some(run) {
            return false;
        }
    }
    true
}

pub(in crate::state) fn event_of(error: ApiError) -> UploadEvent {
    match error {
        ApiError::Refused(refusal) => UploadEvent::Refused(refusal),
        ApiError::Offline if !browser::is_online() => UploadEvent::Offline,
        ApiError::Offline | ApiError::Broken => UploadEvent::Broken,
    }
}
