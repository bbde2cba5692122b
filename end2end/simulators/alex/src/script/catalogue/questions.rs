//! Answers that are not true: at the token endpoint, to searches and to reads.

use super::super::change::Change;
use super::super::reply::{Effect, Reply};
use super::{PATIENT, SEARCH, TOKEN, reply};

pub(super) fn tokens() -> Vec<Reply> {
    let token = |name, says, change| reply(TOKEN, name, says).changed(change);
    vec![
        token(
            "token-expires-at-once",
            "A token that says it expires in 0 seconds, and has.",
            Change::TokenSpent,
        ),
        token(
            "token-revoked",
            "A token that says it is good for an hour; ALEX does not take it.",
            Change::TokenRevoked,
        ),
        token(
            "token-missing",
            "200 without an access token.",
            Change::TokenMissing,
        ),
        token(
            "token-life-as-text",
            "A good token; `expires_in` is text, as older endpoints give it.",
            Change::TokenLifeAsText,
        ),
    ]
}

pub(super) fn searches_and_reads() -> Vec<Reply> {
    let search = |name, says, change| reply(SEARCH, name, says).changed(change);
    vec![
        search(
            "search-nothing",
            "An empty bundle, whatever is there.",
            Change::FoundNothing,
        ),
        search(
            "search-other-patient",
            "What is found says that it is another patient's.",
            Change::FoundForAnother,
        ),
        search(
            "search-other-bytes",
            "What is found has other bytes, with size and hash to match.",
            Change::FoundOtherBytes,
        ),
        search(
            "search-no-data",
            "What is found comes without data, size and hash.",
            Change::FoundWithoutData,
        ),
        search(
            "search-double",
            "Everything found is there twice, under two ids.",
            Change::FoundTwice,
        ),
        reply(
            SEARCH,
            "search-all",
            "Ignores the `identifier` asked for: all of the patient's records.",
        )
        .effect(Effect::OnceUnnarrowed),
        reply(
            SEARCH,
            "search-pages",
            "One record a page, each with a link to the next.",
        )
        .effect(Effect::OncePaged),
        search(
            "search-empty-page",
            "A first page without a record, with a link to the rest.",
            Change::EmptyFirstPage,
        ),
        reply(PATIENT, "patient-other", "Answers with another patient.")
            .changed(Change::AnotherPatient),
        reply(
            PATIENT,
            "patient-other-nhi",
            "The patient asked for, with another NHI.",
        )
        .changed(Change::AnotherNhi),
    ]
}
