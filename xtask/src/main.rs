//! `cargo xtask COMMAND`: what the project needs done beyond cargo and is too long for a shell script.
//!
//! Knows the workspace's layout; knows nothing of setting up a machine, which is the scripts' part (`tools/`). It ends with 0
//! when all is well, with 1 and a sentence on stderr when something failed or was found, and with 2 when it was asked wrongly.

mod files;
mod site;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "\
cargo xtask COMMAND

  site              builds target/site: the browser's modules, the style, the files of public/, and a brotli copy of each";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let root = root();
    let done = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["site"] => site::build(&root),
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

/// The repository's root: cargo says at run time where this package lies, so a copied target directory cannot mislead.
fn root() -> PathBuf {
    let here = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| "xtask".into(), PathBuf::from);
    here.parent().map_or_else(|| ".".into(), PathBuf::from)
}
