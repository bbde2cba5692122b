//! The site: everything that a browser fetches and the server does not write itself, in `target/site`.
//!
//! It is always the production one, because its size and speed are part of what is shown and tested. Each part is made anew
//! only when something that it is made of is newer, and is put in place by renaming, so a running server never serves half a
//! file. Needs Node and the packages of `end2end` (sass, binaryen, terser).

mod fresh;
mod mirror;
mod module;
mod program;

use crate::files;
use fresh::is_current;
use std::path::{Path, PathBuf};
use std::thread;

/// The repository and the places in it that building the site concerns.
pub struct Site {
    root: PathBuf,
}

impl Site {
    /// What the server serves as files.
    fn served(&self) -> PathBuf {
        self.root.join("target/site")
    }

    /// Cargo's target directory for everything compiled for the browser.
    fn compiled(&self) -> PathBuf {
        self.root.join("target/front")
    }

    /// What all of it is made with: when one of these changes, everything is made anew.
    fn tools(&self) -> Vec<PathBuf> {
        let mut tools = files::below(&self.root.join("xtask/src/site"));
        tools.extend(
            [
                "xtask/src/site.rs",
                "xtask/src/files.rs",
                "tools/short-names.mjs",
                "end2end/package-lock.json",
            ]
            .map(|path| self.root.join(path)),
        );
        tools
    }
}

/// Builds what is not up to date; of the modules those of `packages`, or all where none is named.
///
/// # Errors
/// A sentence that names what failed.
pub fn build(root: &Path, packages: &[&str]) -> Result<(), String> {
    let modules = module::of(packages)?;
    let site = Site {
        root: root.to_owned(),
    };
    mirror::mirror(&root.join("public"), &site.served(), "pkg")?;
    style(&site)?;
    thread::scope(|scope| {
        let mut finishing = Vec::new();
        for module in modules {
            // Cargo works on one module after the other; what follows runs on one core and overlaps with the next.
            if let Some(compiled) = module.compile(&site)? {
                finishing.push(scope.spawn(|| compiled.finish(&site)));
            }
        }
        finishing.into_iter().try_for_each(|thread| {
            thread
                .join()
                .map_err(|_| "a build step panicked".to_owned())?
        })
    })?;
    program::node(&site, "tools/compress.mjs", &[&site.served()])?;
    Ok(())
}

fn style(site: &Site) -> Result<(), String> {
    let made = site.served().join("pkg/clinical.css");
    let sources = files::below(&site.root.join("style"));
    if is_current(&made, sources.iter().chain(&site.tools())) {
        return Ok(());
    }
    let source = site.root.join("style/main.scss");
    let css = program::package(
        site,
        "sass",
        [
            "--style=compressed".as_ref(),
            "--no-source-map".as_ref(),
            source.as_os_str(),
        ],
    )?;
    files::put(&made, &css)
}
