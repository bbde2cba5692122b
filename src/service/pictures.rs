//! Pictures come in: a place is reserved and a PUT presigned, the browser sends the bytes to the object store, and the
//! server verifies what really arrived.

use super::{Authenticated, Services, refused};
use crate::access::Operation;
use crate::digest::Sha256;
use crate::id::PictureId;
use crate::picture::{JPEG, PictureState, jpeg};
use crate::ports::{ObjectKey, PresignedGet, PresignedPut, PutRequest};
use crate::refusal::Refusal;
use crate::session::{Actor, Command, Evidence, Reply, Session, Upload, UploadClaim};

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
        let (_, reply) = self
            .execute_on(caller.session, caller.actor, Command::Reserve(claim))
            .await?;
        let Reply::Reserved { key } = reply else {
            return Err(Refusal::Malformed);
        };
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
        let evidence = match caller.session.uploads.get(&picture) {
            Some(upload) => self.evidence(upload).await?,
            None => None,
        };
        self.run(caller, Command::Arrive { picture, evidence })
            .await
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
            match state {
                Some(PictureState::Reserved) => {}
                Some(_) => {
                    tracing::info!(session.id = %id, picture.id = %picture, "found a picture whose arrival nobody announced");
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
        let (key, announced) = (&upload.key, upload.expected.length);
        let Some(head) = self
            .object_store
            .head(key)
            .await
            .map_err(|fault| refused(&fault))?
        else {
            return Ok(None);
        };
        if head.length > announced {
            // Not read: its length alone says that it is not what was announced.
            return Ok(Some(Evidence {
                attempt: upload.attempt,
                length: head.length,
                sha256: Sha256::of(&[]),
                jpeg: None,
            }));
        }
        let bytes = self
            .object_store
            .read(key, announced)
            .await
            .map_err(|fault| refused(&fault))?;
        Ok(bytes.map(|bytes| Evidence {
            attempt: upload.attempt,
            length: bytes.len() as u64,
            sha256: Sha256::of(&bytes),
            jpeg: jpeg::read_header(&bytes),
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
        caller.may(Operation::ViewPicture)?;
        let Authenticated { session, actor } = caller;
        let picture = session.view.picture(id).ok_or(Refusal::PictureUnknown)?;
        let own = !matches!(actor, Actor::Phone(_)) || picture.source == actor.source();
        let key =
            upload_key(&session, id).filter(|_| own && picture.state != PictureState::Reserved);
        let key = key.ok_or(Refusal::PictureUnknown)?;
        self.object_store
            .presign_get(&key, session.limits.get)
            .await
            .map_err(|fault| refused(&fault))
    }
}

/// Where a picture's present attempt lies.
pub(super) fn upload_key(session: &Session, picture: PictureId) -> Option<ObjectKey> {
    session
        .uploads
        .get(&picture)
        .map(|upload| upload.key.clone())
}
