//! Values as earlier versions of the program stored them, one by one: sessions, events, entries of the outbox, answers to
//! requests, audit notes, lines of the ledger. `fixtures/stored` has a directory for each version.
//!
//! A value must load, and load whole: a field that was renamed without an alias and has a default would load as that.
#![cfg(feature = "service")]
#![expect(
    clippy::unwrap_used,
    reason = "clippy knows only `#[test]` functions as tests"
)]

use clinical_images::audit::{AuditAction, AuditRecord};
use clinical_images::outbox::{OutboxEntry, OutboxState};
use clinical_images::picture::{FilingFailure, FilingReason, Laterality, PictureState, View};
use clinical_images::ports::{LedgerEntry, LedgerOutcome};
use clinical_images::record::{KnownBy, Record, Target};
use clinical_images::session::{Actor, EndOfLink, EndOfSession, Event, LinkState, Reply, Session};
use clinical_images::stored::{self, Stored};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The lines of this name in every version's directory.
fn lines(name: &str) -> Vec<String> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/stored");
    let mut lines = Vec::new();
    for version in fs::read_dir(all).unwrap() {
        let file = version.unwrap().path().join(name).with_extension("ndjson");
        if let Ok(text) = fs::read_to_string(file) {
            lines.extend(text.lines().map(str::to_owned));
        }
    }
    assert!(!lines.is_empty(), "no stored {name}");
    lines
}

/// Every row of this name, each of which has loaded whole.
fn rows<T: Stored>(name: &str) -> Vec<T> {
    let read = |row: &str| stored::read(row.as_bytes()).map_err(|fault| fault.to_string());
    whole(name, read, |value| stored::write(value).unwrap())
}

fn whole<T>(
    name: &str,
    read: impl Fn(&str) -> Result<T, String>,
    write: impl Fn(&T) -> Vec<u8>,
) -> Vec<T> {
    let load = |line: &String| {
        let value = read(line).unwrap_or_else(|fault| panic!("{fault}: {line}"));
        let mut kept = leaves(&without_version(&write(&value)));
        for leaf in leaves(&without_version(line.as_bytes())) {
            let place = kept.iter().position(|known| *known == leaf);
            let place = place.unwrap_or_else(|| panic!("{leaf} got lost from {line}"));
            kept.swap_remove(place);
        }
        value
    };
    lines(name).iter().map(load).collect()
}

/// A row's value, with an envelope around it or without.
fn without_version(row: &[u8]) -> Value {
    let mut value: Value = serde_json::from_slice(row).unwrap();
    match value.get_mut("v").is_some() {
        true => value["value"].take(),
        false => value,
    }
}

/// What stands at the ends of a value, whatever the fields on the way are called. A word of letters may be the name of a
/// state, which may change; that there is one may not.
fn leaves(value: &Value) -> Vec<String> {
    match value {
        Value::Array(values) => values.iter().flat_map(leaves).collect(),
        Value::Object(fields) => fields.values().flat_map(leaves).collect(),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
            vec!["a word".to_owned()]
        }
        other => vec![other.to_string()],
    }
}

/// Compares the variants that values have with all that there are. A new variant does not compile until it is named here,
/// and then asks for a line in a fixture.
macro_rules! has_every {
    ($values:expr, $type:ty: $($variant:path),+ $(,)?) => {{
        let name = |value: &$type| match value {
            $($variant { .. } => stringify!($variant),)+
        };
        let stored: BTreeSet<_> = $values.iter().map(name).collect();
        let all = BTreeSet::from([$(stringify!($variant)),+]);
        let missing: Vec<_> = all.difference(&stored).collect();
        assert!(missing.is_empty(), "no stored value has {missing:?}");
    }};
}

#[test]
fn sessions_load_whole() {
    let sessions: Vec<Session> = rows("sessions");
    assert!(sessions.iter().any(|it| it.view.ended.is_none()));
    assert!(sessions.iter().any(|it| it.view.ended.is_some()));
    let pictures: Vec<_> = sessions.iter().flat_map(|it| &it.view.pictures).collect();
    assert!(pictures.len() > 10);
    for picture in pictures {
        let details = &picture.details;
        assert!(details.site.is_some() && details.laterality.is_some() && details.view.is_some());
        assert!(!details.note.as_str().is_empty());
    }
    for session in &sessions {
        // Read as a number with a fraction it would lose its end, and with it every object's name.
        let secret = format!("sessions/{:032x}/", session.key_prefix);
        let mut objects = session.objects();
        assert!(objects.all(|object| object.as_str().starts_with(&secret)));
    }
}

#[test]
fn events_of_every_kind_load_whole() {
    let events: Vec<Event> = rows("events");
    has_every!(events, Event:
        Event::LinkOffered,
        Event::LinkClaimed,
        Event::PatientConfirmed,
        Event::LinkEnded,
        Event::PictureReserved,
        Event::PictureArrived,
        Event::RevisionAnnounced,
        Event::PictureRevised,
        Event::RevisionAbandoned,
        Event::PicturesDescribed,
        Event::PictureRemoved,
        Event::FilingQueued,
        Event::PagesAssigned,
        Event::FilingBegan,
        Event::Filed,
        Event::FilingFailed,
        Event::FilingPostponed,
        Event::FilingNeedsCheck,
        Event::FilingUnknown,
        Event::SessionEnded,
        Event::Redacted,
    );
}

#[test]
fn what_events_tell_of_links_and_sessions_loads_in_every_form() {
    let (mut links, mut link_ends, mut ends) = (Vec::new(), Vec::new(), Vec::new());
    for event in rows::<Event>("events") {
        match event {
            Event::LinkOffered { link } => links.push(link.state),
            Event::LinkEnded { why, .. } => link_ends.push(why),
            Event::SessionEnded { why } => ends.push(why),
            _ => {}
        }
    }
    has_every!(links, LinkState: LinkState::Offered, LinkState::Claimed, LinkState::Ended);
    has_every!(link_ends, EndOfLink:
        EndOfLink::Expired,
        EndOfLink::Replaced,
        EndOfLink::Revoked,
        EndOfLink::Declined,
        EndOfLink::Left,
        EndOfLink::Idle,
    );
    has_every!(ends, EndOfSession:
        EndOfSession::Finished,
        EndOfSession::Discarded,
        EndOfSession::Idle,
    );
}

#[test]
fn what_events_tell_of_pictures_loads_in_every_form() {
    let (mut pictures, mut failures) = (Vec::new(), Vec::new());
    for event in rows::<Event>("events") {
        match event {
            Event::PictureReserved { picture } => pictures.push(picture),
            Event::FilingFailed { failure, .. } => failures.push(failure),
            _ => {}
        }
    }
    let states: Vec<_> = pictures.iter().map(|it| it.state.clone()).collect();
    has_every!(states, PictureState:
        PictureState::Reserved,
        PictureState::Ready,
        PictureState::Queued,
        PictureState::Waiting,
        PictureState::Sending,
        PictureState::Filed,
        PictureState::Failed,
        PictureState::Unknown,
        PictureState::NeedsCheck,
    );
    let details = || pictures.iter().map(|it| &it.details);
    let sides: Vec<_> = details().filter_map(|it| it.laterality).collect();
    has_every!(sides, Laterality:
        Laterality::Left,
        Laterality::Right,
        Laterality::Bilateral,
        Laterality::NotApplicable,
    );
    let views: Vec<_> = details().filter_map(|it| it.view).collect();
    has_every!(views, View:
        View::Regional,
        View::CloseUp,
        View::Dermoscopic,
        View::Comparison,
        View::Other,
    );
    has_every_reason(&failures);
}

fn has_every_reason(failures: &[FilingFailure]) {
    let reasons: Vec<_> = failures.iter().map(|it| it.reason).collect();
    has_every!(reasons, FilingReason:
        FilingReason::AlexUnavailable,
        FilingReason::Credentials,
        FilingReason::Forbidden,
        FilingReason::Rejected,
        FilingReason::NoAnswer,
        FilingReason::NotArrived,
        FilingReason::CannotLook,
        FilingReason::Different,
        FilingReason::CopyUnreadable,
        FilingReason::PatientChanged,
    );
}

#[test]
fn outbox_entries_in_every_state_load_whole() {
    // A part of the session's row.
    let read = |json: &str| serde_json::from_str(json).map_err(|fault| fault.to_string());
    let write = |entry: &OutboxEntry| serde_json::to_vec(entry).unwrap();
    let entries: Vec<OutboxEntry> = whole("outbox-entries", read, write);
    let states: Vec<_> = entries.iter().map(|it| it.state.clone()).collect();
    has_every!(states, OutboxState:
        OutboxState::Queued,
        OutboxState::Sending,
        OutboxState::Unknown,
        OutboxState::NeedsCheck,
        OutboxState::Failed,
        OutboxState::Replaced,
        OutboxState::Filed,
    );
    let records: Vec<Record> = entries.into_iter().flat_map(|it| it.records).collect();
    let known: Vec<_> = records.iter().map(|it| it.known_by.clone()).collect();
    has_every!(known, KnownBy: KnownBy::Answer, KnownBy::ReadBack, KnownBy::Person);
    let targets: Vec<_> = records.iter().map(|it| it.target).collect();
    has_every!(targets, Target: Target::Media, Target::ScanTiff, Target::ScanPdf);
}

#[test]
fn answers_of_every_kind_load_whole() {
    let replies: Vec<Reply> = rows("replies");
    has_every!(replies, Reply: Reply::Done, Reply::Claimed, Reply::Begun, Reply::Reserved);
}

#[test]
fn audit_notes_of_every_deed_load_whole() {
    let notes: Vec<AuditRecord> = rows("audit-notes");
    let deeds: Vec<_> = notes.iter().map(|it| it.action.clone()).collect();
    has_every!(deeds, AuditAction:
        AuditAction::Launched,
        AuditAction::LinkOffered,
        AuditAction::LinkClaimed,
        AuditAction::PatientConfirmed,
        AuditAction::LinkEnded,
        AuditAction::PictureAdded,
        AuditAction::PictureRevised,
        AuditAction::PicturesDescribed,
        AuditAction::PictureRemoved,
        AuditAction::Committed,
        AuditAction::Filed,
        AuditAction::NotFiled,
        AuditAction::LeftToAPerson,
        AuditAction::Ended,
    );
    let actors: Vec<_> = notes.iter().map(|it| it.by).collect();
    has_every!(actors, Actor: Actor::Desktop, Actor::Phone, Actor::Unpaired, Actor::Server);
}

#[test]
fn ledger_lines_of_every_outcome_load_whole() {
    let lines: Vec<LedgerEntry> = rows("ledger-lines");
    let outcomes: Vec<_> = lines.iter().map(|it| it.outcome).collect();
    has_every!(outcomes, LedgerOutcome:
        LedgerOutcome::Filed,
        LedgerOutcome::Failed,
        LedgerOutcome::Unknown,
        LedgerOutcome::NeedsCheck,
        LedgerOutcome::Queued,
    );
}
