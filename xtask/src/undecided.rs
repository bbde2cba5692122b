//! Shows that a new event, a new field of the view, a new refusal and a new command do not compile until somebody has decided
//! about them: each is planted into a copy of the sources, and the compiler must refuse the copy at every place where a person
//! decides, and for that reason alone.
//!
//! Owns what is planted and where the compiler must ask. The copy is `scratch`'s, the compiler's words are `compiler`'s.

mod compiler;
mod scratch;

use compiler::Refused;
use scratch::Scratch;
use std::path::Path;

/// Text that is planted behind the first place where other text stands in a file.
struct Plant {
    file: &'static str,
    behind: &'static str,
    text: &'static str,
}

/// Where the compiler must ask for a decision about something that was planted, by its name.
struct Question {
    planted: &'static str,
    code: &'static str,
    file: &'static str,
}

/// A match has no arm for it.
const NO_ARM: &str = "E0004";
/// A pattern does not mention it.
const NOT_MENTIONED: &str = "E0027";
/// A value is made without it.
const NO_VALUE: &str = "E0063";

const EVENT: Plant = Plant {
    file: "src/session/event.rs",
    behind: "pub enum Event {",
    text: "\n    /// Planted.\n    PlantedEvent,",
};

const FIELD: Plant = Plant {
    file: "src/session.rs",
    behind: "pub struct SessionView {",
    text: "\n    /// Planted.\n    pub planted_field: u8,",
};

const COMMAND: Plant = Plant {
    file: "src/session/command.rs",
    behind: "pub enum Command {",
    text: "\n    /// Planted.\n    PlantedCommand,",
};

const REFUSAL: Plant = Plant {
    file: "src/refusal.rs",
    behind: "pub enum Refusal {",
    text: "\n    /// Planted.\n    #[error(\"planted\")]\n    PlantedRefusal,",
};

/// Whether it is worth trying again.
const REFUSAL_IN_DOMAIN: Plant = Plant {
    file: "src/refusal.rs",
    behind: "| Self::Malformed",
    text: " | Self::PlantedRefusal",
};

/// Its status, and its sentence.
const REFUSAL_IN_APPLICATION: [Plant; 2] = [
    Plant {
        file: "app/src/api/error.rs",
        behind: "| R::Malformed",
        text: " | R::PlantedRefusal",
    },
    Plant {
        file: "app/src/text/explain.rs",
        behind: "| Refusal::Malformed",
        text: " | Refusal::PlantedRefusal",
    },
];

const IN_DOMAIN: [Question; 9] = [
    // What it changes in the view, what a phone sees of it, whether it is audited.
    asks("PlantedEvent", NO_ARM, "src/session/event/fold.rs"),
    asks("PlantedEvent", NO_ARM, "src/session/redact.rs"),
    asks("PlantedEvent", NO_ARM, "src/audit.rs"),
    // Whether a phone sees it, and what it is when a session opens.
    asks("planted_field", NOT_MENTIONED, "src/session/redact.rs"),
    asks("planted_field", NO_VALUE, "src/session/redact.rs"),
    asks("planted_field", NO_VALUE, "src/session.rs"),
    // Who may ask for it, and what it does.
    asks("PlantedCommand", NO_ARM, "src/session/command.rs"),
    asks("PlantedCommand", NO_ARM, "src/session/decide.rs"),
    // Whether it is worth trying again.
    asks("PlantedRefusal", NO_ARM, "src/refusal.rs"),
];

const IN_APPLICATION: [Question; 2] = [
    asks("PlantedRefusal", NO_ARM, "app/src/api/error.rs"),
    asks("PlantedRefusal", NO_ARM, "app/src/text/explain.rs"),
];

const fn asks(planted: &'static str, code: &'static str, file: &'static str) -> Question {
    Question {
        planted,
        code,
        file,
    }
}

/// Checks all of it. `selection` names packages and features as for `cargo check`.
///
/// # Errors
/// What the compiler should have asked for and did not, what else it refused, or why it could not be run.
pub fn check(root: &Path, selection: &[&str]) -> Result<(), String> {
    let scratch = Scratch::new(root)?;
    // What is decided everywhere must compile; otherwise the refusals below would say nothing.
    scratch.plant([&REFUSAL, &REFUSAL_IN_DOMAIN])?;
    scratch.plant(&REFUSAL_IN_APPLICATION)?;
    let refused = compiler::check(&scratch, selection)?;
    if !refused.is_empty() {
        return Err(format!(
            "sources in which everything is decided do not compile:\n{}",
            listed(&refused)
        ));
    }
    scratch.restore()?;
    scratch.plant([&REFUSAL, &REFUSAL_IN_DOMAIN])?;
    asked(&compiler::check(&scratch, selection)?, &IN_APPLICATION)?;
    scratch.restore()?;
    scratch.plant([&EVENT, &FIELD, &COMMAND, &REFUSAL])?;
    let refused = compiler::check(&scratch, selection)?;
    // What lies there must compile, should anybody look at it later.
    scratch.restore()?;
    asked(&refused, &IN_DOMAIN)
}

/// The compiler has asked every question, and refused nothing for another reason.
fn asked(refused: &[Refused], questions: &[Question]) -> Result<(), String> {
    let answers = |question: &Question, refused: &Refused| {
        refused.code == question.code
            && refused.file == question.file
            && refused.message.contains(question.planted)
    };
    let mut wrong = Vec::new();
    for question in questions {
        if !refused.iter().any(|it| answers(question, it)) {
            let Question {
                planted,
                code,
                file,
            } = question;
            wrong.push(format!(
                "{file} compiles without a decision about {planted} ({code} was expected)"
            ));
        }
    }
    let planted = |it: &&Refused| !questions.iter().any(|of| it.message.contains(of.planted));
    let others: Vec<&Refused> = refused.iter().filter(planted).collect();
    if !others.is_empty() {
        wrong.push(format!(
            "other errors stand in the way:\n{}",
            listed(others)
        ));
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n"))
    }
}

fn listed<'a>(refused: impl IntoIterator<Item = &'a Refused>) -> String {
    let line = |it: &Refused| format!("  {} {}: {}", it.code, it.file, it.message);
    let lines: Vec<String> = refused.into_iter().map(line).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: Question = asks("Planted", NO_ARM, "src/a.rs");

    fn refused(code: &str, file: &str, message: &str) -> Refused {
        Refused {
            code: code.into(),
            file: file.into(),
            message: message.into(),
        }
    }

    #[test]
    fn a_question_is_asked_only_at_its_place_and_for_its_reason() {
        let right = refused(NO_ARM, "src/a.rs", "`Planted` not covered");
        assert_eq!(asked(std::slice::from_ref(&right), &[QUESTION]), Ok(()));
        for wrong in [
            refused(NO_VALUE, "src/a.rs", "`Planted` not covered"),
            refused(NO_ARM, "src/b.rs", "`Planted` not covered"),
            refused(NO_ARM, "src/a.rs", "`Another` not covered"),
        ] {
            assert!(asked(&[wrong], &[QUESTION]).is_err());
        }
        assert!(asked(&[], &[QUESTION]).is_err());
        let other = refused("E0308", "src/a.rs", "mismatched types");
        let said = asked(&[right, other], &[QUESTION]).unwrap_err();
        assert!(said.contains("mismatched types"), "{said}");
    }
}
