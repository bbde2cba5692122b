//! Whether something needs to be made anew, by the times of the files it is made of.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// When the file was last written; `None` where it is missing.
fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path)
        .and_then(|metadata| metadata.modified())
        .ok()
}

/// Is `made` there, and no source missing or newer?
pub fn is_current<'a>(made: &Path, sources: impl IntoIterator<Item = &'a PathBuf>) -> bool {
    let Some(made) = written(made) else {
        return false;
    };
    sources
        .into_iter()
        .all(|source| written(source).is_some_and(|source| source <= made))
}

/// The files that rustc read, from the `.d` file that it leaves beside what it made, and the manifests of their packages.
/// `None` where there is no such file yet.
pub fn rustc_sources(dep_info: &Path) -> Option<Vec<PathBuf>> {
    let text = fs::read_to_string(dep_info).ok()?;
    let mut sources = parse_dep_info(&text);
    let mut manifests: Vec<_> = sources
        .iter()
        .filter_map(|source| manifest_of(source))
        .collect();
    manifests.sort();
    manifests.dedup();
    sources.extend(manifests);
    Some(sources)
}

/// The names behind the first colon; a space in a name has a backslash before it.
fn parse_dep_info(text: &str) -> Vec<PathBuf> {
    let Some((_, names)) = text.lines().next().and_then(|line| line.split_once(": ")) else {
        return Vec::new();
    };
    names
        .replace("\\ ", "\0")
        .split(' ')
        .map(|name| PathBuf::from(name.replace('\0', " ")))
        .collect()
}

fn manifest_of(source: &Path) -> Option<PathBuf> {
    source
        .ancestors()
        .skip(1)
        .map(|folder| folder.join("Cargo.toml"))
        .find(|manifest| manifest.exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_spaces_are_read_whole() {
        let text = "/t/a.wasm: /w/src/lib.rs /w/my\\ own/x.rs\n\n/t/b: /no\n";
        assert_eq!(
            parse_dep_info(text),
            [
                PathBuf::from("/w/src/lib.rs"),
                PathBuf::from("/w/my own/x.rs")
            ]
        );
    }

    #[test]
    fn a_newer_or_missing_source_makes_it_stale() {
        let folder = std::env::temp_dir().join(format!("xtask-fresh-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the test");
        let (made, source, missing) = (
            folder.join("made"),
            folder.join("source"),
            folder.join("missing"),
        );
        fs::write(&source, "1").expect("written");
        fs::write(&made, "1").expect("written");
        assert!(is_current(&made, [&source]));
        assert!(!is_current(&made, [&missing]));
        assert!(!is_current(&missing, [&source]));
        let later = SystemTime::now() + std::time::Duration::from_secs(5);
        fs::File::options()
            .write(true)
            .open(&source)
            .and_then(|file| file.set_modified(later))
            .expect("its time is set");
        assert!(!is_current(&made, [&source]));
        fs::remove_dir_all(&folder).expect("removed");
    }
}
