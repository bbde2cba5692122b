//! What can come of a create that succeeds: in which shape it is told, and when not.

use axum::http::StatusCode;

use super::super::change::Change;
use super::super::reply::{Deed, Pace, Reply, Word};
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
        .word(Word::Silence),
        reply(
            ANY,
            "cut",
            "Closes the connection without a byte and does nothing.",
        )
        .deed(Deed::Nothing)
        .word(Word::Silence),
        reply(
            ANY,
            "lost-midway",
            "Does it, then closes the connection in the middle of the body.",
        )
        .pace(Pace::BreaksOff),
        reply(
            ANY,
            "timeout",
            "Does nothing, says nothing for a long time, closes the connection.",
        )
        .deed(Deed::Nothing)
        .word(Word::Silence)
        .pace(Pace::Stalled),
        reply(
            ANY,
            "lost-timeout",
            "Does it, says nothing for a long time, closes the connection.",
        )
        .word(Word::Silence)
        .pace(Pace::Stalled),
        reply(ANY, "slow", "Does it at once; the whole reply comes late.").pace(Pace::Slow),
        reply(
            ANY,
            "drip",
            "Does it at once; the body comes in ten pieces with pauses.",
        )
        .pace(Pace::Drip),
    ]
}

/// The gateway goes on after it has answered, or sends the create on twice.
pub(super) fn late_and_twice() -> Vec<Reply> {
    let late = |name, says| reply(CREATE, name, says).deed(Deed::Later);
    let twice = |name, says| reply(CREATE, name, says).deed(Deed::Twice);
    let gateway = |word| match word {
        503 => refusal(503, "transient", "The practice is not connected"),
        _ => refusal(504, "timeout", "The practice did not answer in time"),
    };
    vec![
        late(
            "late-cut",
            "Closes the connection without a byte and creates later.",
        )
        .word(Word::Silence),
        late("late-503", "503 `transient` now, creates later.").word(gateway(503)),
        late("late-504", "504 `timeout` now, creates later.").word(gateway(504)),
        late(
            "late-timeout",
            "Says nothing for a long time, closes the connection, creates later.",
        )
        .word(Word::Silence)
        .pace(Pace::Stalled),
        twice(
            "twice",
            "The gateway sends it on twice: two resources, 201 for the first.",
        ),
        twice(
            "twice-lost",
            "Two resources, then the connection closes without a byte.",
        )
        .word(Word::Silence),
        twice("twice-504", "Two resources, and a 504 `timeout`.").word(gateway(504)),
        reply(
            CREATE,
            "lost-and-again-later",
            "Creates, closes the connection without a byte, and creates once more later.",
        )
        .deed(Deed::NowAndLater)
        .word(Word::Silence),
        reply(CREATE, "lag", "Created, 201; searches find it only later.")
            .deed(Deed::OnceButHidden),
        reply(
            CREATE,
            "lost-lag",
            "Created, closes the connection without a byte; searches find it only later.",
        )
        .deed(Deed::OnceButHidden)
        .word(Word::Silence),
    ]
}
