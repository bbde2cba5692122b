//! Pictures come in: a place is reserved and a permission signed, the browser puts the bytes, the server looks at
//! what really arrived.

use super::{Services, refused};
use crate::access::Scope;
use crate::digest::Sha256;
use crate::id::PictureId;
use crate::picture::{JPEG, PictureState, jpeg};
use crate::ports::{ObjectKey, PutOrder, SignedGet, SignedPut};
use crate::refusal::Refusal;
use crate::session::{AccessToken, Actor, Command, Evidence, Reply, Session, Upload, UploadClaim};

impl Services {
    /// Keeps a place for a picture and signs the permission to put its bytes. Asked again for a picture that has not
    /// arrived, it signs a new attempt under a new key.
    ///
    /// # Errors
    /// `SessionFull`, `PictureOutOfBounds`, `NoteTooLong`, `PictureFixed`, `PatientNotConfirmed`, as [`Services::authenticate`], or a
    /// store being away.
    pub async fn reserve(
        &self,
        scope: Scope,
        token: Option<&AccessToken>,
        claim: UploadClaim,
    ) -> Result<SignedPut, Refusal> {
        let (session, actor) = self.authenticate(scope, token).await?;
        let rendition = claim.rendition;
        let lifetime = session.limits.put;
        let (_, reply) = self
            .execute(session.view.id, actor, Command::Reserve(claim))
            .await?;
        let Reply::Reserved { key } = reply else {
            return Err(Refusal::Malformed);
        };
        let order = PutOrder {
            key,
            length: rendition.length,
            content_type: JPEG,
            sha256: rendition.sha256,
            lifetime,
        };
        self.vault
            .sign_put(&order, self.clock.now())
            .await
            .map_err(|fault| refused(&fault))
    }

    /// Looks at what arrived for a picture and, if it is what was announced, makes it count. Doing it twice is
    /// harmless.
    ///
    /// # Errors
    /// `UploadMissing`, `UploadDiffers`, `PictureUnknown`, as [`Services::authenticate`], or a store being away.
    pub async fn arrive(
        &self,
        scope: Scope,
        token: Option<&AccessToken>,
        picture: PictureId,
    ) -> Result<(), Refusal> {
        let (session, actor) = self.authenticate(scope, token).await?;
        let evidence = match session.uploads.get(&picture) {
            Some(upload) => self.evidence(upload).await?,
            None => None,
        };
        self.execute(
            session.view.id,
            actor,
            Command::Arrive { picture, evidence },
        )
        .await
        .map(drop)
    }

    /// Looks for the bytes of pictures that nobody has spoken for: a confirmation that got lost is made good, and a
    /// picture that never came gives its place back.
    pub(super) async fn look_for_lost(&self, session: Session) -> Result<Session, Refusal> {
        let began = self.clock.now();
        let overdue: Vec<(PictureId, Upload)> = session
            .awaited()
            .filter(|(_, upload)| upload.look_at <= began)
            .map(|(picture, upload)| (picture, upload.clone()))
            .collect();
        let mut session = session;
        for (picture, upload) in overdue {
            let evidence = self.evidence(&upload).await?;
            let inspect = Command::Inspect {
                picture,
                evidence,
                began,
            };
            (session, _) = self
                .execute(session.view.id, Actor::Server, inspect)
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
            .vault
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
            .vault
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

    /// Signs an address under which a picture can be viewed for a short time.
    ///
    /// # Errors
    /// `PictureUnknown` when it does not exist, has not arrived, or is not this phone's; as [`Services::authenticate`].
    pub async fn view_picture(
        &self,
        scope: Scope,
        token: Option<&AccessToken>,
        id: PictureId,
    ) -> Result<SignedGet, Refusal> {
        let (session, actor) = self.authenticate(scope, token).await?;
        let picture = session.view.picture(id).ok_or(Refusal::PictureUnknown)?;
        let own = !matches!(actor, Actor::Phone(_)) || picture.source == actor.source();
        let key =
            upload_key(&session, id).filter(|_| own && picture.state != PictureState::Reserved);
        let key = key.ok_or(Refusal::PictureUnknown)?;
        self.vault
            .sign_get(&key, session.limits.get)
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
