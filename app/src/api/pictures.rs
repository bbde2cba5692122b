//! What both surfaces ask for about pictures.

#![allow(
    missing_docs,
    reason = "the server macro turns every argument into a public field without a place for words"
)]

use super::ApiResult;
#[cfg(feature = "ssr")]
use super::server::{answer, key, services};
use clinical_images::id::{LinkId, PictureId, SessionId};
use clinical_images::moment::Moment;
use clinical_images::picture::DetailsChange;
use clinical_images::session::UploadClaim;
use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};
#[cfg(feature = "ssr")]
use {clinical_images::service::Door, clinical_images::session::Act};

/// By which door a surface comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Surface {
    /// The desktop of this session.
    Desk(SessionId),
    /// The phone that holds this link.
    Phone(LinkId),
}

#[cfg(feature = "ssr")]
impl From<Surface> for Door {
    fn from(surface: Surface) -> Self {
        match surface {
            Surface::Desk(session) => Self::Desk { session },
            Surface::Phone(link) => Self::Phone { link: Some(link) },
        }
    }
}

impl Surface {
    /// Where the events of the session are to be followed.
    #[must_use]
    pub fn events_path(self) -> String {
        match self {
            Self::Desk(session) => format!("/events/desk/{session}"),
            Self::Phone(_) => "/events/phone".to_owned(),
        }
    }

    /// Where a picture that arrived is to be seen.
    #[must_use]
    pub fn picture_path(self, picture: PictureId) -> String {
        match self {
            Self::Desk(session) => format!("/pictures/desk/{session}/{picture}"),
            Self::Phone(_) => format!("/pictures/phone/{picture}"),
        }
    }
}

/// A permission to put a picture's bytes into the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutTicket {
    /// Where to.
    pub url: String,
    /// Headers to send with it.
    pub headers: Vec<(String, String)>,
    /// Until when.
    pub expires_at: Moment,
}

/// Keeps a place for a picture and gives the permission to put its bytes.
///
/// # Errors
/// When the session is full or over, or the announced picture breaks a limit.
#[server(endpoint = "pictures/reserve", input = Json, output = Json)]
pub async fn reserve(surface: Surface, claim: UploadClaim) -> ApiResult<PutTicket> {
    let (services, door) = (services(), Door::from(surface));
    let put = answer(
        services
            .reserve(door, key(&services, door).as_ref(), claim)
            .await,
    )?;
    Ok(PutTicket {
        url: put.url,
        headers: put.headers,
        expires_at: put.expires_at,
    })
}

/// Says that the bytes were put; the server checks.
///
/// # Errors
/// When nothing arrived, or something else than announced.
#[server(endpoint = "pictures/arrived", input = Json, output = Json)]
pub async fn arrived(surface: Surface, picture: PictureId) -> ApiResult<()> {
    let (services, door) = (services(), Door::from(surface));
    answer(
        services
            .arrive(door, key(&services, door).as_ref(), picture)
            .await,
    )
}

/// Changes what is said about pictures.
///
/// # Errors
/// When one of them is fixed by a commit, or gone.
#[server(endpoint = "pictures/describe", input = Json, output = Json)]
pub async fn describe(
    surface: Surface,
    pictures: Vec<PictureId>,
    change: DetailsChange,
) -> ApiResult<()> {
    let (services, door) = (services(), Door::from(surface));
    answer(
        services
            .act(
                door,
                key(&services, door).as_ref(),
                Act::Describe { pictures, change },
            )
            .await,
    )
}

/// Takes a picture away.
///
/// # Errors
/// When it is fixed by a commit.
#[server(endpoint = "pictures/remove", input = Json, output = Json)]
pub async fn remove(surface: Surface, picture: PictureId) -> ApiResult<()> {
    let (services, door) = (services(), Door::from(surface));
    answer(
        services
            .act(door, key(&services, door).as_ref(), Act::Remove { picture })
            .await,
    )
}
