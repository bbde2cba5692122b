//! `/launch/{practice}`: Medtech's icon opens it. Ends on a clean address, with the access token in a cookie.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use clinical_images::id::PracticeId;
use clinical_images::refusal::Refusal;
use clinical_images::service::Services;
use http::header::SET_COOKIE;
use serde::Deserialize;

/// What Medtech puts into the address.
#[derive(Deserialize)]
pub(crate) struct Launch {
    context: Option<String>,
    signature: Option<String>,
}

/// The address of a deployment with one practice.
pub(crate) async fn of_the_only_practice(
    State(services): State<Services>,
    launch: Result<Query<Launch>, QueryRejection>,
) -> Response {
    open(&services, None, launch).await
}

/// A practice's own address. ALEX tells what a launch is for only to whoever names the practice.
pub(crate) async fn of_practice(
    State(services): State<Services>,
    Path(practice): Path<String>,
    launch: Result<Query<Launch>, QueryRejection>,
) -> Response {
    open(&services, Some(&practice), launch).await
}

/// Every way out of here is a redirect: what Medtech put into the address must not stay there.
async fn open(
    services: &Services,
    practice: Option<&str>,
    launch: Result<Query<Launch>, QueryRejection>,
) -> Response {
    let Ok(Query(Launch {
        context: Some(context),
        signature: Some(signature),
    })) = launch
    else {
        return Redirect::to("/").into_response();
    };
    match services.open_launch(practice, &context, &signature).await {
        Ok(opened) => {
            let cookie = services.set_desk_cookie(&opened);
            let desk = Redirect::to(&format!("/desk/{}", opened.session));
            ([(SET_COOKIE, cookie)], desk).into_response()
        }
        Err(refusal) => {
            // What stands in the address instead of a practice's name may be anything.
            let practice = practice.and_then(|name| name.parse::<PracticeId>().ok());
            let named = practice.as_ref().map_or("", PracticeId::as_str);
            tracing::warn!(%refusal, practice.id = named, "launch refused");
            let page = format!("/launch-problem/{}/{named}", slug(&refusal));
            Redirect::to(page.trim_end_matches('/')).into_response()
        }
    }
}

/// The refusal's name as it stands in JSON; the page reads it back.
fn slug(refusal: &Refusal) -> String {
    let name = serde_json::to_value(refusal).ok();
    // Those that carry more than their name are none of a launch's.
    name.as_ref()
        .and_then(|name| name.as_str())
        .unwrap_or("malformed")
        .to_owned()
}
