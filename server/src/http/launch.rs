//! `/launch`: Medtech's icon opens it. Ends on a clean address, with the access token in a cookie.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Redirect, Response};
use clinical_images::access::Scope;
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

/// Every way out of here is a redirect: what Medtech put into the address must not stay there.
pub(crate) async fn launch(
    State(services): State<Services>,
    launch: Result<Query<Launch>, QueryRejection>,
) -> Response {
    let Ok(Query(Launch {
        context: Some(context),
        signature: Some(signature),
    })) = launch
    else {
        return Redirect::to("/").into_response();
    };
    match services.open_launch(&context, &signature).await {
        Ok(opened) => {
            let scope = Scope::Desktop(opened.session);
            let cookie = services.set_cookie(scope, &opened.token);
            (
                [(SET_COOKIE, cookie)],
                Redirect::to(&format!("/desk/{}", opened.session)),
            )
                .into_response()
        }
        Err(refusal) => {
            tracing::warn!(%refusal, "launch refused");
            Redirect::to(&format!("/launch/{}", slug(&refusal))).into_response()
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
