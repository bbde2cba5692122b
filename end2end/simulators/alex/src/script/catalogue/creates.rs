//! What can come of a create that succeeds: in which shape it is told, and when not.

use axum::http::StatusCode;

use super::super::change::Change;
use super::super::reply::{Effect, Reply, ScriptedResponse, Timing};
use super::refusals::refusal;
use super::{ANY, CREATE, reply};

pub(super) fn shapes_of_success() -> Vec<Reply> {
    let shape = |name, says, change| reply(CREATE, name, says).changed(change);
    vec![
        reply(ANY, "plain", "Answers as if nothing were scripted."),
        shape(
            "201-no-body",
            "Created; 201 with Location and ETag, without a body.",
            Change::NoBody,
        ),
        shape(
            "201-location-lower-case",
            "Created; 201 without a body, the address in Location wholly in lower case.",
            Change::LowerCaseLocation,
        ),
        shape(
            "201-location-relative",
            "Created; 201 without a body, Location relative to the base.",
            Change::RelativeLocation,
        ),
        shape(
            "201-no-id",
            "Created; 201 with the resource but without its id, and no Location.",
            Change::NoIdAtAll,
        ),
        shape(
            "201-id-in-location",
            "Created; 201 with the resource without its id, which is in Location only.",
            Change::NoIdInBody,
        ),
        shape(
            "201-empty",
            "Created; 201 without body, Location or ETag.",
            Change::Nothing(StatusCode::CREATED),
        ),
        shape(
            "201-outcome",
            "Created; 201 with Location and an OperationOutcome instead of the resource.",
            Change::OutcomeForBody,
        ),
        shape(
            "200",
            "Created; 200 with the resource.",
            Change::Status(StatusCode::OK),
        ),
        shape(
            "202",
            "Created; 202 without body, Location or ETag.",
            Change::Nothing(StatusCode::ACCEPTED),
        ),
        shape(
            "204",
            "Created; 204 without body, Location or ETag.",
            Change::Nothing(StatusCode::NO_CONTENT),
        ),
    ]
}

/// The reply gets lost, or nearly.
pub(super) fn lost() -> Vec<Reply> {
    vec![
        reply(
            ANY,
            "lost",
            "Does it, then closes the connection without a byte.",
        )
        .response(ScriptedResponse::NoResponse),
        reply(
            ANY,
            "cut",
            "Closes the connection without a byte and does nothing.",
        )
        .effect(Effect::Nothing)
        .response(ScriptedResponse::NoResponse),
        reply(
            ANY,
            "lost-midway",
            "Does it, then closes the connection in the middle of the body.",
        )
        .timing(Timing::BreaksOff),
        reply(
            ANY,
            "timeout",
            "Does nothing, says nothing for a long time, closes the connection.",
        )
        .effect(Effect::Nothing)
        .response(ScriptedResponse::NoResponse)
        .timing(Timing::Stalled),
        reply(
            ANY,
            "lost-timeout",
            "Does it, says nothing for a long time, closes the connection.",
        )
        .response(ScriptedResponse::NoResponse)
        .timing(Timing::Stalled),
        reply(ANY, "slow", "Does it at once; the whole reply comes late.").timing(Timing::Slow),
        reply(
            ANY,
            "drip",
            "Does it at once; the body comes in ten pieces with pauses.",
        )
        .timing(Timing::Drip),
    ]
}

/// The gateway goes on after it has answered, or sends the create on twice.
pub(super) fn late_and_twice() -> Vec<Reply> {
    let late = |name, says| reply(CREATE, name, says).effect(Effect::Later);
    let twice = |name, says| reply(CREATE, name, says).effect(Effect::Twice);
    let gateway = |word| match word {
        503 => refusal(503, "transient", "The practice is not connected"),
        _ => refusal(504, "timeout", "The practice did not answer in time"),
    };
    vec![
        late(
            "late-cut",
            "Closes the connection without a byte and creates later.",
        )
        .response(ScriptedResponse::NoResponse),
        late("late-503", "503 `transient` now, creates later.").response(gateway(503)),
        late("late-504", "504 `timeout` now, creates later.").response(gateway(504)),
        late(
            "late-timeout",
            "Says nothing for a long time, closes the connection, creates later.",
        )
        .response(ScriptedResponse::NoResponse)
        .timing(Timing::Stalled),
        twice(
            "twice",
            "The gateway sends it on twice: two resources, 201 for the first.",
        ),
        twice(
            "twice-lost",
            "Two resources, then the connection closes without a byte.",
        )
        .response(ScriptedResponse::NoResponse),
        twice("twice-504", "Two resources, and a 504 `timeout`.").response(gateway(504)),
        reply(
            CREATE,
            "lost-and-again-later",
            "Creates, closes the connection without a byte, and creates once more later.",
        )
        .effect(Effect::NowAndLater)
        .response(ScriptedResponse::NoResponse),
        reply(CREATE, "lag", "Created, 201; searches find it only later.")
            .effect(Effect::OnceButHidden),
        reply(
            CREATE,
            "lost-lag",
            "Created, closes the connection without a byte; searches find it only later.",
        )
        .effect(Effect::OnceButHidden)
        .response(ScriptedResponse::NoResponse),
    ]
}
