//! What the compiler refuses in the copy, read from cargo's JSON.

use super::scratch::Scratch;
use serde_json::Value;
use std::process::Command;

/// An error of the compiler.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Its code, as `E0004`; empty for one that has none.
    pub code: String,
    /// The file in which it is, from the copy's root.
    pub file: String,
    /// Its first line.
    pub message: String,
}

/// Checks the copy. The errors, in the order in which they came; none when it compiles.
///
/// # Errors
/// When cargo fails without an error in the sources.
pub fn check(scratch: &Scratch, selection: &[&str]) -> Result<Vec<Refused>, String> {
    let output = Command::new("cargo")
        .current_dir(&scratch.folder)
        .args(["check", "--locked", "--lib", "--message-format", "json"])
        .args(selection)
        .arg("--target-dir")
        .arg(&scratch.compiled)
        .output()
        .map_err(|fault| format!("cargo could not be started: {fault}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let refused: Vec<Refused> = said.lines().filter_map(refused).collect();
    if output.status.success() == refused.is_empty() {
        return Ok(refused);
    }
    Err(format!(
        "cargo check could not check the copy:\n{}",
        String::from_utf8_lossy(&output.stderr)
    ))
}

/// The error in a line of cargo's, if there is one.
fn refused(line: &str) -> Option<Refused> {
    let line: Value = serde_json::from_str(line).ok()?;
    let message = &line["message"];
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let spans = message["spans"].as_array();
    // The closing "aborting due to …" is an error without a place.
    let place = spans.and_then(|spans| spans.iter().find(|span| span["is_primary"] == true))?;
    (line["reason"] == "compiler-message" && message["level"] == "error").then(|| Refused {
        code: text(&message["code"]["code"]),
        file: text(&place["file_name"]),
        message: text(&message["message"]),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_with_a_place_are_read_and_nothing_else() {
        let line = |level: &str, spans: &str| {
            format!(
                r#"{{"reason":"compiler-message","message":{{"level":"{level}","code":{{"code":"E0004"}},
                "message":"not covered","spans":{spans}}}}}"#
            )
        };
        let place = r#"[{"is_primary":false,"file_name":"src/b.rs"},{"is_primary":true,"file_name":"src/a.rs"}]"#;
        let found = refused(&line("error", place));
        let expected = Refused {
            code: "E0004".into(),
            file: "src/a.rs".into(),
            message: "not covered".into(),
        };
        assert_eq!(found, Some(expected));
        assert_eq!(refused(&line("warning", place)), None);
        assert_eq!(refused(&line("error", "[]")), None);
        assert_eq!(refused(r#"{"reason":"build-finished"}"#), None);
        assert_eq!(refused("not JSON"), None);
    }
}
