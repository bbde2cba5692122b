//! Runs the programs that the site is built with.

use super::Site;
use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Stdio};

/// Runs it to its end and gives what it said on stdout; what it says on stderr is shown.
fn run(command: &mut Command, remedy: &str) -> Result<Vec<u8>, String> {
    let name = Path::new(command.get_program())
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let output = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|fault| format!("{name} could not be started ({fault}); {remedy}"))?;
    if output.status.success() {
        Ok(output.stdout)
    } else {
        Err(format!("{name} failed; its words stand above."))
    }
}

/// A program from `end2end`'s packages.
pub fn package<I: AsRef<OsStr>>(
    site: &Site,
    name: &str,
    arguments: impl IntoIterator<Item = I>,
) -> Result<Vec<u8>, String> {
    let program = site.root.join("end2end/node_modules/.bin").join(name);
    run(
        Command::new(program).args(arguments),
        "run: npm --prefix end2end ci --omit=dev --ignore-scripts",
    )
}

/// A script of ours in Node.
pub fn node(site: &Site, script: &str, arguments: &[&Path]) -> Result<Vec<u8>, String> {
    run(
        Command::new("node")
            .arg(site.root.join(script))
            .args(arguments),
        "install Node 20 or newer.",
    )
}

/// Cargo, for the browser. `rustflags` stand in for those of `.cargo/config.toml`.
pub fn cargo(site: &Site, arguments: &[&str], rustflags: Option<&str>) -> Result<(), String> {
    let mut command = Command::new("cargo");
    command.current_dir(&site.root).args([
        "build",
        "--locked",
        "--target",
        "wasm32-unknown-unknown",
        "--target-dir",
    ]);
    command.arg(site.compiled()).args(arguments);
    if let Some(flags) = rustflags {
        command.env("RUSTFLAGS", flags);
    }
    run(&mut command, "install Rust, from rustup.rs for example.").map(drop)
}
