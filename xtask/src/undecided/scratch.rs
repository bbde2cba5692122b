//! A copy of the workspace in `target/undecided` that can be spoilt: the sources of the domain and the application, and every
//! other package with its manifest and nothing in it. So cargo picks the same features for dependencies as it does for the
//! workspace, and finds them compiled.

use super::Plant;
use crate::files;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Packages whose sources are needed.
const WHOLE: [&str; 3] = ["clinical-images", "clinical-app", "hevc-tile"];
/// In the place of a target of any other package.
const EMPTY: &[u8] = b"fn main() {}\n";

/// The copy.
pub struct Scratch {
    /// Where it lies.
    pub folder: PathBuf,
    /// Where cargo keeps what it has compiled.
    pub compiled: PathBuf,
    /// Every file of it by its path from there, as it is without plants.
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Scratch {
    /// Makes the copy, or brings it up to date.
    pub fn new(root: &Path) -> Result<Self, String> {
        let compiled = std::env::var_os("CARGO_TARGET_DIR")
            .map_or_else(|| root.join("target"), |target| root.join(target));
        let scratch = Self {
            folder: root.join("target/undecided"),
            compiled,
            files: contents(root)?,
        };
        scratch.restore()?;
        Ok(scratch)
    }

    /// Takes every plant out. What has not changed keeps its time, so that cargo does not compile it again.
    pub fn restore(&self) -> Result<(), String> {
        for (path, bytes) in &self.files {
            let path = self.folder.join(path);
            if files::read(&path).ok().as_ref() != Some(bytes) {
                files::put(&path, bytes)?;
            }
        }
        for path in files::below(&self.folder) {
            let known = path.strip_prefix(&self.folder).ok();
            if known.is_some_and(|path| !self.files.contains_key(path)) {
                std::fs::remove_file(&path)
                    .map_err(|fault| format!("{} stays: {fault}", path.display()))?;
            }
        }
        Ok(())
    }

    /// Plants.
    pub fn plant<'a>(&self, plants: impl IntoIterator<Item = &'a Plant>) -> Result<(), String> {
        for Plant { file, behind, text } in plants {
            let path = self.folder.join(file);
            let source = String::from_utf8_lossy(&files::read(&path)?).into_owned();
            let (before, after) = source.split_once(behind).ok_or_else(|| {
                format!("{file} has no “{behind}” any more; tell xtask/src/undecided.rs what to plant behind.")
            })?;
            files::put(&path, [before, behind, text, after].concat().as_bytes())?;
        }
        Ok(())
    }
}

/// What the copy consists of.
fn contents(root: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>, String> {
    let mut contents = BTreeMap::new();
    let mut copy = |path: &Path| -> Result<(), String> {
        contents.insert(from(root, path)?, files::read(path)?);
        Ok(())
    };
    copy(&root.join("Cargo.toml"))?;
    copy(&root.join("Cargo.lock"))?;
    let packages = packages(root)?;
    for package in &packages {
        copy(&package.manifest)?;
        if WHOLE.contains(&package.name.as_str()) {
            let sources = package.manifest.with_file_name("src");
            files::below(&sources).iter().try_for_each(|it| copy(it))?;
        }
    }
    for target in packages.iter().flat_map(|package| &package.targets) {
        contents
            .entry(from(root, target)?)
            .or_insert_with(|| EMPTY.to_vec());
    }
    renumber(&mut contents)?;
    Ok(contents)
}

/// Gives our own packages another version. Cargo tells packages apart by name, version and place in their workspace: with the
/// same version it would take what it compiled of the copy for what it compiled of the workspace.
fn renumber(contents: &mut BTreeMap<PathBuf, Vec<u8>>) -> Result<(), String> {
    let (manifest, lock) = (PathBuf::from("Cargo.toml"), PathBuf::from("Cargo.lock"));
    let read = |path| String::from_utf8_lossy(&contents[path]).into_owned();
    let (manifest_text, lock_text) = (read(&manifest), read(&lock));
    let version = manifest_text
        .lines()
        .find(|line| line.starts_with("version = "));
    let version = version.ok_or("Cargo.toml names no version of the workspace.")?;
    let text = manifest_text.replacen(version, OTHER_VERSION, 1);
    contents.insert(manifest, text.into_bytes());
    contents.insert(lock, renumbered(&lock_text, version).into_bytes());
    Ok(())
}

/// The version of our own packages in the copy.
const OTHER_VERSION: &str = "version = \"0.0.0-undecided\"";

/// A lock file in which packages without a source, which are ours, have the other version instead of this one.
fn renumbered(lock: &str, version: &str) -> String {
    let block = |block: &str| {
        if block.contains("\nsource = ") {
            block.to_owned()
        } else {
            block.replacen(version, OTHER_VERSION, 1)
        }
    };
    let blocks: Vec<String> = lock.split(PACKAGE).map(block).collect();
    blocks.join(PACKAGE)
}

const PACKAGE: &str = "\n[[package]]\n";

fn from(root: &Path, path: &Path) -> Result<PathBuf, String> {
    path.strip_prefix(root)
        .map(Path::to_path_buf)
        .map_err(|_| format!("{} lies outside the workspace.", path.display()))
}

struct Package {
    name: String,
    manifest: PathBuf,
    /// The first file of each of its targets.
    targets: Vec<PathBuf>,
}

fn packages(root: &Path) -> Result<Vec<Package>, String> {
    let output = Command::new("cargo")
        .current_dir(root)
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .output()
        .map_err(|fault| format!("cargo could not be started: {fault}"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .map_err(|fault| format!("cargo metadata did not answer with JSON: {fault}"))?;
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let package = |package: &Value| Package {
        name: text(&package["name"]),
        manifest: text(&package["manifest_path"]).into(),
        targets: list(&package["targets"])
            .iter()
            .map(|target| text(&target["src_path"]).into())
            .collect(),
    };
    Ok(list(&metadata["packages"]).iter().map(package).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_packages_alone_have_another_version_in_the_copy() {
        let lock = r#"version = 4

[[package]]
name = "of-others"
version = "0.1.0"
source = "registry"

[[package]]
name = "ours"
version = "0.1.0"
dependencies = [
]
"#;
        let copied = renumbered(lock, r#"version = "0.1.0""#);
        assert!(copied.contains("name = \"of-others\"\nversion = \"0.1.0\"\n"));
        assert!(copied.contains("name = \"ours\"\nversion = \"0.0.0-undecided\"\n"));
        assert!(copied.starts_with("version = 4\n"));
    }
}
