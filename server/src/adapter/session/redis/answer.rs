//! Reads what the scripts answer. Whatever has another shape than they give is a fault, told without repeating it.

use crate::adapter::session::PORT;
use bytes::Bytes;
use clinical_images::id::SessionId;
use clinical_images::moment::Moment;
use clinical_images::ports::PortFault;
use clinical_images::session::SequencedEvent;
use clinical_images::stored::{self, Stored};
use fred::types::Value;

/// A list of any length.
pub(super) fn list(answer: Value) -> Result<Vec<Value>, PortFault> {
    match answer {
        Value::Array(parts) => Ok(parts),
        _ => Err(strange("no list")),
    }
}

/// A list of exactly so many; `None` for nothing at all.
pub(super) fn parts<const N: usize>(answer: Value) -> Result<Option<[Value; N]>, PortFault> {
    if answer.is_null() {
        return Ok(None);
    }
    let parts = list(answer)?.try_into();
    parts
        .map(Some)
        .map_err(|_| strange("a list of another length"))
}

/// A word that a script says, or that it was given.
pub(super) fn word(answer: Value) -> Result<String, PortFault> {
    answer.into_string().ok_or_else(|| strange("no word"))
}

/// What was stored as a row.
pub(super) fn stored<T: Stored>(answer: Value) -> Result<T, PortFault> {
    let row: Bytes = answer.into_bytes().ok_or_else(|| strange("no bytes"))?;
    stored::read(&row).map_err(|unreadable| PortFault::protocol(PORT, unreadable))
}

/// A session's name.
pub(super) fn session_named(answer: Value) -> Result<SessionId, PortFault> {
    let named = word(answer)?.parse();
    named.map_err(|_| strange("a name that is no session's"))
}

/// The score of a sorted set: milliseconds, which a score holds exactly for the next hundred thousand years.
pub(super) fn moment(score: Value) -> Result<Moment, PortFault> {
    let millis = score.as_f64().ok_or_else(|| strange("no score"))?;
    Ok(Moment::from_millis(millis as i64))
}

/// One entry of a stream: its id, and one field with its name.
pub(super) fn event(entry: Value) -> Result<SequencedEvent, PortFault> {
    let odd = || strange("a stream entry of another shape");
    let [id, fields] = parts(entry)?.ok_or_else(odd)?;
    let [_, event] = parts(fields)?.ok_or_else(odd)?;
    let id = word(id)?;
    let (revision, _) = id.split_once('-').ok_or_else(odd)?;
    Ok(SequencedEvent {
        revision: revision.parse().map_err(|_| odd())?,
        event: stored(event)?,
    })
}

/// The fault for an answer that no script gives.
pub(super) fn strange(what: &str) -> PortFault {
    PortFault::protocol(PORT, format!("Redis answered {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn array(parts: &[&'static str]) -> Value {
        Value::Array(
            parts
                .iter()
                .map(|part| Value::from_static_str(part))
                .collect(),
        )
    }

    #[test]
    fn an_answer_of_another_shape_is_a_fault_that_repeats_nothing() {
        let entry = |id, fields| Value::Array(vec![Value::from_static_str(id), fields]);
        for odd in [
            Value::Null,
            Value::from_static_str("Aroha"),
            array(&["Aroha"]),
            entry("Aroha", array(&["event", "{}"])),
            entry("7-0", array(&["event"])),
            entry("7-0", array(&["event", "Aroha"])),
        ] {
            let fault = event(odd).unwrap_err();
            assert!(matches!(fault, PortFault::Protocol { .. }));
            assert!(!fault.to_string().contains("Aroha"), "{fault}");
        }
    }
}
