//! `report retention`: what is held and for how long, as a table or as JSON. Counts and times only.

use super::{CommandContext, print};
use clinical_images::moment::Moment;
use clinical_images::service::{ObjectTotals, RetentionReport};
use clinical_images::session::{LATE_BYTES, Limits};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

pub(super) async fn retention(context: &CommandContext, as_json: bool) -> Result<bool, String> {
    let services = context.services().await?;
    let held = services.retention_report().await;
    let held = held.map_err(|refusal| format!("the report is not complete: {refusal}"))?;
    let limits = &services.settings.limits;
    if as_json {
        print(&format!("{:#}", data(&held, limits)));
    } else {
        print(&table(&held, limits));
    }
    Ok(true)
}

fn table(held: &RetentionReport, limits: &Limits) -> String {
    let mut text = format!("Held on {}\n\n", time(held.at));
    let mut line = |line: String| {
        let _ = writeln!(text, "{}", line.trim_end());
    };
    line(format!(
        "Sessions: {} open, {} ended; the oldest was launched {}",
        held.open_sessions,
        held.ended_sessions,
        some_time(held.oldest_session)
    ));
    line(String::new());
    line(format!(
        "{:<28}{:>8}{:>14}  oldest",
        "Objects", "number", "bytes"
    ));
    for (name, totals) in totals_by_kind(held) {
        let oldest = some_time(totals.oldest);
        line(format!(
            "  {name:<26}{:>8}{:>14}  {oldest}",
            totals.objects, totals.bytes
        ));
    }
    line(String::new());
    line(format!("Next deletion: {}", some_time(held.next_deletion)));
    line(format!(
        "A session ends {} after the last act in it, at the latest; its copies go then, once no permission to upload can bring them back ({} at most).",
        span(limits.session_idle),
        span(limits.put + LATE_BYTES)
    ));
    text.trim_end().to_owned()
}

fn data(held: &RetentionReport, limits: &Limits) -> Value {
    let row = |totals: ObjectTotals| {
        let oldest = totals.oldest.map(time);
        json!({ "objects": totals.objects, "bytes": totals.bytes, "oldest": oldest })
    };
    json!({
        "at": time(held.at),
        "sessions": {
            "open": held.open_sessions,
            "ended": held.ended_sessions,
            "oldestLaunch": held.oldest_session.map(time),
        },
        "objects": {
            "needed": row(held.needed),
            "doomed": row(held.pending_deletion),
            "unknown": row(held.unknown),
            "foreign": row(held.foreign),
        },
        "nextDeletion": held.next_deletion.map(time),
        "limits": {
            "sessionIdleSeconds": limits.session_idle.as_secs(),
            "deletedWithinSecondsOfTheEnd": (limits.put + LATE_BYTES).as_secs(),
        },
    })
}

fn totals_by_kind(held: &RetentionReport) -> [(&'static str, ObjectTotals); 4] {
    [
        ("needed by a session", held.needed),
        ("waiting for deletion", held.pending_deletion),
        ("known to no session", held.unknown),
        ("not made by this program", held.foreign),
    ]
}

/// To the second, in UTC.
fn time(at: Moment) -> String {
    let read = jiff::Timestamp::from_second(at.millis().div_euclid(1000));
    read.map_or_else(|_| "at no time".to_owned(), |at| at.to_string())
}

fn some_time(at: Option<Moment>) -> String {
    at.map_or_else(|| "-".to_owned(), time)
}

fn span(span: Duration) -> String {
    match span.as_secs() {
        seconds if seconds % 3600 == 0 => format!("{} h", seconds / 3600),
        seconds if seconds % 60 == 0 => format!("{} min", seconds / 60),
        seconds => format!("{seconds} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> RetentionReport {
        let at = Moment::from_millis(1_795_000_000_000);
        let totals = |objects, bytes| ObjectTotals {
            objects,
            bytes,
            oldest: (objects > 0).then_some(at),
        };
        RetentionReport {
            at,
            open_sessions: 3,
            ended_sessions: 1,
            oldest_session: Some(at.minus(Duration::from_secs(600))),
            needed: totals(12, 9_123_456),
            pending_deletion: totals(1, 812_345),
            unknown: ObjectTotals::default(),
            foreign: ObjectTotals::default(),
            next_deletion: Some(at.plus(Duration::from_secs(300))),
        }
    }

    #[test]
    fn the_table_says_what_is_held_and_when_it_goes() {
        let table = table(&held(), &Limits::default());
        for line in [
            "Held on 2026-11-18T11:06:40Z",
            "Sessions: 3 open, 1 ended; the oldest was launched 2026-11-18T10:56:40Z",
            "  needed by a session             12       9123456  2026-11-18T11:06:40Z",
            "  known to no session              0             0  -",
            "Next deletion: 2026-11-18T11:11:40Z",
        ] {
            assert!(
                table.lines().any(|known| known == line),
                "{line} in\n{table}"
            );
        }
        assert!(table.contains("ends 2 h after") && table.contains("(6 min at most)"));
    }

    #[test]
    fn programs_read_the_same_numbers() {
        let data = data(&held(), &Limits::default());
        assert_eq!(data["objects"]["needed"]["bytes"], 9_123_456);
        assert_eq!(data["objects"]["unknown"]["oldest"], Value::Null);
        assert_eq!(data["nextDeletion"], "2026-11-18T11:11:40Z");
    }
}
