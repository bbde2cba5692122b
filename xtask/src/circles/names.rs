//! Which module needs which, and by what names.
//!
//! Every path in a module's tokens is followed to the module that defines its last name: through `use`, `pub use` on the way,
//! and `super`. Paths inside macros count like any other. What is called through a value (methods, fields) names nobody.

use super::modules::{Address, Crate, Import, Module, below};
use crate::source::{is_sign, line, word};
use proc_macro2::{TokenStream, TokenTree};
use std::collections::BTreeMap;

/// Who needs whom (files), by what names, and the first line where each stands.
pub type Needs = BTreeMap<(String, String), BTreeMap<String, usize>>;

/// How many `use` may hand a name on before it counts as unknown; also ends two that name each other.
const MOST_STEPS: usize = 16;

/// All needs between files of the crate.
pub fn needs(crate_: &Crate) -> Needs {
    let mut needs = Needs::new();
    for (address, module) in &crate_.modules {
        let mut note = |path: &[String], line: usize| {
            let Some((owner, name)) = owner(crate_, address, path, MOST_STEPS) else {
                return;
            };
            let file = &crate_.modules[&owner].file;
            // Naming what lies below oneself is what a folder's first file is for.
            if *file != module.file && !owner.starts_with(address) {
                let lines = needs
                    .entry((module.file.clone(), file.clone()))
                    .or_default();
                let first = lines.entry(name).or_insert(line);
                *first = line.min(*first);
            }
        };
        for import in module.imports.values() {
            note(&import.path, import.line);
        }
        for (path, line) in paths(module.tokens.iter().cloned().collect()) {
            // A single name is one of its own, or came by a `use` that counts already; unless that was a `use` of all.
            if path.len() > 1 || is_from_glob(crate_, address, module, &path[0]) {
                note(&path, line);
            }
        }
    }
    needs
}

fn is_from_glob(crate_: &Crate, address: &[String], module: &Module, name: &str) -> bool {
    !module.globs.is_empty()
        && !module.defined.contains(name)
        && !module.imports.contains_key(name)
        && !crate_.modules.contains_key(&below(address, name))
}

/// The module that defines what a path names, and the name; `None` for a module itself and for what is not of this crate.
fn owner(
    crate_: &Crate,
    at: &[String],
    path: &[String],
    steps: usize,
) -> Option<(Address, String)> {
    let (start, rest) = start(at, path)?;
    // What a macro makes is not seen: behind a module's name it counts as that module's.
    let entered = rest.len() < path.len();
    inside(crate_, start, rest, entered, steps)
}

/// Where a path starts, and what is left of it behind `crate`, `self` and `super`.
fn start<'p>(at: &[String], path: &'p [String]) -> Option<(Address, &'p [String])> {
    let mut address = at.to_owned();
    let mut rest = path;
    while let Some((first, others)) = rest.split_first() {
        match first.as_str() {
            "crate" => address.clear(),
            "self" => {}
            "super" => drop(address.pop()?),
            _ => break,
        }
        rest = others;
    }
    Some((address, rest))
}

/// Follows the names of a path from a module on.
fn inside(
    crate_: &Crate,
    at: Address,
    path: &[String],
    entered: bool,
    steps: usize,
) -> Option<(Address, String)> {
    let steps = steps.checked_sub(1)?;
    let (name, rest) = path.split_first()?;
    let module = crate_.modules.get(&at)?;
    let child = below(&at, name);
    let is_module = crate_.modules.contains_key(&child);
    if is_module && !rest.is_empty() {
        return inside(crate_, child, rest, true, steps);
    }
    if module.defined.contains(name) {
        return Some((at, name.clone()));
    }
    if let Some(import) = module.imports.get(name) {
        // `use http;` brings in another crate.
        let whole: Vec<String> = import.path.iter().chain(rest).cloned().collect();
        let is_other_crate = import.path[0] == *name && !is_module;
        return if is_other_crate {
            None
        } else {
            owner(crate_, &at, &whole, steps)
        };
    }
    if is_module {
        return None;
    }
    let mut from_elsewhere = false;
    for glob in &module.globs {
        match glob_module(crate_, &at, glob) {
            Some(address) if address != at => {
                if let Some(found) = inside(crate_, address, path, false, steps) {
                    return Some(found);
                }
            }
            Some(_) => {}
            None => from_elsewhere = true,
        }
    }
    (entered && !from_elsewhere).then(|| (at, name.clone()))
}

/// The module of this crate that a `use` of all names; `None` for another crate's, and for an enum's variants.
fn glob_module(crate_: &Crate, at: &[String], glob: &Import) -> Option<Address> {
    let (mut address, rest) = start(at, &glob.path)?;
    address.extend(rest.iter().cloned());
    crate_.modules.contains_key(&address).then_some(address)
}

/// Every path among the tokens, at every depth, with its line.
fn paths(tokens: TokenStream) -> Vec<(Vec<String>, usize)> {
    let tokens: Vec<_> = tokens.into_iter().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if let TokenTree::Group(group) = &tokens[at] {
            found.extend(paths(group.stream()));
        }
        let is_member = at > 0 && is_sign(tokens.get(at - 1), '.');
        if let Some(name) = word(tokens.get(at)).filter(|_| !is_member) {
            let line = line(tokens[at].span());
            let mut path = vec![name];
            while is_sign(tokens.get(at + 1), ':') && is_sign(tokens.get(at + 2), ':') {
                let Some(name) = word(tokens.get(at + 3)) else {
                    break;
                };
                path.push(name);
                at += 3;
            }
            found.push((path, line));
        }
        at += 1;
    }
    found
}
