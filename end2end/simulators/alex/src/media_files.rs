//! The stored bytes of what was filed, each in a file of its own in `media/`.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::record::Filed;

/// The directory of the bytes.
#[derive(Debug, Clone)]
pub(crate) struct MediaFiles(PathBuf);

impl MediaFiles {
    /// Takes the directory, made if absent.
    pub(crate) fn open(data_dir: &Path) -> io::Result<Self> {
        let dir = data_dir.join("media");
        fs::create_dir_all(&dir)?;
        Ok(Self(dir))
    }

    /// When this returns, the bytes and their name are on the disk.
    pub(crate) fn put(&self, filed: &Filed, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create(self.path(filed))?;
        file.write_all(bytes)?;
        file.sync_all()?;
        sync_dir(&self.0)
    }

    pub(crate) fn get(&self, filed: &Filed) -> io::Result<Vec<u8>> {
        fs::read(self.path(filed))
    }

    /// Takes them away; that they are gone already is no error.
    pub(crate) fn remove(&self, filed: &Filed) -> io::Result<()> {
        match fs::remove_file(self.path(filed)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn path(&self, filed: &Filed) -> PathBuf {
        self.0.join(filed.file_name())
    }
}

/// Makes new names in a directory survive a power cut.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    File::open(dir)?.sync_all()
}
