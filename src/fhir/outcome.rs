//! FHIR's OperationOutcome: what a server says about a request it did not carry out.
//!
//! Its free texts may echo what was sent, patient data included. They are looked at, and never
//! handed out.

use super::{items, resource};
use serde_json::Value;
use std::fmt;

/// FHIR's IssueType in R4. A code outside the list is told as [`UNLISTED`].
const CODES: [&str; 31] = [
    "invalid",
    "structure",
    "required",
    "value",
    "invariant",
    "security",
    "login",
    "unknown",
    "expired",
    "forbidden",
    "suppressed",
    "processing",
    "not-supported",
    "duplicate",
    "multiple-matches",
    "not-found",
    "deleted",
    "too-long",
    "code-invalid",
    "extension",
    "too-costly",
    "business-rule",
    "conflict",
    "transient",
    "lock-error",
    "no-store",
    "exception",
    "timeout",
    "incomplete",
    "throttled",
    "informational",
];
/// Codes that may be gone when the same is asked again.
const TRANSIENT: [&str; 7] = [
    "transient",
    "lock-error",
    "no-store",
    "exception",
    "timeout",
    "incomplete",
    "throttled",
];
/// Stands for a code that FHIR does not have.
const UNLISTED: &str = "unlisted";
/// Characters of an expression at most.
const LONGEST_PATH: usize = 80;

/// What a server found fault with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationOutcome {
    issues: Vec<Issue>,
}

/// One fault.
#[derive(Clone, PartialEq, Eq)]
struct Issue {
    severity: Severity,
    code: &'static str,
    texts: Vec<String>,
    expressions: Vec<String>,
}

/// How bad an issue is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// `information`, or anything unknown
    Information,
    /// `warning`
    Warning,
    /// `error`
    Error,
    /// `fatal`
    Fatal,
}

impl OperationOutcome {
    /// Reads a body. Nothing when it is something else, cut off or empty; issues that are not
    /// understood are taken for what can be understood of them.
    #[must_use]
    pub fn read(body: &[u8]) -> Option<Self> {
        resource(body, "OperationOutcome")
            .ok()
            .map(|outcome| Self::of(&outcome))
    }

    fn of(outcome: &Value) -> Self {
        Self {
            issues: items(&outcome["issue"]).map(Issue::of).collect(),
        }
    }

    /// The issues' codes, each once, those of the worst severity first. Only codes that FHIR has,
    /// so that nothing else can ride along; any other is told as `unlisted`.
    #[must_use]
    pub fn codes(&self) -> Vec<&'static str> {
        let mut issues: Vec<&Issue> = self.issues.iter().collect();
        issues.sort_by_key(|issue| std::cmp::Reverse(issue.severity));
        let mut codes = Vec::new();
        for issue in issues {
            if !codes.contains(&issue.code) {
                codes.push(issue.code);
            }
        }
        codes
    }

    /// The worst severity, when there is an issue.
    #[must_use]
    pub fn severity(&self) -> Option<Severity> {
        self.issues.iter().map(|issue| issue.severity).max()
    }

    /// Paths of the elements the issues are about (`Media.bodySite`), each once. Anything that is
    /// not a plain path is left out.
    #[must_use]
    pub fn paths(&self) -> Vec<&str> {
        let mut paths: Vec<&str> = Vec::new();
        for path in self.issues.iter().flat_map(|issue| &issue.expressions) {
            if is_plain_path(path) && !paths.contains(&path.as_str()) {
                paths.push(path);
            }
        }
        paths
    }

    /// Whether every error may be gone when the same is asked again.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        let mut errors = self
            .issues
            .iter()
            .filter(|issue| issue.severity >= Severity::Error)
            .peekable();
        errors.peek().is_some() && errors.all(|issue| TRANSIENT.contains(&issue.code))
    }

    /// Whether an issue is about this element of this resource, or about something inside it: by
    /// its expression, or by a text that has `Media.bodySite` or the quoted `'bodySite'`.
    #[must_use]
    pub fn names(&self, kind: &str, element: &str) -> bool {
        let path = format!("{kind}.{element}");
        let quoted = [format!("'{element}'"), format!("\"{element}\"")];
        self.issues.iter().any(|issue| {
            issue
                .expressions
                .iter()
                .any(|expression| begins_with(expression, &path))
                || issue.texts.iter().any(|text| {
                    holds(text, &path) || quoted.iter().any(|quoted| text.contains(quoted.as_str()))
                })
        })
    }
}

impl Issue {
    fn of(issue: &Value) -> Self {
        let owned = |value: &Value| value.as_str().map(str::to_owned);
        let code = issue["code"].as_str().unwrap_or_default();
        // `location` is `expression` as older servers write it.
        let expressions = items(&issue["expression"]).chain(items(&issue["location"]));
        Self {
            severity: match issue["severity"].as_str() {
                Some("fatal") => Severity::Fatal,
                Some("error") => Severity::Error,
                Some("warning") => Severity::Warning,
                _ => Severity::Information,
            },
            code: CODES
                .into_iter()
                .find(|known| *known == code)
                .unwrap_or(UNLISTED),
            texts: [&issue["details"]["text"], &issue["diagnostics"]]
                .into_iter()
                .filter_map(owned)
                .collect(),
            expressions: expressions.filter_map(owned).collect(),
        }
    }
}

/// Shows nothing that came as free text.
impl fmt::Debug for Issue {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Issue({:?}, {}, …)", self.severity, self.code)
    }
}

/// `Media.identifier[0].value`: a resource's name, then elements, with no more than an index behind
/// each. A quoted value, a condition or a number cannot hide in it.
fn is_plain_path(text: &str) -> bool {
    let element = |part: &str| {
        let (name, index) = part.split_once('[').unwrap_or((part, "0]"));
        let index = index.strip_suffix(']').is_some_and(|digits| {
            (1..=3).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
        index && !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let mut parts = text.split('.');
    let known = [
        "Media",
        "Patient",
        "Practitioner",
        "Location",
        "DocumentReference",
        "Bundle",
    ];
    text.len() <= LONGEST_PATH
        && parts.next().is_some_and(|kind| known.contains(&kind))
        && parts.all(element)
}

fn begins_with(text: &str, path: &str) -> bool {
    text.strip_prefix(path)
        .is_some_and(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()))
}

fn holds(text: &str, path: &str) -> bool {
    text.match_indices(path)
        .any(|(at, _)| begins_with(&text[at..], path))
}

#[cfg(test)]
#[allow(
    clippy::needless_pass_by_value,
    reason = "a JSON literal is given away where it is written"
)]
mod tests;
