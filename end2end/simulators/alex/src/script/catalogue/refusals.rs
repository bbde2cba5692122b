//! Refusals in FHIR's words.

use axum::http::StatusCode;

use super::super::reply::{Deed, Refused, Reply, Word};
use super::{ANY, CREATE, FHIR, reply, status};

pub(super) fn refusal(number: u16, code: &'static str, text: &'static str) -> Word {
    Word::Refusal(Refused {
        status: status(number),
        code,
        text,
        retry_after: None,
        dislikes: false,
    })
}

fn asking_to_wait(number: u16, code: &'static str, wait: &'static str) -> Word {
    Word::Refusal(Refused {
        status: status(number),
        code,
        text: "Too many requests",
        retry_after: Some(wait),
        dislikes: false,
    })
}

/// Every status of REFERENCE §5 with its code, having done nothing and having created.
pub(super) fn statuses() -> Vec<Reply> {
    let rows = [
        (400, "business-rule", "Refused by a business rule"),
        (401, "login", "Authentication failed."),
        (403, "forbidden", "Authorization failed."),
        (404, "not-found", "The resource was not found"),
        (
            405,
            "not-supported",
            "The requested operation is not allowed",
        ),
        (408, "timeout", "The request took too long"),
        (409, "conflict", "The resource was changed meanwhile"),
        (
            412,
            "multiple-matches",
            "The condition matches more than one resource",
        ),
        (413, "too-long", "The body is too large"),
        (415, "not-supported", "The content type is not supported"),
        (422, "processing", "The resource cannot be processed"),
        (429, "throttled", "Too many requests"),
        (500, "exception", "An unexpected error occurred"),
        (502, "exception", "The practice's answer makes no sense"),
        (503, "transient", "The practice is not connected"),
        (504, "timeout", "The practice did not answer in time"),
    ];
    let word = |(number, code, text)| match number {
        429 => asking_to_wait(number, code, "2"),
        _ => refusal(number, code, text),
    };
    let mut replies = Vec::new();
    for row in rows {
        let (number, code, _) = row;
        let waits = if number == 429 {
            ", to wait 2 seconds"
        } else {
            ""
        };
        let says = format!("{number} `{code}`{waits}; nothing is done.");
        replies.push(
            reply(ANY, &number.to_string(), &says)
                .deed(Deed::Nothing)
                .word(word(row)),
        );
        let says = format!("{number} `{code}`{waits}, though created.");
        replies.push(reply(CREATE, &format!("{number}-created"), &says).word(word(row)));
    }
    replies
}

/// The same statuses with other codes and hints.
pub(super) fn more() -> Vec<Reply> {
    let refuse = |name, says, word| reply(FHIR, name, says).deed(Deed::Nothing).word(word);
    let dislikes = Word::Refusal(Refused {
        status: StatusCode::BAD_REQUEST,
        code: "not-supported",
        text: "",
        retry_after: None,
        dislikes: true,
    });
    vec![
        refuse(
            "400-element",
            "400 `not-supported` that names an optional element in `expression`; nothing is done.",
            dislikes,
        ),
        refuse(
            "400-invalid",
            "400 `invalid`; nothing is done.",
            refusal(400, "invalid", "The resource is not valid"),
        ),
        refuse(
            "400-throttled",
            "400 with the transient code `throttled`; nothing is done.",
            refusal(400, "throttled", "The practice is busy"),
        ),
        refuse(
            "409-lock-error",
            "409 with the transient code `lock-error`; nothing is done.",
            refusal(409, "lock-error", "The record is locked"),
        ),
        refuse(
            "429-two-minutes",
            "429 `throttled`, to wait 120 seconds; nothing is done.",
            asking_to_wait(429, "throttled", "120"),
        ),
        refuse(
            "429-date",
            "429 `throttled`, Retry-After is a date long past; nothing is done.",
            asking_to_wait(429, "throttled", "Wed, 21 Oct 2015 07:28:00 GMT"),
        ),
        refuse(
            "429-no-hint",
            "429 `throttled` without Retry-After; nothing is done.",
            refusal(429, "throttled", "Too many requests"),
        ),
        refuse(
            "500-no-store",
            "500 with the transient code `no-store`; nothing is done.",
            refusal(500, "no-store", "The record cannot be stored now"),
        ),
        refuse(
            "500-incomplete",
            "500 with the transient code `incomplete`; nothing is done.",
            refusal(500, "incomplete", "Not everything could be done"),
        ),
        refuse(
            "503-wait",
            "503 `throttled`, to wait 30 seconds; nothing is done.",
            asking_to_wait(503, "throttled", "30"),
        ),
    ]
}
