//! Dependencies that a package names in its manifest and nowhere in its source.
//!
//! A dependency is used when some Rust file of the package has its name in front of `::` or behind `use`. One that is there for
//! its features alone is named under `[package.metadata.cargo-machete]`, `ignored`, as `cargo machete` has it.

use crate::{files, source};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The unused dependencies of all packages of the workspace, "package: dependency" each.
///
/// # Errors
/// Cargo that does not answer, or a file that cannot be read.
pub fn find(root: &Path) -> Result<Vec<String>, String> {
    let packages = packages(root)?;
    let folders: Vec<&Path> = packages
        .iter()
        .filter_map(|package| package.manifest.parent())
        .collect();
    let mut found = Vec::new();
    for package in &packages {
        let folder = package.manifest.parent().unwrap_or(root);
        let mut text = String::new();
        for path in source::files(folder) {
            let is_nested = folders.iter().any(|other| {
                *other != folder && other.starts_with(folder) && path.starts_with(other)
            });
            let is_built = ["target", "node_modules"]
                .iter()
                .any(|name| path.components().any(|part| part.as_os_str() == *name));
            if !is_nested && !is_built {
                let own = String::from_utf8_lossy(&files::read(&path)?).into_owned();
                for borrowed in borrowed(&own) {
                    let place = path.parent().unwrap_or(folder).join(borrowed);
                    text.push_str(&String::from_utf8_lossy(&files::read(&place)?));
                }
                text.push_str(&own);
            }
        }
        let unused = package
            .dependencies
            .iter()
            .filter(|name| !is_used(name, &text));
        found.extend(unused.map(|name| format!("{}: {name}", package.name)));
    }
    Ok(found)
}

struct Package {
    name: String,
    manifest: PathBuf,
    dependencies: BTreeSet<String>,
}

fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let output = Command::new("cargo")
        .current_dir(root)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(|fault| format!("cargo could not be started: {fault}"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|fault| format!("cargo metadata did not answer with JSON: {fault}"))?;
    Ok(metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .map(package)
        .collect())
}

fn package(package: &Value) -> Package {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let ignored: Vec<String> = list(&package["metadata"]["cargo-machete"]["ignored"])
        .iter()
        .map(text)
        .collect();
    let mut dependencies: BTreeSet<String> = list(&package["dependencies"])
        .iter()
        .map(|dependency| {
            text(if dependency["rename"].is_string() {
                &dependency["rename"]
            } else {
                &dependency["name"]
            })
        })
        .collect();
    dependencies.retain(|name| !ignored.contains(name));
    Package {
        name: text(&package["name"]),
        manifest: text(&package["manifest_path"]).into(),
        dependencies,
    }
}

/// Files of other packages, brought in by a `path` attribute.
fn borrowed(text: &str) -> Vec<&str> {
    text.split("#[path = \"")
        .skip(1)
        .filter_map(|rest| rest.split_once('"'))
        .map(|(path, _)| path)
        .collect()
}

/// Is the crate's name in front of `::`, or behind `use` or `extern crate`, as a word of its own?
fn is_used(dependency: &str, text: &str) -> bool {
    let name = dependency.replace('-', "_");
    text.match_indices(&name).any(|(at, _)| {
        let (before, after) = (&text[..at], text[at + name.len()..].trim_start());
        let begins = !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_');
        let brought_in = ["use", "extern crate"]
            .iter()
            .any(|word| before.trim_end().ends_with(word));
        begins
            && (after.starts_with("::")
                || (brought_in && after.starts_with([';', ' ']))
                || (brought_in && after.starts_with("as ")))
    })
}

#[cfg(test)]
mod tests {
    use super::{borrowed, is_used};

    #[test]
    fn borrowed_files_are_found() {
        assert_eq!(
            borrowed("#[path = \"../../codec/src/picture.rs\"]\nmod picture;"),
            ["../../codec/src/picture.rs"]
        );
    }

    #[test]
    fn a_dependency_is_used_by_a_path_or_a_use() {
        for text in [
            "use serde_json::Value;",
            "let v: serde_json::Value;",
            "use serde_json;",
            "use serde_json as json;",
            "#[serde_json::test]",
        ] {
            assert!(is_used("serde-json", text), "{text}");
        }
        for text in [
            "// serde_json is not here",
            "let serde_json = 1;",
            "use my_serde_json::Value;",
            "use serde_jsonish::X;",
        ] {
            assert!(!is_used("serde-json", text), "{text}");
        }
    }
}
