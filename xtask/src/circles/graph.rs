//! Strongly connected parts of a graph.

use super::names::Needs;
use std::collections::{BTreeMap, BTreeSet};

/// The groups of modules that reach each other, each sorted, the first by name first.
pub fn circles(needs: &Needs) -> Vec<Vec<String>> {
    let mut next: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (from, to) in needs.keys() {
        next.entry(from).or_default().insert(to);
    }
    let reach: BTreeMap<&str, BTreeSet<&str>> = next
        .keys()
        .map(|module| (*module, reached(module, &next)))
        .collect();
    let mut circles: Vec<Vec<String>> = Vec::new();
    for (module, reached) in &reach {
        let circle: Vec<String> = reached
            .iter()
            .filter(|other| reach.get(*other).is_some_and(|back| back.contains(module)))
            .map(|other| (*other).to_owned())
            .collect();
        // A module is in its own circle, or in none.
        if circle.len() > 1 && circle.first().is_some_and(|first| first == module) {
            circles.push(circle);
        }
    }
    circles
}

/// What can be reached from a module in one step or more.
fn reached<'a>(from: &str, next: &BTreeMap<&'a str, BTreeSet<&'a str>>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut open: Vec<&str> = vec![from];
    while let Some(module) = open.pop() {
        for to in next.get(module).into_iter().flatten() {
            if found.insert(*to) {
                open.push(to);
            }
        }
    }
    found
}
