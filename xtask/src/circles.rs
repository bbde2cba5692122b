//! Circles of modules: modules of one crate that need each other, straight or by way of others.
//!
//! A module is a file. It needs another module of its crate when code outside `#[cfg(test)]` names something that is defined
//! there, wherever the name was handed on from. Two things do not count, because they are what a folder is for: a module's
//! `mod` and `pub use` of what lies below it, and what else it names below it (see [`modules`] for how names are followed).

mod graph;
mod modules;
mod names;

use modules::Crate;
use std::path::Path;

/// Finds the circles in the crate whose sources lie in `sources`, and says what ties each together, one text each.
///
/// # Errors
/// A file that cannot be read, or is not Rust.
pub fn find(sources: &Path) -> Result<Vec<String>, String> {
    let crate_ = Crate::read(sources)?;
    let needs = names::needs(&crate_);
    Ok(graph::circles(&needs)
        .iter()
        .map(|circle| describe(circle, &needs))
        .collect())
}

/// One line for the circle and one for each need inside it, with the first line of code that has it.
fn describe(circle: &[String], needs: &names::Needs) -> String {
    let mut text = format!(
        "{} modules need each other: {}",
        circle.len(),
        circle.join(", ")
    );
    for ((from, to), names) in needs
        .iter()
        .filter(|((from, to), _)| circle.contains(from) && circle.contains(to))
    {
        let line = names.values().min().copied().unwrap_or_default();
        let names: Vec<_> = names.keys().map(String::as_str).collect();
        text.push_str(&format!("\n  {from}:{line} -> {to}: {}", names.join(", ")));
    }
    text
}

#[cfg(test)]
mod tests;
