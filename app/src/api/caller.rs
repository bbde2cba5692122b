//! Who calls a server function: the scope that the call names, and the token that the caller's browser holds for it. One line of a
//! server function goes through here: `desktop(session).run(Command::…).await`.

use super::ApiResult;
use super::server::{answer, header, services};
use clinical_images::access::Scope;
use clinical_images::digest::Sha256;
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::ports::PresignedPut;
use clinical_images::refusal::Refusal;
use clinical_images::service::{Authenticated, OfferedLink, Services};
use clinical_images::session::{Command, RevisionClaim, SessionView, UploadClaim};
use http::header::COOKIE;

/// Somebody who calls, in the scope that the call names. Nothing is known of their token yet.
pub(super) struct Caller {
    services: Services,
    scope: Scope,
}

/// A call from the desktop of this session.
pub(super) fn desktop(session: SessionId) -> Caller {
    caller(Scope::Desktop(session))
}

/// A call from the phone that believes to hold this link, or from whichever phone this browser is.
pub(super) fn phone(link: impl Into<Option<LinkId>>) -> Caller {
    caller(Scope::Phone(link.into()))
}

/// A call from either surface.
pub(super) fn caller(scope: Scope) -> Caller {
    Caller {
        services: services(),
        scope,
    }
}

impl Caller {
    /// Executes a command that answers nothing but that it is done.
    pub(super) async fn run(&self, command: Command) -> ApiResult<()> {
        answer(self.try_run(command).await)
    }

    /// Reads the session as the caller may see it.
    pub(super) async fn view(&self) -> ApiResult<SessionView> {
        let caller = answer(self.authenticate().await)?;
        answer(self.services.view(caller))
    }

    /// Offers a hand-off link.
    pub(super) async fn offer_link(&self) -> ApiResult<OfferedLink> {
        let caller = answer(self.authenticate().await)?;
        answer(self.services.offer_link(caller).await)
    }

    /// Reserves a place for a picture.
    pub(super) async fn reserve(&self, claim: UploadClaim) -> ApiResult<PresignedPut> {
        let caller = answer(self.authenticate().await)?;
        answer(self.services.reserve(caller, claim).await)
    }

    /// Confirms that a picture's bytes were uploaded.
    pub(super) async fn arrive(&self, picture: PictureId) -> ApiResult<()> {
        let caller = answer(self.authenticate().await)?;
        answer(self.services.arrive(caller, picture).await)
    }

    /// Reserves a place for a later revision of a picture.
    pub(super) async fn revise(&self, claim: RevisionClaim) -> ApiResult<Option<PresignedPut>> {
        let caller = answer(self.authenticate().await)?;
        answer(self.services.revise(caller, claim).await)
    }

    /// Confirms that a revision's bytes were uploaded.
    pub(super) async fn arrive_revision(
        &self,
        picture: PictureId,
        sha256: Sha256,
    ) -> ApiResult<()> {
        let caller = answer(self.authenticate().await)?;
        answer(self.services.arrive_revision(caller, picture, sha256).await)
    }

    /// Takes the phone's token out of the caller's browser.
    pub(super) fn forget_phone(&self) {
        super::server::send_cookie(&self.services.clear_phone_cookie());
    }

    async fn try_run(&self, command: Command) -> Result<(), Refusal> {
        let caller = self.authenticate().await?;
        self.services.run(caller, command).await
    }

    async fn authenticate(&self) -> Result<Authenticated, Refusal> {
        let token = self.services.token_among(self.scope, &header(COOKIE));
        self.services.authenticate(self.scope, token.as_ref()).await
    }
}
