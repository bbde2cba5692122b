//! Pictures come in, and later revisions of them: a place is reserved and a permission signed, the browser puts the bytes,
//! the server looks at what really arrived.

use super::{Authenticated, Services, refused};
use crate::access::Operation;
use crate::digest::Sha256;
use crate::id::PictureId;
use crate::picture::{JPEG, PictureState, Rendition, Source, jpeg};
use crate::ports::{ObjectKey, ObjectRead, PresignedGet, PresignedPut, PutRequest};
use crate::refusal::Refusal;
use crate::session::{
    Actor, Command, Evidence, Reserved, RevisionClaim, Session, Upload, UploadClaim, Uploads,
};
use std::time::Duration;

impl Services {
    /// Keeps a place for a picture and presigns the PUT of its bytes. Asked again for a picture that has not arrived, it
    /// presigns a new attempt under a new key.
    ///
    /// # Errors
    /// `SessionFull`, `PictureOutOfBounds`, `NoteTooLong`, `PictureFixed`, `PatientNotConfirmed`, or a store
    /// being unavailable.
    pub async fn reserve(
        &self,
        caller: Authenticated,
        claim: UploadClaim,
    ) -> Result<PresignedPut, Refusal> {
        let rendition = claim.rendition;
        let lifetime = caller.session.limits.put;
        let (_, Reserved { key }) = self.execute_on(caller.session, caller.actor, claim).await?;
        self.presign(key, rendition, lifetime).await
    }

    /// Keeps a place for a later revision of a picture and signs the permission to put its bytes; `None` when these very bytes
    /// are what the picture shows already.
    ///
    /// # Errors
    /// `Stale` when the picture shows other bytes than were edited, `PictureFixed`, `PictureUnknown`, `PictureOutOfBounds`,
    /// `TooManyAttempts`, or a store being unavailable.
    pub async fn revise(
        &self,
        caller: Authenticated,
        claim: RevisionClaim,
    ) -> Result<Option<PresignedPut>, Refusal> {
        let lifetime = caller.session.limits.put;
        let (_, reserved) = self.execute_on(caller.session, caller.actor, claim).await?;
        let Some(Reserved { key }) = reserved else {
            return Ok(None);
        };
        let put = self.presign(key, claim.rendition, lifetime).await?;
        Ok(Some(put))
    }

    /// The permission to put exactly these bytes there.
    async fn presign(
        &self,
        key: ObjectKey,
        rendition: Rendition,
        lifetime: Duration,
    ) -> Result<PresignedPut, Refusal> {
        let request = PutRequest {
            key,
            length: rendition.length,
            content_type: JPEG,
            sha256: rendition.sha256,
            lifetime,
        };
        self.object_store
            .presign_put(&request, self.clock.now())
            .await
            .map_err(|fault| refused(&fault))
    }

    /// Looks at what arrived for a picture and, if it is what was announced, makes it count. Doing it twice is
    /// harmless.
    ///
    /// # Errors
    /// `UploadMissing`, `UploadDiffers`, `PictureUnknown`, or a store being unavailable.
    pub async fn arrive(&self, caller: Authenticated, picture: PictureId) -> Result<(), Refusal> {
        let session = &caller.session;
        let state = session.view.picture(picture).map(|picture| &picture.state);
        let evidence = match next(session, picture) {
            Some(upload) if state == Some(&PictureState::Reserved) => self.evidence(upload).await?,
            _ => None,
        };
        self.run(caller, Command::Arrive { picture, evidence })
            .await
    }

    /// Looks at what arrived for a revision and, if it is what was announced, makes it what the picture shows. Doing it twice
    /// is harmless.
    ///
    /// # Errors
    /// `UploadMissing`, `UploadDiffers`, `Stale` when somebody else has announced another revision since, `PictureFixed`,
    /// `PictureUnknown`, or a store being unavailable.
    pub async fn arrive_revision(
        &self,
        caller: Authenticated,
        picture: PictureId,
        sha256: Sha256,
    ) -> Result<(), Refusal> {
        let evidence = match next(&caller.session, picture) {
            Some(upload) if upload.expected.sha256 == sha256 => self.evidence(upload).await?,
            _ => None,
        };
        let command = Command::ArriveRevision {
            picture,
            sha256,
            evidence,
        };
        self.run(caller, command).await
    }

    /// Reconciles the uploads that are due for a check: a picture whose confirmation was lost arrives, and the reservation
    /// of a picture that can no longer come is given up.
    pub(super) async fn reconcile_uploads(&self, session: Session) -> Result<Session, Refusal> {
        let began = self.clock.now();
        let overdue: Vec<(PictureId, Upload)> = session
            .unconfirmed()
            .filter(|(_, upload)| upload.next_check_at <= began)
            .map(|(picture, upload)| (picture, upload.clone()))
            .collect();
        let mut session = session;
        for (picture, upload) in overdue {
            let evidence = self.evidence(&upload).await?;
            let reconcile = Command::ReconcileUpload {
                picture,
                evidence,
                began,
            };
            (session, _) = self
                .execute(session.view.id, Actor::Server, reconcile)
                .await?;
            let state = session.view.picture(picture).map(|picture| &picture.state);
            let id = session.view.id;
            let shown = current(&session, picture).map(|shown| shown.attempt);
            match state {
                _ if next(&session, picture).is_some() => {}
                Some(_) if shown == Some(upload.attempt) => {
                    tracing::info!(session.id = %id, picture.id = %picture, "found the bytes of a picture whose upload nobody confirmed");
                }
                Some(_) => {
                    tracing::info!(session.id = %id, picture.id = %picture, "gave up a revision that never came");
                }
                None => {
                    tracing::info!(session.id = %id, picture.id = %picture, "gave up the place of a picture that never came");
                }
            }
        }
        Ok(session)
    }

    /// Reads the object whole: at 1 MB that costs milliseconds, and nothing less proves that the bytes the GP will
    /// see are the bytes that were announced.
    async fn evidence(&self, upload: &Upload) -> Result<Option<Evidence>, Refusal> {
        let announced = upload.expected.length;
        let read = self.object_store.read(&upload.key, announced).await;
        let Some(read) = read.map_err(|fault| refused(&fault))? else {
            return Ok(None);
        };
        let (length, sha256, jpeg) = match read {
            ObjectRead::Whole(bytes) => (
                bytes.len() as u64,
                Sha256::of(&bytes),
                jpeg::read_header(&bytes),
            ),
            // Its length alone says that it is not what was announced.
            ObjectRead::TooLarge { length } => (length, Sha256::of(&[]), None),
        };
        Ok(Some(Evidence {
            attempt: upload.attempt,
            length,
            sha256,
            jpeg,
        }))
    }

    /// Presigns a GET of a picture.
    ///
    /// # Errors
    /// `PictureUnknown` when it does not exist, has not arrived, or is not this phone's; or the store being unavailable.
    pub async fn view_picture(
        &self,
        caller: Authenticated,
        id: PictureId,
    ) -> Result<PresignedGet, Refusal> {
        let (upload, lifetime) = object_of(&caller, id, Uploads::shown)?;
        self.object_store
            .presign_get(&upload.key, lifetime)
            .await
            .map_err(|fault| refused(&fault))
    }

    /// The first bytes that arrived for a picture, from which every revision is made. They come by way of this server, because
    /// a page may show what lies in the store, but not read it.
    ///
    /// # Errors
    /// As [`Services::view_picture`]; `ObjectStoreUnavailable` also when the store has lost them.
    pub async fn original(&self, caller: Authenticated, id: PictureId) -> Result<Vec<u8>, Refusal> {
        let (upload, _) = object_of(&caller, id, Uploads::original)?;
        let read = self
            .object_store
            .read(&upload.key, upload.expected.length)
            .await;
        let read = read.map_err(|fault| refused(&fault))?;
        let bytes = read.and_then(ObjectRead::whole);
        bytes.ok_or(Refusal::ObjectStoreUnavailable)
    }
}

/// One of the objects of a picture that this caller may see, and for how long.
pub(super) fn object_of(
    caller: &Authenticated,
    id: PictureId,
    which: fn(&Uploads) -> Option<&Upload>,
) -> Result<(Upload, Duration), Refusal> {
    caller.may(Operation::ViewPicture)?;
    let (session, actor) = (&caller.session, caller.actor);
    let picture = session.view.picture(id).ok_or(Refusal::PictureUnknown)?;
    let own = match actor {
        Actor::Phone(link) => picture.source == Source::Phone(link),
        Actor::Desktop | Actor::Server => true,
        Actor::Unpaired => false,
    };
    let upload = session.uploads.get(&id).and_then(which);
    let upload = upload.filter(|_| own).ok_or(Refusal::PictureUnknown)?;
    Ok((upload.clone(), session.limits.get))
}

/// The bytes of a picture that are on their way.
fn next(session: &Session, picture: PictureId) -> Option<&Upload> {
    session.uploads.get(&picture)?.next.as_ref()
}

/// The bytes of a picture that are shown.
fn current(session: &Session, picture: PictureId) -> Option<&Upload> {
    session.uploads.get(&picture)?.shown()
}
