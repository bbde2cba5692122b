//! Photos of this device on their way to the session: prepared one after the other, sent two at a time, each with its
//! own fate. The states and what follows on what are the domain's ([`clinical_images::upload`]); the work is done here.

mod sending;
mod shot;
mod small;

pub use shot::Shot;

use crate::browser::{self, Codec, LocalFile};
use clinical_images::access::Scope;
use clinical_images::id::PictureId;
use clinical_images::picture::{Details, PictureLimits};
use clinical_images::upload::{Outcome, Stop, Upload};
use leptos::prelude::*;
use leptos::task::spawn_local;

/// Photos sent at the same time.
const AT_ONCE: usize = 2;

/// The photos of this device. Copies share it.
#[derive(Clone, Copy)]
pub struct Queue {
    scope: StoredValue<Option<Scope>>,
    /// Photos in the order in which they were taken.
    pub shots: RwSignal<Vec<Shot>>,
    /// What photos are prepared and sent within.
    limits: StoredValue<PictureLimits>,
    codec: StoredValue<Option<Codec>>,
    /// Where photos that were handed over can still be seen small.
    handed_over: StoredValue<Vec<(PictureId, String)>>,
    /// Photos outlive the screen they were taken on: their signals belong to whoever made the queue.
    owner: StoredValue<Option<Owner>>,
}

impl Queue {
    /// An empty queue. Without a scope nothing is sent until [`Self::send_by`] names one.
    #[must_use]
    pub fn new(scope: Option<Scope>) -> Self {
        let queue = Self {
            scope: StoredValue::new(scope),
            shots: RwSignal::new(Vec::new()),
            limits: StoredValue::new(PictureLimits::default()),
            codec: StoredValue::new(None),
            handed_over: StoredValue::new(Vec::new()),
            owner: StoredValue::new(Owner::current()),
        };
        Effect::new(move |_| browser::on_window(leptos::ev::online, move |_| queue.resume()));
        queue
    }

    /// From now on photos go to this scope: a phone's link is known only after its claim, and a new scan brings a
    /// new one.
    pub fn send_by(self, scope: Scope) {
        self.scope.set_value(Some(scope));
    }

    /// From now on these limits hold. Photos that are here already are prepared anew if others held before, and wait for
    /// the person: a phone may come back to a session that was opened under other ones.
    pub fn keep_to(self, limits: PictureLimits) {
        let before = self
            .limits
            .try_update_value(|held| std::mem::replace(held, limits));
        if before == Some(limits) {
            return;
        }
        let unsent = |shot: &Shot| shot.upload.get_untracked() != Upload::Sent;
        let shots = self.shots.get_untracked();
        for shot in shots.into_iter().filter(unsent) {
            shot.stop_run();
            shot.wanted.set(false);
            self.prepare(shot);
        }
    }

    /// Takes files in and begins to prepare them. `send` also sends them as soon as they are ready; otherwise
    /// [`Self::send_all`] does. Returns their names.
    pub fn add(self, files: Vec<LocalFile>, details: &Details, send: bool) -> Vec<PictureId> {
        let take = || {
            files
                .into_iter()
                .map(|file| Shot::new(file, details.clone(), send))
                .collect()
        };
        let fresh: Vec<Shot> = match self.owner.get_value() {
            Some(owner) => owner.with(take),
            None => take(),
        };
        let names = fresh.iter().map(|shot| shot.id).collect();
        self.shots
            .update(|shots| shots.extend(fresh.iter().cloned()));
        fresh.into_iter().for_each(|shot| self.prepare(shot));
        names
    }

    /// Prepares a photo anew after it was turned.
    pub fn turn(self, id: PictureId) {
        if let Some(shot) = self.shot(id) {
            shot.turns.update(|turns| *turns = (*turns + 1) % 4);
            self.prepare(shot);
        }
    }

    fn prepare(self, shot: Shot) {
        shot.upload.set(Upload::Preparing);
        let codec = self.codec();
        let (turns, limits) = (shot.turns.get_untracked(), self.limits.get_value());
        spawn_local(async move {
            let outcome = match codec.prepare(&shot.file, turns, &limits).await {
                // Turned again meanwhile, or to be prepared otherwise: that preparation will answer.
                _ if shot.turns.try_get_untracked() != Some(turns)
                    || self.limits.try_get_value() != Some(limits) =>
                {
                    return;
                }
                Ok(prepared) => {
                    shot.show(&prepared);
                    shot.prepared.set_value(Some(prepared));
                    Outcome::Done
                }
                Err(kind) => Outcome::Unusable(kind),
            };
            let patience = self.patience();
            shot.upload
                .update(|upload| *upload = upload.after(outcome, patience));
            self.pump();
        });
    }

    /// Somebody is about to choose a photo: while they do, the codec is fetched.
    pub fn expect_photos(self) {
        self.codec().warm();
    }

    fn codec(self) -> Codec {
        if let Some(codec) = self.codec.get_value() {
            return codec;
        }
        let codec = Codec::default();
        self.codec.set_value(Some(codec.clone()));
        codec
    }

    /// Sends everything that is ready.
    pub fn send_all(self) {
        self.shots
            .with_untracked(|shots| shots.iter().for_each(|shot| shot.wanted.set(true)));
        self.pump();
    }

    /// Tries a stopped photo again.
    pub fn retry(self, id: PictureId) {
        let Some(shot) = self
            .shot(id)
            .filter(|shot| shot.upload.get_untracked().can_retry())
        else {
            return;
        };
        if shot.prepared.get_value().is_some() {
            shot.upload.set(Upload::Prepared);
            self.pump();
        } else {
            self.prepare(shot);
        }
    }

    /// Tries every stopped photo again.
    pub fn retry_all(self) {
        let ids: Vec<_> = self
            .shots
            .with_untracked(|shots| shots.iter().map(|shot| shot.id).collect());
        ids.into_iter().for_each(|id| self.retry(id));
    }

    /// Stops sending a photo; it stays on this device.
    pub fn cancel(self, id: PictureId) {
        if let Some(shot) = self
            .shot(id)
            .filter(|shot| shot.upload.get_untracked() != Upload::Sent)
        {
            shot.stop_run();
            shot.upload.set(Upload::Stopped {
                why: Stop::Cancelled,
            });
        }
    }

    /// Drops a photo from this device.
    pub fn remove(self, id: PictureId) {
        self.cancel(id);
        if let Some(shot) = self.shot(id) {
            shot.release();
        }
        self.shots
            .update(|shots| shots.retain(|shot| shot.id != id));
    }

    /// Takes back what was told to go, so that it can be looked at and sent anew, by another surface and perhaps to
    /// another session. Each photo gets a new name: the old one may be known there as another device's.
    pub fn set_aside(self) {
        let mut shots = self.shots.get_untracked();
        for shot in &mut shots {
            let upload = shot.upload.get_untracked();
            if upload == Upload::Sent {
                continue;
            }
            shot.stop_run();
            shot.id = PictureId::from_bits(browser::random_bits());
            shot.wanted.set(false);
            if upload != Upload::Preparing && shot.prepared.get_value().is_some() {
                shot.upload.set(Upload::Prepared);
            }
        }
        self.shots.set(shots);
    }

    /// Forgets photos that the server has.
    pub fn forget_sent(self) {
        let sent = |shot: &&Shot| shot.upload.get_untracked() == Upload::Sent;
        let names: Vec<_> = self
            .shots
            .with_untracked(|shots| shots.iter().filter(sent).map(|shot| shot.id).collect());
        names.into_iter().for_each(|id| self.remove(id));
    }

    /// The photo with this name.
    #[must_use]
    pub fn shot(self, id: PictureId) -> Option<Shot> {
        self.shots
            .with_untracked(|shots| shots.iter().find(|shot| shot.id == id).cloned())
    }

    fn resume(self) {
        self.shots.with_untracked(|shots| {
            for shot in shots {
                if let Upload::Paused { attempt } = shot.upload.get_untracked() {
                    self.send(shot.clone(), attempt);
                }
            }
        });
    }

    /// Starts the next photos, as many as may be under way.
    fn pump(self) {
        let shots = self.shots.get_untracked();
        let busy = |shot: &&Shot| {
            matches!(
                shot.upload.get_untracked(),
                Upload::Sending { .. } | Upload::Checking { .. } | Upload::Retrying { .. }
            )
        };
        let room = AT_ONCE.saturating_sub(shots.iter().filter(busy).count());
        let ready = |shot: &Shot| {
            shot.wanted.get_untracked() && shot.upload.get_untracked() == Upload::Prepared
        };
        shots
            .into_iter()
            .filter(ready)
            .take(room)
            .for_each(|shot| self.send(shot, 1));
    }
}
