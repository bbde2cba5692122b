//! The script of replies: which calls to come get which reply from the catalogue, oldest step first.
//! It lives in memory; after a restart nothing is scripted.

use std::sync::Mutex;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::call::{Call, Kind};
use crate::lock;

pub(crate) mod catalogue;
mod change;
mod perform;
mod reply;
mod response;
mod timing;

pub(crate) use catalogue::Named;
pub(crate) use perform::perform;
pub(crate) use reply::{Delay, Reply};
pub(crate) use timing::HungUp;

/// The most steps that may be left at a time.
const MOST_STEPS: usize = 1000;

/// One step: the next `times` calls that match get `reply`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(rename = "match", default)]
    pub wanted: Match,
    pub reply: Named,
    /// How many more calls.
    #[serde(default = "once")]
    pub times: u32,
    /// Replaces the time that the reply takes, in milliseconds of the simulator's clock.
    #[serde(alias = "after_ms", default, skip_serializing_if = "Option::is_none")]
    pub after_ms: Option<u64>,
    /// For a 400 or 422: the element the refusal names, e.g. `Media.bodySite`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

fn once() -> u32 {
    1
}

/// Which calls a step is for; an absent part matches any.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Match {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// The value of an identifier in the resource, in the search, or the id that is read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identifier: Option<String>,
    /// Method and path, e.g. `POST /FHIR/Media`; `*` stands for anything, case does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
}

impl Match {
    fn fits(&self, call: &Call, identifiers: &[String]) -> bool {
        let kind = self.kind.is_none_or(|kind| kind == call.kind());
        let name = |pattern: &String| {
            let name = format!("{} {}", call.parts.method, call.parts.uri.path());
            glob(
                pattern.to_ascii_lowercase().as_bytes(),
                name.to_ascii_lowercase().as_bytes(),
            )
        };
        kind && self.call.as_ref().is_none_or(name)
            && self
                .identifier
                .as_ref()
                .is_none_or(|wanted| identifiers.contains(wanted))
    }
}

impl Step {
    /// Says in a sentence what is wrong with it.
    fn check(&self) -> Result<(), String> {
        if self.times == 0 {
            return Err("'times' is at least 1".into());
        }
        if let Some(call) = &self.wanted.call {
            let shaped = call.split_once(' ').is_some_and(|(method, path)| {
                !method.is_empty() && (path.starts_with('/') || path.starts_with('*'))
            });
            if !shaped || call.len() > 300 {
                return Err(
                    "a call is a method, a space and a path, such as 'POST /FHIR/Media'".into(),
                );
            }
        }
        match self.wanted.kind {
            Some(kind) if !self.reply.0.fits(kind) => {
                let (reply, kind) = (&self.reply.0.name, kind.name());
                Err(format!(
                    "the reply '{reply}' is not for calls of the kind '{kind}'"
                ))
            }
            _ => Ok(()),
        }
    }
}

/// What a call gets instead of the plain answer.
pub(crate) struct Turn {
    pub reply: &'static Reply,
    pub after: Option<Duration>,
    pub expression: Option<String>,
}

/// The steps not yet used up, oldest first.
#[derive(Default)]
pub(crate) struct Script(Mutex<Vec<Step>>);

impl Script {
    /// Takes all of the steps, or none and says in a sentence what is wrong.
    pub(crate) fn add(&self, steps: &[Step]) -> Result<(), String> {
        for step in steps {
            step.check()?;
        }
        let mut left = lock(&self.0);
        if left.len() + steps.len() > MOST_STEPS {
            return Err(format!(
                "the script would be longer than {MOST_STEPS} steps"
            ));
        }
        left.extend_from_slice(steps);
        Ok(())
    }

    /// What the oldest step for such a call says; the step is used up by one.
    pub(crate) fn take(&self, call: &Call) -> Option<Turn> {
        let mut left = lock(&self.0);
        // Reading a body for them costs more than the rest.
        let asked = left.iter().any(|step| step.wanted.identifier.is_some());
        let identifiers = if asked {
            call.identifiers()
        } else {
            Vec::new()
        };
        let index = left.iter().position(|step| {
            step.reply.0.fits(call.kind()) && step.wanted.fits(call, &identifiers)
        })?;
        let step = &mut left[index];
        let turn = Turn {
            reply: step.reply.0,
            after: step.after_ms.map(Duration::from_millis),
            expression: step.expression.clone(),
        };
        step.times -= 1;
        if step.times == 0 {
            left.remove(index);
        }
        Some(turn)
    }

    pub(crate) fn left(&self) -> Vec<Step> {
        lock(&self.0).clone()
    }

    pub(crate) fn clear(&self) {
        lock(&self.0).clear();
    }
}

/// Whether `text` is of the form `pattern`, in which `*` stands for any run of characters.
fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t, mut back) = (0, 0, None);
    while t < text.len() {
        if pattern.get(p) == Some(&b'*') {
            back = Some((p, t));
            p += 1;
        } else if pattern.get(p) == text.get(t) {
            p += 1;
            t += 1;
        } else if let Some((star, from)) = back {
            back = Some((star, from + 1));
            p = star + 1;
            t = from + 1;
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|byte| *byte == b'*')
}

#[cfg(test)]
mod tests {
    use super::glob;

    #[test]
    fn a_star_stands_for_anything() {
        assert!(glob(b"post /fhir/media", b"post /fhir/media"));
        assert!(!glob(b"post /fhir/media", b"post /fhir/media/1"));
        assert!(glob(b"* /fhir/*", b"get /fhir/patient/1"));
        assert!(glob(
            b"post /*/oauth2/v2.0/token",
            b"post /tenant/oauth2/v2.0/token"
        ));
        assert!(!glob(
            b"post /*/oauth2/v2.0/token",
            b"post /tenant/oauth2/v2.0/tokens"
        ));
        assert!(glob(b"*", b""));
        assert!(!glob(b"", b"x"));
    }
}
