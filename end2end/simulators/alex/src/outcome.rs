//! FHIR's way of saying no: OperationOutcome, and the replies that carry FHIR JSON.

use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// The media type of every FHIR reply.
pub(crate) const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// A refusal: what an OperationOutcome says, and the status it goes with.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    code: &'static str,
    text: String,
    expression: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self {
            status,
            code,
            text: text.into(),
            expression: None,
        }
    }

    /// A 400 of the given issue code.
    pub(crate) fn bad(code: &'static str, text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, text)
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "not-found",
            format!("{what} was not found"),
        )
    }

    /// Names the element it is about, e.g. `Media.bodySite`.
    pub(crate) fn at(mut self, expression: impl Into<String>) -> Self {
        self.expression = Some(expression.into());
        self
    }
}

impl From<std::io::Error> for Refusal {
    fn from(error: std::io::Error) -> Self {
        tracing::error!(error = %error, "the simulator's ledger cannot be used");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "no-store",
            "The simulator cannot store",
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut body = outcome("error", self.code, &self.text);
        if let Some(expression) = self.expression {
            body["issue"][0]["expression"] = json!([expression]);
        }
        fhir(self.status, &body)
    }
}

/// An OperationOutcome with one issue.
pub(crate) fn outcome(severity: &str, code: &str, text: &str) -> Value {
    json!({
        "resourceType": "OperationOutcome",
        "id": crate::nondeterminism::id(),
        "issue": [{
            "severity": severity,
            "code": code,
            "details": { "text": text },
            "diagnostics": text,
        }]
    })
}

/// A reply with a FHIR resource.
pub(crate) fn fhir(status: StatusCode, body: &Value) -> Response {
    (
        status,
        [(header::CONTENT_TYPE, FHIR_JSON)],
        body.to_string(),
    )
        .into_response()
}
