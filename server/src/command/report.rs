//! `report retention`: what is held and for how long, as a table or as JSON. Counts and times only.

use super::{CommandContext, print};
use clinical_images::moment::Moment;
use clinical_images::practice::PracticeId;
use clinical_images::service::{ObjectTotals, PracticeRetention, RetentionReport};
use clinical_images::session::{LATE_BYTES, Limits};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

/// Of all practices, or of one. A single practice's report says nothing of others, nor of objects that may be theirs.
pub(super) async fn retention(
    context: &CommandContext,
    as_json: bool,
    only: Option<&PracticeId>,
) -> Result<bool, String> {
    let services = context.services().await?;
    let held = services.retention_report().await;
    let mut held = held.map_err(|refusal| format!("the report is not complete: {refusal}"))?;
    let whole = only.is_none();
    if let Some(only) = only {
        held.practices.retain(|id, _| id == only);
        if held.practices.is_empty() {
            return Err(format!("there is no practice {only}"));
        }
    }
    let limits = |id: &PracticeId| {
        let known = services.practices.find(id);
        known.map(|it| it.settings.limits.clone())
    };
    if as_json {
        print(&format!("{:#}", data(&held, whole, &limits)));
    } else {
        print(&table(&held, whole, &limits));
    }
    Ok(true)
}

/// The limits of a practice, if it is configured.
type LimitsOf<'a> = dyn Fn(&PracticeId) -> Option<Limits> + 'a;

fn table(held: &RetentionReport, whole: bool, limits: &LimitsOf<'_>) -> String {
    let mut text = format!("Held on {}\n", time(held.at));
    let mut line = |line: String| {
        let _ = writeln!(text, "{}", line.trim_end());
    };
    for (id, practice) in &held.practices {
        line(format!("\nPractice {id}"));
        line(format!(
            "Sessions: {} open, {} ended; the oldest was launched {}",
            practice.open_sessions,
            practice.ended_sessions,
            some_time(practice.oldest_session)
        ));
        totals_by_kind(
            &mut line,
            &[
                ("needed by a session", practice.needed),
                ("waiting for deletion", practice.pending_deletion),
            ],
        );
        line(format!(
            "Next deletion: {}",
            some_time(practice.next_deletion)
        ));
        if let Some(limits) = limits(id) {
            line(format!(
                "A session ends {} after the last act in it, at the latest; its copies go then, once no permission to upload can bring them back ({} at most).",
                span(limits.session_idle),
                span(limits.put + LATE_BYTES)
            ));
        }
    }
    if whole {
        line("\nOf no practice".to_owned());
        totals_by_kind(
            &mut line,
            &[
                ("known to no session", held.unknown),
                ("not made by this program", held.foreign),
            ],
        );
    }
    text.trim_end().to_owned()
}

fn totals_by_kind(line: &mut impl FnMut(String), totals_by_kind: &[(&str, ObjectTotals)]) {
    line(format!(
        "{:<28}{:>8}{:>14}  oldest",
        "Objects", "number", "bytes"
    ));
    for (name, totals) in totals_by_kind {
        let oldest = some_time(totals.oldest);
        line(format!(
            "  {name:<26}{:>8}{:>14}  {oldest}",
            totals.objects, totals.bytes
        ));
    }
}

fn data(held: &RetentionReport, whole: bool, limits: &LimitsOf<'_>) -> Value {
    let row = |totals: ObjectTotals| {
        let oldest = totals.oldest.map(time);
        json!({ "objects": totals.objects, "bytes": totals.bytes, "oldest": oldest })
    };
    let practice = |(id, held): (&PracticeId, &PracticeRetention)| {
        let limits = limits(id).map(|limits| {
            json!({
                "sessionIdleSeconds": limits.session_idle.as_secs(),
                "deletedWithinSecondsOfTheEnd": (limits.put + LATE_BYTES).as_secs(),
            })
        });
        let data = json!({
            "sessions": {
                "open": held.open_sessions,
                "ended": held.ended_sessions,
                "oldestLaunch": held.oldest_session.map(time),
            },
            "objects": { "needed": row(held.needed), "doomed": row(held.pending_deletion) },
            "nextDeletion": held.next_deletion.map(time),
            "limits": limits,
        });
        (id.to_string(), data)
    };
    let practices: serde_json::Map<String, Value> = held.practices.iter().map(practice).collect();
    let mut data = json!({ "at": time(held.at), "practices": practices });
    if whole {
        data["objects"] = json!({ "unknown": row(held.unknown), "foreign": row(held.foreign) });
    }
    data
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
        let kowhai = PracticeRetention {
            open_sessions: 3,
            ended_sessions: 1,
            oldest_session: Some(at.minus(Duration::from_secs(600))),
            needed: totals(12, 9_123_456),
            pending_deletion: totals(1, 812_345),
            next_deletion: Some(at.plus(Duration::from_secs(300))),
        };
        RetentionReport {
            at,
            practices: [("kowhai".parse().unwrap(), kowhai)].into(),
            unknown: ObjectTotals::default(),
            foreign: ObjectTotals::default(),
        }
    }

    fn limits(_: &PracticeId) -> Option<Limits> {
        Some(Limits::default())
    }

    #[test]
    fn the_table_says_what_is_held_and_when_it_goes() {
        let table = table(&held(), true, &limits);
        for line in [
            "Held on 2026-11-18T11:06:40Z",
            "Practice kowhai",
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
        let data = data(&held(), true, &limits);
        let kowhai = &data["practices"]["kowhai"];
        assert_eq!(kowhai["objects"]["needed"]["bytes"], 9_123_456);
        assert_eq!(data["objects"]["unknown"]["oldest"], Value::Null);
        assert_eq!(kowhai["nextDeletion"], "2026-11-18T11:11:40Z");
    }

    #[test]
    fn the_report_of_one_practice_says_nothing_of_what_is_no_practices() {
        let data = data(&held(), false, &limits);
        assert_eq!(data["objects"], Value::Null);
        assert!(!table(&held(), false, &limits).contains("no session"));
    }
}
