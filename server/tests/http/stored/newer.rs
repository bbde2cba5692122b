//! What a newer version of the program has written is refused: at the start where a store says so, and row by row.

use super::keys;
use super::set::{Home, Set};
use crate::redis_server::RedisServer;
use clinical_images::id::SessionId;
use clinical_images::ports::{PortFault, SessionStore as _};
use clinical_images::stored::Format;
use clinical_server::adapter::ledger::{RedbLedger, RedisLedger};
use clinical_server::adapter::session::redb::RedbSessions;
use clinical_server::adapter::session::redis::RedisSessions;
use redb::{Database, TableDefinition};
use serde_json::json;
use std::path::Path;

/// Where a session lies in Redis, less the prefix.
fn session_key(id: SessionId) -> String {
    format!(":{{{:x}}}:session:{id}", id.bits() % 16)
}

/// What a store of today is told by one of tomorrow.
#[track_caller]
fn assert_refused<T>(opened: Result<T, PortFault>, format: Format, sentence: &str) {
    let fault = opened.err().expect("a newer program's store is refused");
    assert!(matches!(fault, PortFault::Protocol { .. }), "{fault}");
    let (tomorrow, today) = (format.version() + 1, format.version());
    let versions =
        format!("has format version {tomorrow}, and this program reads versions up to {today}");
    let told = fault.to_string();
    assert!(told.contains(&format!("{sentence} {versions}")), "{told}");
}

/// Notes in a file that a newer program was at work there.
fn note(file: &Path, table: &str, format: Format) {
    let database = Database::create(file).unwrap();
    let noting = database.begin_write().unwrap();
    let table: TableDefinition<'_, &str, u64> = TableDefinition::new(table);
    let tomorrow = u64::from(format.version()) + 1;
    let mut open = noting.open_table(table).unwrap();
    open.insert(format.name(), tomorrow).unwrap();
    drop(open);
    noting.commit().unwrap();
}

#[tokio::test]
async fn a_file_in_which_a_newer_program_wrote_is_refused_at_the_start() {
    let place = tempfile::tempdir().unwrap();
    for (format, sentence) in [
        (Format::SessionFile, "the file of sessions"),
        (Format::Session, "a stored session"),
        (Format::Event, "a stored event"),
        (Format::Reply, "a stored answer to a request"),
        (Format::AuditRecord, "a waiting audit note"),
    ] {
        let file = place.path().join(format.name());
        drop(RedbSessions::open(&file).unwrap());
        note(&file, "meta", format);
        assert_refused(RedbSessions::open(&file), format, sentence);
    }
    for (format, sentence) in [
        (Format::LedgerFile, "the file of the ledger"),
        (Format::LedgerLine, "a line of the ledger"),
    ] {
        let file = place.path().join(format.name());
        drop(RedbLedger::open(&file).unwrap());
        note(&file, "formats", format);
        assert_refused(RedbLedger::open(&file), format, sentence);
    }
}

#[tokio::test]
async fn a_redis_in_which_a_newer_program_wrote_is_refused_at_the_start() {
    let redis = RedisServer::shared();
    for (format, sentence) in [
        (Format::RedisKeys, "the layout of the keys in Redis"),
        (Format::Session, "a stored session"),
        (Format::Event, "a stored event"),
        (Format::Reply, "a stored answer to a request"),
        (Format::AuditRecord, "a waiting audit note"),
        (Format::LedgerLine, "a line of the ledger"),
    ] {
        let settings = Home::Redis.plan().redis.unwrap();
        let of_ledger = format == Format::LedgerLine;
        drop(RedisSessions::connect(&settings).await.unwrap());
        drop(RedisLedger::connect(&settings).await.unwrap());
        let formats = format!("{}:formats", settings.prefix);
        let today = redis.command(&["HGET", &formats, format.name()]);
        assert_eq!(today, format.version().to_string());
        let tomorrow = (format.version() + 1).to_string();
        redis.command(&["HSET", &formats, format.name(), &tomorrow]);
        if of_ledger {
            let connected = RedisLedger::connect(&settings).await;
            assert_refused(connected, format, sentence);
        } else {
            let connected = RedisSessions::connect(&settings).await;
            assert_refused(connected, format, sentence);
        }
        let still = redis.command(&["HGET", &formats, format.name()]);
        assert_eq!(still, tomorrow, "an earlier program does not take it back");
    }
}

#[tokio::test]
async fn a_row_that_a_newer_program_wrote_is_refused_by_name() {
    let recorded = Set::all(Home::Redis)[0].recorded();
    let settings = Home::Redis.plan().redis.unwrap();
    let tomorrow = Format::Session.version() + 1;
    let row = json!({ "v": tomorrow, "value": { "of": "tomorrow" } }).to_string();
    let key = session_key(recorded.open);
    let hash = json!([
        "state", row, "version", "1", "revision", "0", "epoch", "1", "line", ""
    ]);
    let line = json!({ "key": key, "type": "hash", "value": hash }).to_string();
    keys::restore(RedisServer::shared().address(), &settings.prefix, &line);
    let sessions = RedisSessions::connect(&settings).await.unwrap();
    let loaded = sessions.load(recorded.open).await;
    assert_refused(loaded, Format::Session, "a stored session");
}

#[tokio::test]
async fn what_is_written_today_says_its_version_and_stands_beside_older_rows() {
    let set = &Set::all(Home::Redis)[0];
    let recorded = set.recorded();
    let server = set.opened_and_left_alone().await;
    let desk = recorded.desk(&server);
    let ready = recorded.picture("ready");
    let change = json!({ "pictures": [ready], "change": { "note": "Looked at again" } });
    desk.on("pictures/describe", change).await.is_fine();
    let events = server.sessions.events_after(recorded.open, 0).await;
    assert_eq!(events.unwrap().unwrap().len() as u64, recorded.revision + 1);
    let prefix = &server.redis().unwrap().prefix;
    let key = format!("{prefix}{}", session_key(recorded.open));
    let row = RedisServer::shared().command(&["HGET", &key, "state"]);
    let today = format!("{{\"v\":{},", Format::Session.version());
    assert!(row.starts_with(&today), "{row}");
}
