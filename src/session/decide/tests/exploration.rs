//! Every history of one entry's filing, a picture's and a document's of two pages, explored to the end: three workers that may crash, dawdle or come too late at
//! every step, a record system that loses replies, creates late, shows late and refuses searches, a GP who presses
//! Commit again. No state may hold a second record, or call filed what is not there; and no picture may be stuck.
//!
//! What decides is the real [`decide`]; `world` is what surrounds it. To show that the search would find what it looks
//! for, each of [`Bug`] is planted and must be found.

mod world;

use std::collections::{HashSet, VecDeque};
use world::{Key, Subject, World};

/// A mistake, made at the border between the worker and the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Bug {
    /// Posts first and stores the intent afterwards.
    NoIntent,
    /// A post without an answer counts as failed, and is tried again.
    SilenceIsFailure,
    /// A word counts whichever claim it was said under.
    NoFencingToken,
    /// Looks for the picture as soon as the answer is missing.
    NoSettlePeriod,
    /// Believes the first absence.
    OneAbsence,
    /// Looks the second time at once.
    NoSecondWait,
    /// Takes a refused search for absence.
    RefusalIsAbsence,
    /// Takes a search without an answer for absence.
    SilenceIsAbsence,
    /// Posts what a dead worker had claimed.
    ExpiryPostsAgain,
    /// Gives every attempt another identifier, so that a search finds nothing.
    NewIdentifier,
    /// Takes whatever bears the identifier for the picture.
    NoComparison,
    /// Takes a success without an id for filed.
    SuccessIsFiled,
    /// Posts although the claim ran out.
    NoGuard,
    /// A second press of Commit posts again what nobody knows of.
    PressPostsAgain,
    /// Believes a person who does not see it yet.
    NotThereTooEarly,
    /// Believes a search that began before the settle period was over.
    EarlySearch,
    /// Files the pages of a document by themselves while nobody knows of the document.
    TakenApartTooEarly,
}

impl Bug {
    const ALL: [Self; 17] = [
        Self::NoIntent,
        Self::SilenceIsFailure,
        Self::NoFencingToken,
        Self::NoSettlePeriod,
        Self::OneAbsence,
        Self::NoSecondWait,
        Self::RefusalIsAbsence,
        Self::SilenceIsAbsence,
        Self::ExpiryPostsAgain,
        Self::NewIdentifier,
        Self::NoComparison,
        Self::SuccessIsFiled,
        Self::NoGuard,
        Self::PressPostsAgain,
        Self::NotThereTooEarly,
        Self::EarlySearch,
        Self::TakenApartTooEarly,
    ];

    /// Where it can do harm.
    fn subject(self) -> Subject {
        match self {
            Self::TakenApartTooEarly => Subject::Document,
            _ => Subject::Picture,
        }
    }
}

/// What must never be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    Duplicate,
    FalseFiled,
    Torn,
    Forgotten,
    Stuck,
}

struct Explored {
    states: usize,
    filed: usize,
    asked: usize,
    wrong: Option<(Wrong, Vec<&'static str>)>,
}

/// How seldom a state is followed to its end without faults: often enough to meet every kind of state.
const FOLLOWED: usize = 16;

fn explore(subject: Subject, bug: Option<Bug>) -> Explored {
    let mut seen: HashSet<Key> = HashSet::new();
    let mut open = VecDeque::from([World::new(subject, bug)]);
    let mut explored = Explored {
        states: 0,
        filed: 0,
        asked: 0,
        wrong: None,
    };
    seen.insert(open[0].key());
    while let Some(world) = open.pop_front() {
        explored.states += 1;
        explored.filed += usize::from(world.is_filed());
        explored.asked += usize::from(world.asks());
        // A planted bug may also hold a picture up; what it must be caught at is worse.
        let followed = bug.is_none() && explored.states.is_multiple_of(FOLLOWED);
        let stuck = || (followed && world.is_stuck()).then_some(Wrong::Stuck);
        if let Some(wrong) = world.wrong().or_else(stuck) {
            explored.wrong = Some((wrong, world.steps()));
            return explored;
        }
        for next in world.nexts() {
            if seen.insert(next.key()) {
                open.push_back(next);
            }
        }
    }
    explored
}

#[test]
fn no_history_files_a_picture_twice_or_calls_filed_what_is_not() {
    for subject in [Subject::Picture, Subject::Document] {
        let explored = explore(subject, None);
        assert_eq!(explored.wrong, None);
        // Seen with `cargo test -- --nocapture`.
        #[allow(clippy::print_stdout, reason = "the figure is the test's result")]
        {
            println!(
                "explored {} states of filing a {subject:?}: 0 duplicates, 0 false filed ({} filed, {} for a person)",
                explored.states, explored.filed, explored.asked
            );
        }
        assert!(explored.states > 10_000, "{} states only", explored.states);
        assert!(explored.filed > 0 && explored.asked > 0);
    }
}

#[test]
fn each_of_the_planted_bugs_is_found() {
    for bug in Bug::ALL {
        let explored = explore(bug.subject(), Some(bug));
        let wrong = explored.wrong.map(|(wrong, _)| wrong);
        assert!(
            matches!(wrong, Some(Wrong::Duplicate | Wrong::FalseFiled)),
            "{bug:?} comes to {wrong:?} in {} states",
            explored.states
        );
    }
}
