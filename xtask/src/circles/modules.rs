//! The modules of a crate, and the names that each defines or brings in.

use crate::source::{files, group, is_sign, tokens, without_tests, word};
use proc_macro2::{Delimiter, TokenTree};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// A module's address in its crate: the names behind `crate`.
pub type Address = Vec<String>;

/// A name that a `use` brings in.
pub struct Import {
    /// The path, as written.
    pub path: Vec<String>,
    /// Where the `use` stands.
    pub line: usize,
}

/// What a module has, in a file of its own or between braces.
#[derive(Default)]
pub struct Module {
    /// Its file, from the crate's sources on.
    pub file: String,
    /// All its tokens, but for modules inside it.
    pub tokens: Vec<TokenTree>,
    /// What it defines.
    pub defined: BTreeSet<String>,
    /// What it brings in, by the name that it has here.
    pub imports: BTreeMap<String, Import>,
    /// Modules whose public names are all brought in (`use x::*`).
    pub globs: Vec<Import>,
}

/// The modules by address.
pub struct Crate {
    pub modules: BTreeMap<Address, Module>,
}

impl Crate {
    /// Reads every module below `sources` that is not for tests alone. `lib.rs` and `main.rs` are one module.
    pub fn read(sources: &Path) -> Result<Self, String> {
        let mut modules = BTreeMap::new();
        let mut test_modules = BTreeSet::new();
        for path in files(sources) {
            let file = path
                .strip_prefix(sources)
                .expect("it was found below it")
                .to_string_lossy()
                .into_owned();
            let all: Vec<_> = tokens(&path)?.into_iter().collect();
            let address = address_of(&file);
            let kept = without_tests(all.iter().cloned().collect());
            test_modules.extend(
                declared(&all)
                    .difference(&declared(&kept))
                    .map(|name| below(&address, name)),
            );
            read_module(address, &file, kept, &mut modules);
        }
        modules.retain(|address: &Address, _| {
            !test_modules
                .iter()
                .any(|test: &Address| address.starts_with(test))
        });
        Ok(Self { modules })
    }
}

/// The address of the module inside another.
pub fn below(address: &[String], name: &str) -> Address {
    address.iter().cloned().chain([name.to_owned()]).collect()
}

fn address_of(file: &str) -> Address {
    let mut address: Address = file
        .trim_end_matches(".rs")
        .split('/')
        .map(str::to_owned)
        .collect();
    if matches!(
        address.last().map(String::as_str),
        Some("lib" | "main" | "mod")
    ) {
        address.pop();
    }
    address
}

/// The modules that are declared without a body.
fn declared(tokens: &[TokenTree]) -> BTreeSet<String> {
    let named = tokens.windows(3).filter(|next| {
        word(Some(&next[0])).as_deref() == Some("mod") && is_sign(Some(&next[2]), ';')
    });
    named.filter_map(|next| word(Some(&next[1]))).collect()
}

/// Reads the items of one module, and the modules between braces in it.
fn read_module(
    address: Address,
    file: &str,
    tokens: Vec<TokenTree>,
    modules: &mut BTreeMap<Address, Module>,
) {
    let mut module = Module {
        file: file.to_owned(),
        ..Module::default()
    };
    let mut at = 0;
    while at < tokens.len() {
        let name = word(tokens.get(at + 1));
        match (word(tokens.get(at)).as_deref(), name) {
            (Some("mod"), Some(name)) => {
                if let Some(body) = group(tokens.get(at + 2), Delimiter::Brace) {
                    read_module(
                        below(&address, &name),
                        file,
                        body.stream().into_iter().collect(),
                        modules,
                    );
                }
                at += 2;
            }
            (Some("use"), _) => at = read_use_at(&tokens, at, &mut module),
            (
                Some("struct" | "enum" | "union" | "trait" | "fn" | "type" | "const" | "static"),
                Some(name),
            ) => {
                module.defined.insert(name);
            }
            (Some("macro_rules"), None) => module.defined.extend(word(tokens.get(at + 2))),
            _ => {}
        }
        if let Some(token) = tokens.get(at) {
            read_uses_within(token, &mut module);
            module.tokens.push(token.clone());
        }
        at += 1;
    }
    let known = modules.entry(address).or_insert(Module {
        file: module.file,
        ..Module::default()
    });
    known.tokens.extend(module.tokens);
    known.defined.extend(module.defined);
    known.imports.extend(module.imports);
    known.globs.extend(module.globs);
}

/// Reads the `use` that begins at a token, and answers where it ends.
fn read_use_at(tokens: &[TokenTree], at: usize, module: &mut Module) -> usize {
    let end = (at..tokens.len())
        .find(|end| is_sign(tokens.get(*end), ';'))
        .unwrap_or(tokens.len());
    let line = crate::source::line(tokens[at].span());
    read_use(&tokens[at + 1..end], &mut Vec::new(), line, module);
    end
}

/// What is brought in inside a function counts for the whole module.
fn read_uses_within(token: &TokenTree, module: &mut Module) {
    let TokenTree::Group(group) = token else {
        return;
    };
    let tokens: Vec<_> = group.stream().into_iter().collect();
    for (at, token) in tokens.iter().enumerate() {
        read_uses_within(token, module);
        // `use<'a>` is a bound.
        if word(Some(token)).as_deref() == Some("use") && !is_sign(tokens.get(at + 1), '<') {
            read_use_at(&tokens, at, module);
        }
    }
}

/// Reads a tree of `use`: `a::b`, `a::{b, c as d}`, `a::*`.
fn read_use(tree: &[TokenTree], before: &mut Vec<String>, line: usize, module: &mut Module) {
    let depth = before.len();
    let mut at = 0;
    while at < tree.len() {
        let import = |path: &Vec<String>| Import {
            path: path.clone(),
            line,
        };
        if let Some(inner) = group(tree.get(at), Delimiter::Brace) {
            let inner: Vec<_> = inner.stream().into_iter().collect();
            for branch in inner.split(|token| is_sign(Some(token), ',')) {
                read_use(branch, before, line, module);
            }
            before.truncate(depth);
            return;
        }
        if is_sign(tree.get(at), '*') {
            module.globs.push(import(before));
            before.truncate(depth);
            return;
        }
        match word(tree.get(at)).as_deref() {
            Some("as") => {
                if let Some(name) = word(tree.get(at + 1)) {
                    module.imports.insert(name, import(before));
                }
                before.truncate(depth);
                return;
            }
            // `a::{self}` brings in `a`.
            Some("self") if !before.is_empty() => {}
            Some(name) => before.push(name.to_owned()),
            None => {}
        }
        at += 1;
    }
    if let Some(name) = before.last().cloned() {
        module.imports.insert(
            name,
            Import {
                path: before.clone(),
                line,
            },
        );
    }
    before.truncate(depth);
}
