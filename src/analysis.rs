//! The analysis of a picture as it travels between desktop and server: a prompt goes in, fragments of text come back, and at the end
//! what it took or why it ended early.
//!
//! Owns the bounds of prompt and answer, and the closed list of reasons. Nothing of an analysis is an event of the session, and nothing
//! of it is stored. Must not know who the analyst is (a port's matter) nor how the parts travel (`server/src/http/analysis.rs`).

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a person asks about a picture: 1 to 2000 characters that are not all white space. The page keeps to the same bound, so a person
/// never meets the refusal.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Prompt(String);

/// Text that is not a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a prompt has 1 to {} characters", Prompt::MAX_CHARS)]
pub struct NotAPrompt;

impl Prompt {
    /// Characters that a prompt has at most.
    pub const MAX_CHARS: usize = 2000;

    /// Takes a text as it was typed.
    ///
    /// # Errors
    /// When it is blank, or has more than [`Prompt::MAX_CHARS`] characters.
    pub fn new(text: impl Into<String>) -> Result<Self, NotAPrompt> {
        let text = text.into();
        if text.trim().is_empty() || text.chars().count() > Self::MAX_CHARS {
            Err(NotAPrompt)
        } else {
            Ok(Self(text))
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Prompt {
    type Error = NotAPrompt;

    fn try_from(text: String) -> Result<Self, NotAPrompt> {
        Self::new(text)
    }
}

impl From<Prompt> for String {
    fn from(prompt: Prompt) -> Self {
        prompt.0
    }
}

impl fmt::Debug for Prompt {
    /// Shows nothing: a person can type a patient's name into it.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Prompt(…)")
    }
}

/// One part of an answer. Any number of texts come, then `Done`, and nothing after it.
#[derive(Clone, PartialEq, Eq)]
pub enum AnalysisPart {
    /// The next piece of the text, however long or short; pieces are put together without anything between them.
    Text(String),
    /// The answer is complete.
    Done(AnalysisUsage),
}

impl fmt::Debug for AnalysisPart {
    /// Tells how long a text is and not what it says: it describes a patient.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => write!(out, "Text({} bytes)", text.len()),
            Self::Done(usage) => write!(out, "Done({usage:?})"),
        }
    }
}

/// What a complete answer took.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnalysisUsage {
    /// The model that answered, by the name that its maker gives it.
    pub model: String,
    /// Tokens of the question, the picture's among them.
    pub input_tokens: u64,
    /// Tokens of the answer.
    pub output_tokens: u64,
}

/// Why an answer ended early. What had come of it by then is incomplete.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(
    tag = "code",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum AnalysisFailure {
    /// The analyst could not be reached, or does not work at present.
    #[error("analyst unavailable")]
    Unavailable,
    /// The analyst has too much to do.
    #[error("analyst busy")]
    Busy {
        /// Seconds after which it wants to be asked again, when it said so; an hour at most.
        retry_after: Option<u32>,
    },
    /// The analyst declined to answer this prompt about this picture.
    #[error("analyst declined")]
    Declined,
    /// The answer broke off or made no sense.
    #[error("answer malformed")]
    Malformed,
    /// The answer was cut because it grew longer than an answer may be.
    #[error("answer too long")]
    TooLong,
    /// The answer was not complete in time.
    #[error("answer timed out")]
    TimedOut,
    /// What it was about is no longer there: the session ended, or the picture was deleted.
    #[error("picture or session gone")]
    Withdrawn,
    /// The server stopped, or lost sight of the session, while the answer was coming.
    #[error("interrupted")]
    Interrupted,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_prompt_says_something_and_has_an_end() {
        let longest = "ā".repeat(Prompt::MAX_CHARS);
        for fine in ["Describe the lesion.", &longest] {
            assert_eq!(Prompt::new(fine).unwrap().as_str(), fine);
        }
        let longer = "ā".repeat(Prompt::MAX_CHARS + 1);
        for wrong in ["", " \n\t", &longer] {
            assert_eq!(Prompt::new(wrong), Err(NotAPrompt));
            assert!(serde_json::from_value::<Prompt>(json!(wrong)).is_err());
        }
    }

    #[test]
    fn what_was_asked_and_answered_is_not_printed() {
        let prompt = Prompt::new("Is this Aroha's mole?").unwrap();
        let part = AnalysisPart::Text("Aroha has a mole".to_owned());
        let printed = format!("{prompt:?} {part:?}");
        assert!(!printed.contains("Aroha"), "{printed}");
    }

    #[test]
    fn a_failure_travels_as_a_code() {
        let busy = AnalysisFailure::Busy {
            retry_after: Some(30),
        };
        assert_eq!(json!(busy), json!({ "code": "busy", "retryAfter": 30 }));
        assert_eq!(
            json!(AnalysisFailure::TooLong),
            json!({ "code": "tooLong" })
        );
    }
}
