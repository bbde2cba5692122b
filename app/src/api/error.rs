//! What a server function returns when it does not return what was asked for.

use clinical_images::refusal::Refusal;
use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// Seconds after which it makes sense to ask again, when something behind the server is unavailable.
#[cfg(feature = "ssr")]
pub const AGAIN_AFTER: &str = "2";

/// The answer of every server function.
pub type ApiResult<T> = Result<T, ApiError>;

/// Why a server function did not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// The server understood and refused, or something behind it is away.
    #[error(transparent)]
    Refused(Refusal),
    /// The server could not be reached; nothing is known about whether it heard.
    #[error("the server could not be reached")]
    Offline,
    /// Browser and server do not understand each other: an old page after an update, or a fault of ours.
    #[error("browser and server do not understand each other")]
    Broken,
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        let error = match error {
            ServerFnErrorErr::Request(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => {
                Self::Refused(Refusal::Malformed)
            }
            // On the server, what cannot be read is what was asked; in a browser, what was answered.
            ServerFnErrorErr::Deserialization(_) if cfg!(feature = "ssr") => {
                Self::Refused(Refusal::Malformed)
            }
            _ => Self::Broken,
        };
        #[cfg(feature = "ssr")]
        send_status(&error);
        error
    }
}

impl ApiError {
    /// Whether the same request may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Refused(refusal) if refusal.is_transient())
    }

    /// The HTTP status that goes with it. Leptos answers 500 to every error unless told otherwise.
    #[must_use]
    pub fn status(&self) -> u16 {
        use Refusal as R;
        let Self::Refused(refusal) = self else {
            return 500;
        };
        match refusal {
            R::NoAccessToken => 401,
            R::NotAllowed | R::PatientNotConfirmed | R::WrongFacility => 403,
            R::SessionUnknown
            | R::LinkUnknown
            | R::PictureUnknown
            | R::LaunchUnknown
            | R::PracticeUnknown
            | R::PatientNotFound => 404,
            R::SessionEnded { .. }
            | R::LinkUsed
            | R::LinkEnded { .. }
            | R::LaunchExpired
            | R::LaunchUsed
            | R::PracticeClosed => 410,
            R::SessionFull { .. }
            | R::PictureFixed
            | R::UploadMissing
            | R::UploadDiffers
            | R::Stale
            | R::RevisionUnderWay { .. }
            | R::TooManyAttempts { .. }
            | R::PagesApart
            | R::OtherPatient
            | R::OtherLink
            | R::NoAnalyst
            | R::AnalysisRunning
            | R::RequestReused => 409,
            R::PictureOutOfBounds
            | R::NoteTooLong { .. }
            | R::NothingChosen
            | R::DetailsMissing { .. }
            | R::NoPatient
            | R::Malformed => 422,
            R::Busy | R::StoreUnavailable | R::ObjectStoreUnavailable | R::EhrUnavailable => 503,
        }
    }
}

/// Sends an error's status along with the answer; Leptos says 500 otherwise.
#[cfg(feature = "ssr")]
pub(super) fn send_status(error: &ApiError) {
    use http::header::{HeaderValue, RETRY_AFTER};
    use leptos::prelude::use_context;
    use leptos_axum::ResponseOptions;

    let Some(response) = use_context::<ResponseOptions>() else {
        return;
    };
    if let Ok(status) = http::StatusCode::from_u16(error.status()) {
        response.set_status(status);
    }
    if error.is_transient() {
        response.insert_header(RETRY_AFTER, HeaderValue::from_static(AGAIN_AFTER));
    }
}
