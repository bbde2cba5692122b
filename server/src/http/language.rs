//! `POST /language`: the reader chooses the language of the pages, with or without a script.

use axum::Form;
use axum::extract::State;
use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse as _, Redirect, Response};
use clinical_app::{Language, is_page};
use clinical_images::service::Services;
use http::StatusCode;
use http::header::SET_COOKIE;
use serde::Deserialize;

/// What the language switch sends.
#[derive(Deserialize)]
pub(crate) struct Choice {
    language: String,
    back: String,
}

/// Keeps the choice in a cookie and leads back to the page it was made on.
pub(crate) async fn choose(
    State(services): State<Services>,
    choice: Result<Form<Choice>, FormRejection>,
) -> Response {
    let Ok(Form(Choice { language, back })) = choice else {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            "this form is not the language switch\n",
        )
            .into_response();
    };
    let Some(language) = Language::of_tag(&language) else {
        return (
            StatusCode::UNPROCESSABLE_ENTITY,
            "this language is not spoken here\n",
        )
            .into_response();
    };
    let cookie = services.set_language_cookie(language.tag());
    ([(SET_COOKIE, cookie)], Redirect::to(own_page(&back))).into_response()
}

/// The page to go back to, if it is one of ours: an address of another server is none, and neither is a route that shows no page.
fn own_page(back: &str) -> &str {
    let plain = back
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"/-_".contains(&byte));
    // To browsers what begins with two slashes is an address of another server.
    let within = plain && back.starts_with('/') && !back.starts_with("//");
    if within && is_page(back) { back } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_language_leads_nowhere_else() {
        for own in [
            "/",
            "/phone/capture",
            "/desk/0123-abc",
            "/launch-problem/noPatient/two",
        ] {
            assert_eq!(own_page(own), own);
        }
        for foreign in [
            "//evil.example",
            "/\\evil.example",
            "https://evil.example",
            "",
            "evil",
            "/x?y",
            "/language",
            "/launch",
            "/\r\nSet-Cookie:",
        ] {
            assert_eq!(own_page(foreign), "/", "{foreign}");
        }
    }
}
