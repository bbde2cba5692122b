//! The browser's WebAssembly modules: which there are, and how each is compiled, bound to its script and made small.
//!
//! The one place for compiler and optimiser flags of all of them.

use super::fresh::{is_current, rustc_sources};
use super::{Site, program};
use crate::files;
use std::fs;
use std::path::PathBuf;
use std::time::SystemTime;
use wasm_bindgen_cli_support::Bindgen;

/// A module and its script.
pub struct Module {
    /// The package, a `cdylib`.
    package: &'static str,
    /// Its files, below `pkg/`, without their ends.
    name: &'static str,
    /// What the module's file is called behind that name. Leptos names it itself, and looks for it without wasm-bindgen's
    /// suffix; the codec's scripts look for it with the suffix.
    end: &'static str,
    /// The compiler's flags, in place of those of `.cargo/config.toml`.
    rustflags: Option<&'static str>,
    /// Packages whose pixel loops must be fast here and small elsewhere.
    fast: &'static [&'static str],
    /// wasm-opt's aim.
    optimise: &'static [&'static str],
    /// Whether the script knows that its module lies beside it. Leptos tells a page's script where it is.
    finds_itself: bool,
    /// Whether module and script may call each other by short names, which nobody outside may use then.
    short_names: bool,
}

/// What counts for a page is the size after compression. Measured on the phone's on 21 November 2026: 278.0 kB with -Oz, 276.1
/// with -Os, 273.3 when functions are not copied into their only caller either, 270.8 with functions that are alike (by their
/// names) lying side by side. Short names save 5 kB more in module and script together.
const SMALL: &[&str] = &[
    "-Os",
    "--one-caller-inline-max-function-size=0",
    "--reorder-functions-by-name",
];
const FAST: &[&str] = &["-O3"];
/// Every browser since 2023 has vector instructions (Safari 16.4 was the last); they are a factor of two in the codec. The
/// others take the general module for everything.
const VECTORS: &str = "-C target-feature=+simd128,+bulk-memory,+sign-ext,+nontrapping-fptoint";

/// One module for desktop and phone is 1.6 times what a phone may have to fetch; the codec's core is what every phone fetches
/// with its first picture, and the general one is fetched where the browser lacks a decoder.
static MODULES: [Module; 4] = [
    Module {
        package: "clinical-frontend",
        name: "clinical",
        ..PAGE
    },
    Module {
        package: "clinical-phone",
        name: "phone",
        ..PAGE
    },
    Module {
        package: "clinical-codec",
        name: "codec/clinical_codec",
        rustflags: Some(VECTORS),
        optimise: &["-O3", "--enable-simd"],
        ..CODEC
    },
    Module {
        package: "clinical-codec-general",
        name: "codec/clinical_codec_general",
        ..CODEC
    },
];

/// The modules of these packages; all of them for none.
///
/// # Errors
/// When a package is none of those that make a module.
pub fn of(packages: &[&str]) -> Result<Vec<&'static Module>, String> {
    if packages.is_empty() {
        return Ok(MODULES.iter().collect());
    }
    let named = |name: &&str| {
        let module = MODULES.iter().find(|module| module.package == *name);
        module.ok_or_else(|| format!("{name} is not a package that makes a module."))
    };
    packages.iter().map(named).collect()
}

const PAGE: Module = Module {
    package: "",
    name: "",
    end: ".wasm",
    rustflags: None,
    fast: &[],
    optimise: SMALL,
    finds_itself: false,
    short_names: true,
};
// The worker reads the module's memory by its name.
const CODEC: Module = Module {
    end: "_bg.wasm",
    fast: &["clinical-images", "sha2"],
    optimise: FAST,
    finds_itself: true,
    short_names: false,
    ..PAGE
};

/// What wasm-bindgen's output uses.
const FEATURES: [&str; 6] = [
    "--enable-bulk-memory",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];
const PROFILE: &str = "wasm-release";

impl Module {
    /// What rustc makes: the end is `wasm`, or `d` for the list of its sources.
    fn compiled(&self, site: &Site, end: &str) -> PathBuf {
        let name = self.package.replace('-', "_");
        site.compiled()
            .join("wasm32-unknown-unknown")
            .join(PROFILE)
            .join(name)
            .with_extension(end)
    }

    fn script(&self, site: &Site) -> PathBuf {
        site.served().join(format!("pkg/{}.js", self.name))
    }

    fn served(&self, site: &Site) -> PathBuf {
        site.served().join(format!("pkg/{}{}", self.name, self.end))
    }

    /// Compiles it when a source has changed since. Answers `None` when nothing is left to do.
    pub fn compile(&self, site: &Site) -> Result<Option<&Self>, String> {
        // Its time is when the compilation began: what is written meanwhile counts as newer.
        let stamp = site.compiled().join(format!("{}.stamp", self.package));
        let sources = rustc_sources(&self.compiled(site, "d")).map(|mut sources| {
            sources.extend(site.tools());
            sources.extend(
                [
                    "Cargo.toml",
                    "Cargo.lock",
                    ".cargo/config.toml",
                    "rust-toolchain.toml",
                ]
                .map(|path| site.root.join(path)),
            );
            sources
        });
        if !sources.is_some_and(|sources| is_current(&stamp, &sources)) {
            let began = SystemTime::now();
            let mut arguments = vec![
                "--package".to_owned(),
                self.package.to_owned(),
                "--profile".to_owned(),
                PROFILE.to_owned(),
            ];
            for package in self.fast {
                arguments.push("--config".to_owned());
                arguments.push(format!("profile.{PROFILE}.package.{package}.opt-level=3"));
            }
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            program::cargo(site, &arguments, self.rustflags)?;
            fs::File::create(&stamp)
                .and_then(|file| file.set_modified(began))
                .map_err(|fault| format!("{} could not be written: {fault}", stamp.display()))?;
        }
        let made_of: Vec<_> = site
            .tools()
            .into_iter()
            .chain([self.compiled(site, "wasm")])
            .collect();
        // The script is put in place before the module.
        let finished = self.script(site).exists() && is_current(&self.served(site), &made_of);
        Ok((!finished).then_some(self))
    }

    /// Binds the compiled module to its script, makes both small and puts them in place.
    pub fn finish(&self, site: &Site) -> Result<(), String> {
        let work = site.compiled().join("finish").join(self.package);
        if work.exists() {
            fs::remove_dir_all(&work)
                .map_err(|fault| format!("{} could not be emptied: {fault}", work.display()))?;
        }
        let stem = self.name.rsplit('/').next().unwrap_or(self.name);
        Bindgen::new()
            .web(true)
            .and_then(|bindgen| {
                bindgen
                    .typescript(false)
                    .omit_default_module_path(!self.finds_itself)
                    .input_path(self.compiled(site, "wasm"))
                    .out_name(stem)
                    .generate(&work)
            })
            .map_err(|fault| format!("wasm-bindgen cannot bind {}: {fault:?}", self.package))?;
        if work.join("snippets").exists() {
            return Err(format!(
                "{} has scripts of its own (snippets), which nobody would serve.",
                self.package
            ));
        }

        let (bound, small, names) = (
            work.join(format!("{stem}_bg.wasm")),
            work.join("small.wasm"),
            work.join("names.json"),
        );
        let mut script = work.join(format!("{stem}.js"));
        let mut arguments: Vec<_> = self
            .optimise
            .iter()
            .chain(&FEATURES)
            .map(PathBuf::from)
            .collect();
        arguments.extend(["--strip-debug", "--strip-producers"].map(PathBuf::from));
        if self.short_names {
            arguments.push("--minify-imports-and-exports-and-modules".into());
        }
        arguments.extend([bound, "-o".into(), small.clone()]);
        files::put(&names, &program::package(site, "wasm-opt", &arguments)?)?;
        if self.short_names {
            let renamed = work.join("renamed.js");
            files::put(
                &renamed,
                &program::node(site, "tools/short-names.mjs", &[&names, &script])?,
            )?;
            script = renamed;
        }
        let terser = ["--module", "--compress", "--mangle", "--"]
            .map(PathBuf::from)
            .into_iter()
            .chain([script]);
        files::put(
            &self.script(site),
            &program::package(site, "terser", terser)?,
        )?;
        files::put(&self.served(site), &files::read(&small)?)
    }
}
