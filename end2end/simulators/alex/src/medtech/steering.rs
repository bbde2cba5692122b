//! The JSON interface that steers: the script, its catalogue, the clock.

use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};

use super::api::parsed;
use crate::Simulator;
use crate::call::Kind;
use crate::clock::FARTHEST;
use crate::outcome::Refusal;
use crate::script::catalogue::CATALOGUE;
use crate::script::{Delay, Match, Named, Reply, Step};

type Taken = Result<(StatusCode, Json<Vec<Step>>), Refusal>;

pub(super) async fn add(State(sim): State<Simulator>, body: Bytes) -> Taken {
    take(&sim, parsed(&body)?)
}

/// One step by its call alone: the older way to say it.
pub(super) async fn add_fault(State(sim): State<Simulator>, body: Bytes) -> Taken {
    let Fault {
        on,
        reply,
        times,
        expression,
    } = parsed(&body)?;
    let wanted = Match {
        call: Some(on),
        ..Match::default()
    };
    take(
        &sim,
        vec![Step {
            wanted,
            reply,
            times: times.unwrap_or(1),
            after_ms: None,
            expression,
        }],
    )
}

fn take(sim: &Simulator, steps: Vec<Step>) -> Taken {
    let added = sim.script().add(&steps);
    added.map_err(|text| Refusal::bad("invalid", text))?;
    Ok((StatusCode::CREATED, Json(steps)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fault {
    on: String,
    reply: Named,
    times: Option<u32>,
    expression: Option<String>,
}

pub(super) async fn left(State(sim): State<Simulator>) -> Json<Vec<Step>> {
    Json(sim.script().left())
}

pub(super) async fn clear(State(sim): State<Simulator>) -> StatusCode {
    sim.script().clear();
    StatusCode::NO_CONTENT
}

/// An entry of the catalogue, for who writes a script.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Entry {
    name: &'static str,
    says: &'static str,
    kinds: &'static [Kind],
    /// How many resources a good create makes at once, and later.
    creates: (u8, u8),
    /// What `afterMs` replaces; null when it takes no time.
    after_ms: Option<u64>,
    /// Says what REFERENCE §5 takes as proof that nothing was created, and created.
    beyond_the_protocol: bool,
}

pub(super) async fn catalogue(State(sim): State<Simulator>) -> Json<Vec<Entry>> {
    let entry = |reply: &'static Reply| Entry {
        name: &reply.name,
        says: &reply.says,
        kinds: reply.kinds,
        creates: reply.effect.creates(),
        after_ms: match reply.delay() {
            Delay::None => None,
            delay => u64::try_from(delay.time(&sim).as_millis()).ok(),
        },
        beyond_the_protocol: reply.is_beyond_the_protocol(),
    };
    Json(CATALOGUE.iter().map(entry).collect())
}

/// How the clock stands.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClockStands {
    /// Ahead of the machine's.
    ahead_ms: u64,
    /// Calls that wait for it.
    waiting: usize,
    /// Creates that were put off and are not done yet.
    late: usize,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Advance {
    #[serde(alias = "advance_ms")]
    advance_ms: u64,
    /// First waits until so many calls wait for the clock.
    #[serde(alias = "when_waiting", default)]
    when_waiting: usize,
}

pub(super) async fn clock(State(sim): State<Simulator>) -> Json<ClockStands> {
    Json(stands(&sim).await)
}

/// Puts the clock ahead. What was put off and is due by then is done when this is answered.
pub(super) async fn advance(
    State(sim): State<Simulator>,
    body: Bytes,
) -> Result<Json<ClockStands>, Refusal> {
    let Advance {
        advance_ms,
        when_waiting,
    } = parsed(&body)?;
    let by = Duration::from_millis(advance_ms);
    if sim.clock().ahead().saturating_add(by) > FARTHEST {
        return Err(Refusal::bad(
            "invalid",
            "The clock goes a year ahead at most",
        ));
    }
    sim.clock().until_waiting(when_waiting).await;
    let ahead = millis(sim.clock().advance(by));
    sim.ledger(move |ledger| ledger.clock_put_ahead(ahead))
        .await?;
    sim.deferred().catch_up(sim.clock().now()).await;
    Ok(Json(stands(&sim).await))
}

async fn stands(sim: &Simulator) -> ClockStands {
    ClockStands {
        ahead_ms: millis(sim.clock().ahead()),
        waiting: sim.clock().waiting(),
        late: sim.deferred().left().await,
    }
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}
