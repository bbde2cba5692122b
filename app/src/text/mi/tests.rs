use crate::text::desk::{Commit, Desk, Edit, FilingFailures, Handoff};
use crate::text::phone::{Phone, Sending};
use crate::text::problem::Problems;
use crate::text::start::Start;
use crate::text::upload_failure::UploadFailures;
use crate::text::words::Words;
use clinical_images::picture::BodySite;
use std::fmt::Write as _;

const LIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/te-reo-missing.md");

/// What te reo Māori has no words of its own for, as the committed list.
#[test]
fn te_reo_has_its_own_words_or_is_listed_as_missing() {
    let catalogues = [
        ("What both say", Words::translated()),
        ("The desktop", Desk::translated()),
        ("Filing", Commit::translated()),
        ("Editing", Edit::translated()),
        ("Why a photo was not filed", FilingFailures::translated()),
        ("Phones on the desktop", Handoff::translated()),
        ("The start page", Start::translated()),
        ("The phone", Phone::translated()),
        ("Sending", Sending::translated()),
        ("Refusals", Problems::translated()),
        (
            "Why a photo did not leave the device",
            UploadFailures::translated(),
        ),
    ];
    let mut list = String::from(
        "# What te reo Māori has no words of its own for\n\nThese entries of the catalogue are shown in English. Compared with \
         the program by a test; `WRITE_TE_REO=1 cargo test -p clinical-app te_reo` writes it anew.\n",
    );
    for (title, entries) in catalogues {
        let missing: Vec<&str> = entries
            .iter()
            .filter(|(_, done)| !done)
            .map(|(name, _)| *name)
            .collect();
        let _ = write!(
            list,
            "\n## {title}: {} of {}\n\n",
            missing.len(),
            entries.len()
        );
        list.push_str(&missing.join(", "));
        list.push('\n');
    }
    let sites: Vec<&str> = BodySite::all()
        .filter(|site| (Words::MI.site)(*site) == (Words::EN.site)(*site))
        .map(Words::EN.site)
        .collect();
    let _ = write!(
        list,
        "\n## Body sites: {} of {}\n\n{}\n",
        sites.len(),
        BodySite::all().count(),
        sites.join(", ")
    );
    if std::env::var_os("WRITE_TE_REO").is_some() {
        std::fs::write(LIST, &list).unwrap();
    }
    let committed = std::fs::read_to_string(LIST).unwrap_or_default();
    assert!(
        committed == list,
        "docs/te-reo-missing.md is not what the catalogues say; write it anew with WRITE_TE_REO=1"
    );
}
