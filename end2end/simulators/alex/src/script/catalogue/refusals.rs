//! Refusals in FHIR's words.

use super::super::reply::{Effect, Refused, Reply, ScriptedResponse};
use super::{ANY, CREATE, FHIR, reply, status};

/// A refusal in FHIR's words.
pub(super) fn refusal(number: u16, code: &'static str, text: &'static str) -> ScriptedResponse {
    ScriptedResponse::Refusal(refused(number, code, text))
}

fn refused(number: u16, code: &'static str, text: &'static str) -> Refused {
    Refused {
        status: status(number),
        code,
        text,
        retry_after: None,
        dislikes: false,
    }
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
    let mut replies = Vec::new();
    for (number, code, text) in rows {
        let retry_after = (number == 429).then_some("2");
        let hint = retry_after.map_or("", |_| ", Retry-After: 2");
        let response = || {
            ScriptedResponse::Refusal(Refused {
                retry_after,
                ..refused(number, code, text)
            })
        };
        let says = format!("{number} `{code}`{hint}; nothing is done.");
        let idle = reply(ANY, &number.to_string(), &says).effect(Effect::Nothing);
        replies.push(idle.response(response()));
        let says = format!("{number} `{code}`{hint}, though created.");
        replies.push(reply(CREATE, &format!("{number}-created"), &says).response(response()));
    }
    replies
}

/// The same statuses with other codes and hints. Nothing is done.
pub(super) fn more() -> Vec<Reply> {
    let rows = [
        ("400-invalid", 400, "invalid", None),
        ("400-throttled", 400, "throttled", None),
        ("409-lock-error", 409, "lock-error", None),
        ("429-two-minutes", 429, "throttled", Some("120")),
        (
            "429-date",
            429,
            "throttled",
            Some("Wed, 21 Oct 2015 07:28:00 GMT"),
        ),
        ("429-no-hint", 429, "throttled", None),
        ("500-no-store", 500, "no-store", None),
        ("500-incomplete", 500, "incomplete", None),
        ("503-wait", 503, "throttled", Some("30")),
    ];
    let dislikes = Refused {
        dislikes: true,
        ..refused(400, "not-supported", "")
    };
    let says =
        "400 `not-supported` that names an optional element in `expression`; nothing is done.";
    let element = reply(FHIR, "400-element", says).response(ScriptedResponse::Refusal(dislikes));
    let others = rows.map(|(name, number, code, retry_after)| {
        let hint = match retry_after {
            Some(wait) => format!(", Retry-After: {wait}"),
            None => String::new(),
        };
        let says = format!("{number} `{code}`{hint}; nothing is done.");
        let text = "The practice cannot do this now";
        let refusal = Refused {
            retry_after,
            ..refused(number, code, text)
        };
        reply(FHIR, name, &says).response(ScriptedResponse::Refusal(refusal))
    });
    let all = [element].into_iter().chain(others);
    all.map(|reply| reply.effect(Effect::Nothing)).collect()
}
