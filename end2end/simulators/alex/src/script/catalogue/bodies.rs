//! Bodies that are strange, and redirects.

use axum::http::StatusCode;

use super::super::change::Change;
use super::super::reply::{Effect, Reply, ScriptedResponse};
use super::{ANY, CREATE, reply, status};

const HTML: &str = "text/html; charset=utf-8";
const BAD_GATEWAY: &str = "<html><head><title>502 Bad Gateway</title></head>\
    <body><center><h1>502 Bad Gateway</h1></center></body></html>";
const SIGN_IN: &str = "<html><head><title>Sign in</title></head>\
    <body><form method=\"post\"><input name=\"user\"></form></body></html>";
/// The gateway's own JSON, which is not FHIR's.
const GATEWAY_400: &str = r#"{"statusCode":400,"message":"Bad request"}"#;
const GATEWAY_404: &str = r#"{"statusCode":404,"message":"Resource not found"}"#;

/// Bodies that are not FHIR, and redirects.
pub(super) fn strange() -> Vec<Reply> {
    let strange = |number, content_type, body| ScriptedResponse::Strange {
        status: status(number),
        content_type,
        body,
    };
    let idle = |name, says, response| {
        reply(ANY, name, says)
            .effect(Effect::Nothing)
            .response(response)
    };
    let json = "application/json";
    let away = Some("http://elsewhere.invalid/FHIR/Media");
    vec![
        idle(
            "html",
            "502 with a page of HTML; nothing is done.",
            strange(502, HTML, BAD_GATEWAY),
        ),
        reply(
            CREATE,
            "html-created",
            "502 with a page of HTML, though created.",
        )
        .response(strange(502, HTML, BAD_GATEWAY)),
        idle(
            "html-200",
            "200 with a sign-in page; nothing is done.",
            strange(200, HTML, SIGN_IN),
        ),
        reply(CREATE, "html-201", "Created; 201 with a page of HTML.")
            .response(strange(201, HTML, SIGN_IN)),
        idle(
            "400-gateway",
            "400 with the gateway's own JSON; nothing is done.",
            strange(400, json, GATEWAY_400),
        ),
        idle(
            "404-gateway",
            "404 with the gateway's own JSON; nothing is done.",
            strange(404, json, GATEWAY_404),
        ),
        idle(
            "500-empty",
            "500 without a body; nothing is done.",
            strange(500, json, ""),
        ),
        idle(
            "500-truncated",
            "500 with an OperationOutcome that breaks off; nothing is done.",
            strange(
                500,
                "application/fhir+json",
                r#"{"resourceType":"OperationOutcome","iss"#,
            ),
        ),
        idle(
            "redirect-loop",
            "307 to the address that was called; nothing is done.",
            ScriptedResponse::Redirect(StatusCode::TEMPORARY_REDIRECT, None),
        ),
        idle(
            "redirect-away",
            "307 to another host; nothing is done.",
            ScriptedResponse::Redirect(StatusCode::TEMPORARY_REDIRECT, away),
        ),
        idle(
            "redirect-sign-in",
            "302 to a sign-in page; nothing is done.",
            ScriptedResponse::Redirect(StatusCode::FOUND, Some("/sign-in")),
        ),
    ]
}

/// Bodies that cannot be read, or not to their end.
pub(super) fn huge_and_cut() -> Vec<Reply> {
    vec![
        reply(
            CREATE,
            "truncated",
            "Created; 201 with JSON that breaks off in the middle.",
        )
        .changed(Change::HalfTheBody),
        reply(
            CREATE,
            "wrong-type",
            "Created; 201 with the resource as text/plain.",
        )
        .changed(Change::PlainText),
        reply(
            CREATE,
            "huge",
            "Created; 201 with a body of 100 MB, the id at its end.",
        )
        .response(ScriptedResponse::Huge(StatusCode::CREATED)),
        reply(
            ANY,
            "huge-500",
            "500 with a body of 100 MB; nothing is done.",
        )
        .effect(Effect::Nothing)
        .response(ScriptedResponse::Huge(StatusCode::INTERNAL_SERVER_ERROR)),
    ]
}
