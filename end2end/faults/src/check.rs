//! Compares what clients were told with what is held afterwards. Pure: a history and a final state in, findings out.
//!
//! What was acknowledged must be there, once. What was refused must not be there. What nobody knows may or may not be
//! there, but not twice. Whoever followed must have heard every event once, in order, and show what is held.

mod events;
mod followers;
mod pictures;
#[cfg(test)]
mod tests;

use crate::final_state::{FinalSession, FinalState};
use crate::history::{Asked, Op, Told};
use clinical_images::id::SessionId;
use std::collections::BTreeMap;
use std::fmt;

/// What kind of promise was broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It was acknowledged and is not there.
    Lost,
    /// It happened once and is there twice.
    Doubled,
    /// Somebody who followed missed an event, or the history has a hole.
    Gap,
    /// A picture is there with other bytes.
    WrongBytes,
    /// A picture is in another session or another patient's record.
    Astray,
    /// A session holds more than it may.
    OverCap,
    /// The product says something that does not agree with itself or with what it said before.
    Untrue,
}

/// One broken promise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Of which kind.
    pub kind: Kind,
    /// In which session.
    pub session: SessionId,
    /// What exactly, in words.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            kind,
            session,
            what,
        } = self;
        write!(out, "{kind:?} in session {session}: {what}")
    }
}

/// A session as the checker sees it.
struct Case<'a> {
    id: SessionId,
    ops: Vec<&'a Op>,
    held: &'a FinalSession,
    findings: Vec<Finding>,
}

impl Case<'_> {
    fn find(&mut self, kind: Kind, what: impl Into<String>) {
        self.findings.push(Finding {
            kind,
            session: self.id,
            what: what.into(),
        });
    }

    /// Something that may be there so often at most.
    fn at_most(&mut self, most: usize, count: usize, what: impl FnOnce() -> String) {
        if count > most {
            let what = format!("{} {count} times, asked for {most} times", what());
            self.find(Kind::Doubled, what);
        }
    }

    /// Whether a question like this was asked that was not refused.
    fn may_have(&self, like: impl Fn(&Asked) -> bool) -> bool {
        self.ops
            .iter()
            .any(|op| like(&op.asked) && !matches!(op.told, Told::Refused(_)))
    }

    /// Whether a question like this was acknowledged.
    fn has(&self, like: impl Fn(&Asked) -> bool) -> bool {
        self.ops
            .iter()
            .any(|op| like(&op.asked) && op.is_acknowledged())
    }
}

/// Everything that is wrong, sorted by kind. An empty answer is what a run must end with.
#[must_use]
pub fn check(ops: &[Op], final_state: &FinalState) -> Vec<Finding> {
    let mut by_session: BTreeMap<SessionId, Vec<&Op>> = BTreeMap::new();
    for op in ops {
        if let Some(session) = op.session {
            by_session.entry(session).or_default().push(op);
        }
    }
    let mut findings = Vec::new();
    for (id, ops) in by_session {
        let Some(held) = final_state.sessions.iter().find(|held| held.id == id) else {
            findings.push(unknown(id));
            continue;
        };
        let mut case = Case {
            id,
            ops,
            held,
            findings: Vec::new(),
        };
        match &held.view {
            None => case.findings.push(unknown(id)),
            Some(view) => {
                events::check(&mut case, view);
                pictures::check(&mut case, view, &final_state.filed);
                followers::check(&mut case, view);
            }
        }
        findings.append(&mut case.findings);
    }
    pictures::each_in_one_session(final_state, &mut findings);
    findings.sort();
    findings
}

/// How often a page was told to forget what it knew, because a history was lost.
#[must_use]
pub fn resets(final_state: &FinalState) -> usize {
    followers::resets(final_state)
}

fn unknown(session: SessionId) -> Finding {
    Finding {
        kind: Kind::Lost,
        session,
        what: "the session was opened and is not known any more".to_owned(),
    }
}
