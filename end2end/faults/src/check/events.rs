//! The session's own history: numbered without a hole, true to the session's state, and with everything in it that
//! was acknowledged, once.

use super::{Case, Kind};
use crate::history::{Asked, Told};
use clinical_images::id::{LinkId, PictureId};
use clinical_images::picture::DetailsChange;
use clinical_images::session::{Event, SessionView};
use std::collections::BTreeMap;

/// How often each thing happened.
#[derive(Default)]
struct Tally<'a> {
    offered: BTreeMap<LinkId, usize>,
    claimed: BTreeMap<LinkId, usize>,
    confirmed: BTreeMap<LinkId, usize>,
    reserved: BTreeMap<PictureId, usize>,
    arrived: BTreeMap<PictureId, usize>,
    removed: BTreeMap<PictureId, usize>,
    queued: BTreeMap<PictureId, usize>,
    filed: BTreeMap<PictureId, usize>,
    notes: BTreeMap<&'a str, usize>,
    ended: usize,
}

pub(super) fn check(case: &mut Case<'_>, view: &SessionView) {
    numbers(case, view);
    fold(case, view);
    let held = case.held;
    let tally = Tally::of(held.events.iter().map(|sequenced| &sequenced.event));
    acknowledged(case, &tally);
    refused(case, &tally);
    once(case, &tally);
}

/// 1, 2, 3 … up to the state's own number.
fn numbers(case: &mut Case<'_>, view: &SessionView) {
    let held = case.held;
    let mut last = 0;
    for sequenced in &held.events {
        let revision = sequenced.revision;
        if revision > last + 1 {
            case.find(
                Kind::Gap,
                format!("event {revision} follows on event {last}"),
            );
        } else if revision <= last {
            case.find(Kind::Doubled, format!("event {revision} is there again"));
        }
        last = revision;
    }
    if last != view.revision {
        let what = format!("events end at {last}, the session is at {}", view.revision);
        case.find(Kind::Gap, what);
    }
}

/// All events folded from the beginning give the state, and no state on the way held more than it may.
fn fold(case: &mut Case<'_>, view: &SessionView) {
    let mut folded = SessionView {
        revision: 0,
        links: Vec::new(),
        pictures: Vec::new(),
        others: 0,
        ended: None,
        ..view.clone()
    };
    let mut most = 0;
    for sequenced in &case.held.events {
        if folded.apply(sequenced).is_err() {
            // Said already, as a gap.
            return;
        }
        most = most.max(folded.pictures.len());
    }
    if most > view.most_pictures {
        let what = format!("{most} pictures where {} may be", view.most_pictures);
        case.find(Kind::OverCap, what);
    }
    if folded.revision == view.revision && folded != *view {
        case.find(
            Kind::Untrue,
            "its events folded give another state than it shows",
        );
    }
}

impl<'a> Tally<'a> {
    fn of(events: impl Iterator<Item = &'a Event>) -> Self {
        let mut tally = Self::default();
        for event in events {
            tally.count(event);
        }
        tally
    }

    fn count(&mut self, event: &'a Event) {
        let add = |to: &mut BTreeMap<PictureId, usize>, picture: &PictureId| {
            *to.entry(*picture).or_default() += 1;
        };
        match event {
            Event::LinkOffered { link } => *self.offered.entry(link.id).or_default() += 1,
            Event::LinkClaimed { link, .. } => *self.claimed.entry(*link).or_default() += 1,
            Event::PatientConfirmed { link } => *self.confirmed.entry(*link).or_default() += 1,
            Event::PictureReserved { picture } => add(&mut self.reserved, &picture.id),
            Event::PictureArrived { picture } => add(&mut self.arrived, picture),
            Event::PictureRemoved { picture, .. } => add(&mut self.removed, picture),
            Event::FilingQueued { pictures } => {
                pictures
                    .iter()
                    .for_each(|picture| add(&mut self.queued, picture));
            }
            Event::Filed { picture, .. } => add(&mut self.filed, picture),
            Event::PicturesDescribed {
                change: DetailsChange {
                    note: Some(note), ..
                },
                ..
            } => *self.notes.entry(note.as_str()).or_default() += 1,
            Event::SessionEnded { .. } => self.ended += 1,
            _ => {}
        }
    }
}

/// What a client may rely on has happened.
fn acknowledged(case: &mut Case<'_>, tally: &Tally<'_>) {
    let ops = case.ops.clone();
    for op in ops.into_iter().filter(|op| op.is_acknowledged()) {
        let there = match &op.asked {
            Asked::Offer => op
                .offered
                .is_none_or(|link| tally.offered.contains_key(&link)),
            Asked::Claim { link } => tally.claimed.contains_key(link),
            Asked::Confirm { link } => tally.confirmed.contains_key(link),
            Asked::Reserve { picture, .. } => tally.reserved.contains_key(picture),
            Asked::Arrive { picture } => tally.arrived.contains_key(picture),
            Asked::Describe { note, .. } => tally.notes.contains_key(note.as_str()),
            // Taking away what was never there is done, too.
            Asked::Remove { picture } => {
                tally.removed.contains_key(picture) || !tally.reserved.contains_key(picture)
            }
            Asked::Commit { pictures } => pictures
                .iter()
                .all(|picture| tally.queued.contains_key(picture)),
            Asked::Discard => tally.ended > 0,
            Asked::Launch { .. } | Asked::Put { .. } => true,
        };
        if !there {
            let what = format!("operation {} has left no trace: {:?}", op.number, op.asked);
            case.find(Kind::Lost, what);
        }
    }
}

/// What was refused has not happened. Notes can tell: no two questions have the same.
fn refused(case: &mut Case<'_>, tally: &Tally<'_>) {
    let ops = case.ops.clone();
    for op in ops {
        if let (Asked::Describe { note, .. }, Told::Refused(_)) = (&op.asked, &op.told)
            && tally.notes.contains_key(note.as_str())
        {
            let what = format!("operation {} was refused and happened", op.number);
            case.find(Kind::Untrue, what);
        }
    }
}

/// What can happen once has not happened twice, and nothing has happened that nobody asked for.
fn once(case: &mut Case<'_>, tally: &Tally<'_>) {
    for (what, counts) in [
        ("offered", &tally.offered),
        ("claimed", &tally.claimed),
        ("confirmed", &tally.confirmed),
    ] {
        for (link, count) in counts {
            case.at_most(1, *count, || format!("link {link} was {what}"));
        }
    }
    for (what, counts) in [
        ("arrived", &tally.arrived),
        ("was removed", &tally.removed),
        ("was filed", &tally.filed),
    ] {
        for (picture, count) in counts {
            case.at_most(1, *count, || format!("picture {picture} {what}"));
        }
    }
    for (note, count) in &tally.notes {
        case.at_most(1, *count, || format!("{note} was written"));
    }
    case.at_most(1, tally.ended, || "the session ended".to_owned());
    let asked = |like: &dyn Fn(&Asked) -> bool| {
        let ops = case.ops.iter();
        ops.filter(|op| like(&op.asked) && !matches!(op.told, Told::Refused(_)))
            .count()
    };
    let offers = asked(&|asked| *asked == Asked::Offer);
    let places: Vec<_> = tally
        .reserved
        .keys()
        .map(|id| {
            let like =
                |asked: &Asked| matches!(asked, Asked::Reserve { picture, .. } if picture == id);
            asked(&like)
        })
        .collect();
    case.at_most(offers, tally.offered.len(), || {
        "a link was offered".to_owned()
    });
    for ((picture, count), asked) in tally.reserved.iter().zip(places) {
        case.at_most(asked, *count, || {
            format!("a place was kept for picture {picture}")
        });
    }
}
