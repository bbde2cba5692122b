//! Finding, reading and writing files.

use std::fs;
use std::path::{Path, PathBuf};

/// Every file below the folder; none where it is missing.
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(below(&path));
        } else {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Writes the file under another name first and renames it: whoever reads it sees the old one or the new one.
pub fn put(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let fault = |fault| format!("{} could not be written: {fault}", path.display());
    let partial = PathBuf::from(format!("{}.partial", path.display()));
    fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).map_err(fault)?;
    fs::write(&partial, bytes).map_err(fault)?;
    fs::rename(&partial, path).map_err(fault)
}

/// The bytes of a file.
pub fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|fault| format!("{} could not be read: {fault}", path.display()))
}
