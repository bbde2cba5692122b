//! Those who followed: every event once and in order across all breaks, and in the end what is held on the screen.

use super::{Case, Kind};
use crate::final_state::FinalState;
use crate::following::{Delivery, Following};
use clinical_images::session::SessionView;

pub(super) fn check(case: &mut Case<'_>, view: &SessionView) {
    let held = case.held;
    for following in &held.followers {
        let who = match following.link {
            Some(link) => format!("the phone of link {link}"),
            None => "the desktop".to_owned(),
        };
        in_order(case, following, &who);
        if !following.over {
            at_the_end(case, following, &who, view);
        }
    }
}

fn in_order(case: &mut Case<'_>, following: &Following, who: &str) {
    let mut last = following.from;
    for heard in &following.heard {
        let (Delivery::Snapshot(now) | Delivery::Change(now)) = *heard;
        match heard {
            // Another epoch says openly that the history before it is gone.
            Delivery::Snapshot(_) if now.epoch != last.epoch => {}
            Delivery::Snapshot(_) => {
                let what = format!("{who} had to start over at {now} although it knew {last}");
                case.find(Kind::Gap, what);
            }
            Delivery::Change(_) if now.epoch != last.epoch || now.revision > last.revision + 1 => {
                case.find(Kind::Gap, format!("{who} heard {now} after {last}"));
            }
            Delivery::Change(_) if now.revision <= last.revision => {
                case.find(Kind::Doubled, format!("{who} heard {now} after {last}"));
            }
            Delivery::Change(_) => {}
        }
        last = now;
    }
}

fn at_the_end(case: &mut Case<'_>, following: &Following, who: &str, view: &SessionView) {
    let shown = &following.view;
    let due = following
        .link
        .map_or_else(|| view.clone(), |link| view.redacted_for(link));
    if shown.revision < due.revision {
        let what = format!(
            "{who} has heard up to {} of {}",
            shown.revision, due.revision
        );
        case.find(Kind::Gap, what);
    } else if shown.revision == due.revision && *shown != due {
        case.find(
            Kind::Untrue,
            format!("{who} shows another state than is held"),
        );
    }
}

/// How often a page was told openly that the history it knew is gone: no broken promise, but no good day either.
pub(super) fn resets(final_state: &FinalState) -> usize {
    let followings = final_state.sessions.iter().flat_map(|held| &held.followers);
    followings
        .map(|following| {
            let mut epoch = following.from.epoch;
            let snapshots = following.heard.iter().filter(|heard| match heard {
                Delivery::Snapshot(now) => std::mem::replace(&mut epoch, now.epoch) != now.epoch,
                Delivery::Change(_) => false,
            });
            snapshots.count()
        })
        .sum()
}
