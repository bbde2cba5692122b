//! What the scripts that change a session are handed: keys, and values in the order in which they read them.

use super::audit_outbox;
use super::keys::Keys;
use super::values::{nothing, text};
use crate::adapter::session::{REQUESTS_REMEMBERED, revision_before, row};
use clinical_images::audit::AuditRecord;
use clinical_images::ports::{Append, PortFault};
use clinical_images::session::Session;
use fred::types::Value;

/// For `open.lua`.
pub(super) fn opening(
    keys: &Keys,
    session: &Session,
) -> Result<(Vec<String>, Vec<Value>), PortFault> {
    let id = session.view.id;
    let mut touched = vec![keys.session(id), keys.due(id), keys.all(id)];
    touched.extend(keys.audit_outbox(id));
    let mut arguments = vec![
        id.to_string().into(),
        Value::Bytes(row(session)?.into()),
        text(session.version),
        text(session.view.revision),
        text(session.view.epoch),
        due_of(session),
    ];
    arguments.extend(audit_outbox::arguments(&AuditRecord::launch(session))?);
    Ok((touched, arguments))
}

/// For `append.lua`.
pub(super) fn step(
    keys: &Keys,
    append: &Append<'_>,
) -> Result<(Vec<String>, Vec<Value>), PortFault> {
    let before = revision_before(append)?;
    let decision = append.decision;
    let next = &decision.next;
    let id = next.view.id;
    let mut touched = vec![
        keys.session(id),
        keys.events(id),
        keys.requests(id),
        keys.due(id),
    ];
    touched.extend(keys.audit_outbox(id));
    let forgotten = next.version.checked_sub(REQUESTS_REMEMBERED);
    let mut arguments = vec![
        id.to_string().into(),
        append.idempotency_key.id.to_string().into(),
        append.idempotency_key.fingerprint.to_string().into(),
        Value::Bytes(row(&decision.reply)?.into()),
        text(append.expected),
        text(next.version),
        text(before),
        text(next.view.revision),
        Value::Bytes(row(next)?.into()),
        due_of(next),
        forgotten.map_or_else(nothing, text),
        keys.channel().into(),
        text(decision.events.len()),
    ];
    for sequenced in &decision.events {
        arguments.push(text(sequenced.revision));
        arguments.push(Value::Bytes(row(&sequenced.event)?.into()));
    }
    for record in &decision.audit {
        arguments.extend(audit_outbox::arguments(record)?);
    }
    Ok((touched, arguments))
}

/// When a session is due, as the scripts want it: empty when it never is.
fn due_of(session: &Session) -> Value {
    session
        .next_due()
        .map_or_else(nothing, |at| text(at.millis()))
}
