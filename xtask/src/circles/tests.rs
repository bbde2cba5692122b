//! Small crates with and without circles.

use super::find;
use crate::files::put;
use std::fs;

/// The circles in a crate of these files; `name` tells the tests' folders apart.
fn circles(name: &str, files: &[(&str, &str)]) -> Vec<String> {
    let folder = std::env::temp_dir().join(format!("xtask-circles-{name}-{}", std::process::id()));
    for (file, text) in files {
        put(&folder.join(file), text.as_bytes()).expect("a source is written");
    }
    let found = find(&folder).expect("the sources are Rust");
    fs::remove_dir_all(&folder).expect("the sources are removed");
    found
}

#[test]
fn a_planted_circle_is_found_with_the_names_that_tie_it() {
    let found = circles(
        "planted",
        &[
            ("lib.rs", "mod a;\nmod b;\nmod c;\n"),
            ("a.rs", "use crate::b::B;\npub struct A(B);\n"),
            ("b.rs", "pub struct B;\nfn f() { crate::c::go(); }\n"),
            ("c.rs", "pub fn go() { view! { <p>{super::a::A}</p> } }\n"),
        ],
    );
    assert_eq!(
        found,
        [
            "3 modules need each other: a.rs, b.rs, c.rs\n  a.rs:1 -> b.rs: B\n  b.rs:2 -> c.rs: go\n  c.rs:1 -> a.rs: A"
        ]
    );
}

#[test]
fn a_crate_whose_needs_go_one_way_has_none() {
    let found = circles(
        "straight",
        &[
            ("lib.rs", "mod a;\nmod b;\npub use a::A;\n"),
            (
                "a.rs",
                "use crate::b::{self, B as Other};\npub struct A(Other);\nfn f() { b::go(); }\n",
            ),
            (
                "b.rs",
                "use serde::Serialize;\npub struct B;\npub fn go() { local::A::new(); }\n",
            ),
        ],
    );
    assert_eq!(found, [] as [String; 0]);
}

#[test]
fn tests_may_name_anybody() {
    let found = circles(
        "tests",
        &[
            ("lib.rs", "mod a;\nmod b;\n#[cfg(test)]\nmod both;\n"),
            (
                "a.rs",
                "pub struct A;\n#[cfg(test)]\nmod tests { use crate::b::B; fn f() { B; } }\n",
            ),
            (
                "b.rs",
                "use crate::a::A;\npub struct B(A);\n#[cfg(test)]\nmod tests;\n",
            ),
            ("b/tests.rs", "use crate::both::Both;\n"),
            ("both.rs", "use crate::b::B;\npub struct Both;\n"),
        ],
    );
    assert_eq!(found, [] as [String; 0]);
}

#[test]
fn a_name_that_is_handed_on_ties_to_the_module_that_defines_it() {
    let handed_on = [
        ("lib.rs", "pub mod face;\nmod user;\n"),
        (
            "face.rs",
            "mod deep;\nmod other;\npub use deep::*;\npub use other::Other;\n",
        ),
        ("face/deep.rs", "pub struct Deep;\n"),
        (
            "face/other.rs",
            "use crate::user::User;\npub struct Other(User);\n",
        ),
    ];
    let harmless = [(
        "user.rs",
        "use crate::face::Deep;\npub struct User(Deep);\n",
    )];
    assert_eq!(
        circles("handed-on", &[&handed_on[..], &harmless].concat()),
        [] as [String; 0]
    );
    let tied = [(
        "user.rs",
        "use crate::face::Other;\npub struct User(Other);\n",
    )];
    assert_eq!(
        circles("handed-on-tied", &[&handed_on[..], &tied].concat()).len(),
        1
    );
}

#[test]
fn a_folders_first_file_may_name_what_lies_below_it_and_be_named_from_there() {
    let found = circles(
        "below",
        &[
            ("lib.rs", "mod rules;\n"),
            (
                "rules.rs",
                "mod one;\npub struct Rules;\npub fn go() { one::go(); }\n",
            ),
            (
                "rules/one.rs",
                "use super::Rules;\npub fn go() -> Rules { Rules }\n",
            ),
        ],
    );
    assert_eq!(found, [] as [String; 0]);
}

#[test]
fn a_use_of_everything_and_what_a_macro_makes_count() {
    let found = circles(
        "all",
        &[
            ("lib.rs", "mod a;\nmod b;\n"),
            ("a.rs", "use crate::b::*;\npub struct A(B);\n"),
            (
                "b.rs",
                "pub struct B;\nfn f() { crate::a::MadeByMacro::new(); }\n",
            ),
        ],
    );
    assert_eq!(found.len(), 1);
}
