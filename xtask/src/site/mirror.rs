//! A folder kept equal to another.

use super::fresh::is_current;
use crate::files::{below, put, read};
use std::fs;
use std::path::Path;

/// Makes `to` hold the files of `from`, their compressed copies (`.br`), and what is in its folder `own`.
pub fn mirror(from: &Path, to: &Path, own: &str) -> Result<(), String> {
    for source in below(from) {
        let copy = to.join(source.strip_prefix(from).expect("it was found below it"));
        if !is_current(&copy, [&source]) {
            put(&copy, &read(&source)?)?;
        }
    }
    for copy in below(to) {
        let name = copy.strip_prefix(to).expect("it was found below it");
        let uncompressed = if name.extension().is_some_and(|end| end == "br") {
            name.with_extension("")
        } else {
            name.into()
        };
        if !name.starts_with(own) && !from.join(uncompressed).exists() {
            fs::remove_file(&copy)
                .map_err(|fault| format!("{} could not be removed: {fault}", copy.display()))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_drops_what_its_source_lost_and_keeps_its_own_folder() {
        let folder = std::env::temp_dir().join(format!("xtask-files-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        put(&from.join("deep/a.js"), b"a").expect("written");
        put(&to.join("old.js"), b"old").expect("written");
        put(&to.join("old.js.br"), b"old").expect("written");
        put(&to.join("deep/a.js.br"), b"compressed").expect("written");
        put(&to.join("pkg/own.js"), b"own").expect("written");
        mirror(&from, &to, "pkg").expect("mirrored");
        assert_eq!(
            below(&to),
            ["deep/a.js", "deep/a.js.br", "pkg/own.js"].map(|name| to.join(name))
        );
        assert_eq!(read(&to.join("deep/a.js")).expect("read"), b"a");
        fs::remove_dir_all(&folder).expect("removed");
    }
}
