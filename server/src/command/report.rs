//! `report retention`: what is held and for how long, as a table or as JSON. Counts and times only.

use super::{CommandContext, print};
use clinical_images::moment::Moment;
use clinical_images::service::{Pile, Retention};
use clinical_images::session::{LATE_BYTES, Limits};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Duration;

pub(super) async fn retention(context: &CommandContext, as_json: bool) -> Result<bool, String> {
    let services = context.services().await?;
    let held = services.retention().await;
    let held = held.map_err(|refusal| format!("the report is not complete: {refusal}"))?;
    let limits = &services.settings.limits;
    if as_json {
        print(&format!("{:#}", data(&held, limits)));
    } else {
        print(&table(&held, limits));
    }
    Ok(true)
}

fn table(held: &Retention, limits: &Limits) -> String {
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
    for (name, pile) in piles(held) {
        let oldest = some_time(pile.oldest);
        line(format!(
            "  {name:<26}{:>8}{:>14}  {oldest}",
            pile.objects, pile.bytes
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

fn data(held: &Retention, limits: &Limits) -> Value {
    let pile = |pile: Pile| {
        let oldest = pile.oldest.map(time);
        json!({ "objects": pile.objects, "bytes": pile.bytes, "oldest": oldest })
    };
    json!({
        "at": time(held.at),
        "sessions": {
            "open": held.open_sessions,
            "ended": held.ended_sessions,
            "oldestLaunch": held.oldest_session.map(time),
        },
        "objects": {
            "needed": pile(held.needed),
            "doomed": pile(held.doomed),
            "unknown": pile(held.unknown),
            "foreign": pile(held.foreign),
        },
        "nextDeletion": held.next_deletion.map(time),
        "limits": {
            "sessionIdleSeconds": limits.session_idle.as_secs(),
            "deletedWithinSecondsOfTheEnd": (limits.put + LATE_BYTES).as_secs(),
        },
    })
}

fn piles(held: &Retention) -> [(&'static str, Pile); 4] {
    [
        ("needed by a session", held.needed),
        ("waiting for deletion", held.doomed),
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

    fn held() -> Retention {
        let at = Moment::from_millis(1_795_000_000_000);
        let pile = |objects, bytes| Pile {
            objects,
            bytes,
            oldest: (objects > 0).then_some(at),
        };
        Retention {
            at,
            open_sessions: 3,
            ended_sessions: 1,
            oldest_session: Some(at.minus(Duration::from_secs(600))),
            needed: pile(12, 9_123_456),
            doomed: pile(1, 812_345),
            unknown: Pile::default(),
            foreign: Pile::default(),
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
