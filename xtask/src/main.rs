//! `cargo xtask COMMAND`: what the project needs done beyond cargo and is too long for a shell script.
//!
//! Knows the workspace's layout; knows nothing of setting up a machine, which is the scripts' part (`tools/`). It ends with 0
//! when all is well, with 1 and a sentence on stderr when something failed or was found, and with 2 when it was asked wrongly.

mod circles;
mod files;
mod literals;
mod site;
mod source;
mod undecided;
mod unused;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  circles FOLDER…   finds modules that need each other, in the crates whose sources lie there
  literals          finds sentences in the pages' `view!` that belong in app/src/text
  site [PACKAGE…]   builds target/site: the browser's modules, the style, the files of public/, and a brotli copy of each;
                    with names of packages, of the modules only theirs
  undecided SELECTION…
                    plants a new event, field, refusal and command into a copy of the sources, which must not compile;
                    the packages and features are named as for `cargo check`
  unused            finds dependencies that a package names in its manifest and nowhere in its source";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = root();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["circles", ref folders @ ..] if !folders.is_empty() => no_circles(&root, folders),
        ["literals"] => no_literals(&root),
        ["undecided", ref selection @ ..] if !selection.is_empty() => {
            undecided::check(&root, selection)
        }
        ["unused"] => no_unused(&root),
        ["site", ref packages @ ..] => site::build(&root, packages),
        ["--help" | "-h"] => {
            eprintln!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("Stopped: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// Prints what a check found; that there is something is the failure.
fn none_of(found: &[String], sentence: &str) -> Result<(), String> {
    for place in found {
        eprintln!("{place}");
    }
    if found.is_empty() {
        Ok(())
    } else {
        Err(format!("{} {sentence}", found.len()))
    }
}

fn no_circles(root: &Path, folders: &[&str]) -> Result<(), String> {
    let mut found = Vec::new();
    for folder in folders {
        let circles = circles::find(&root.join(folder))?;
        found.extend(circles.iter().map(|circle| format!("{folder}: {circle}")));
    }
    none_of(
        &found,
        "circles of modules; move what both need to a module of its own.",
    )
}

fn no_literals(root: &Path) -> Result<(), String> {
    let found = literals::find(&root.join("app/src"), "text")?;
    none_of(
        &found,
        "sentences in views of app/src; move them to app/src/text.",
    )
}

fn no_unused(root: &Path) -> Result<(), String> {
    none_of(
        &unused::find(root)?,
        "dependencies that nobody uses; remove them from the manifests.",
    )
}

/// The repository's root: cargo says at run time where this package lies, so a copied target directory cannot mislead.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| "xtask".into(), PathBuf::from);
    here.parent().map_or_else(|| ".".into(), PathBuf::from)
}
