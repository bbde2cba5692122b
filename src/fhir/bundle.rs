//! FHIR's Bundle, as the answer of a search.

use super::{ParseError, is, items};
use serde_json::Value;

/// What a search found.
#[derive(Debug)]
pub struct Found<'a> {
    /// The resources of the type that was searched for, on this page.
    pub resources: Vec<&'a Value>,
    /// Where the next page is: what is not here may be there.
    pub next: Option<&'a str>,
}

/// Reads the answer of a search for this type. Whatever else lies in it is passed over: an
/// OperationOutcome, which ALEX puts into an empty answer, or resources that came along.
///
/// # Errors
/// When it is no Bundle of type `searchset`.
pub fn searchset<'a>(bundle: &'a Value, kind: &str) -> Result<Found<'a>, ParseError> {
    is(bundle, "Bundle")?;
    if bundle["type"] != "searchset" {
        return Err(ParseError::NotA("searchset"));
    }
    let resources = items(&bundle["entry"])
        .filter(|entry| {
            entry["search"]["mode"]
                .as_str()
                .is_none_or(|mode| mode == "match")
        })
        .map(|entry| &entry["resource"])
        .filter(|resource| resource["resourceType"] == kind)
        .collect();
    let next = items(&bundle["link"]).find(|link| link["relation"] == "next");
    Ok(Found {
        resources,
        // A next page without an address is one that cannot be reached, not one that is not there.
        next: next.map(|link| link["url"].as_str().unwrap_or_default()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_answer_holds_only_what_was_searched_for() {
        let entry = |kind: &str, mode: &str| json!({ "resource": { "resourceType": kind }, "search": { "mode": mode } });
        let bundle = json!({
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [
                entry("OperationOutcome", "outcome"),
                entry("Media", "match"),
                entry("Patient", "include"),
                { "resource": { "resourceType": "Media" } },
            ],
        });
        let found = searchset(&bundle, "Media").unwrap();
        assert_eq!((found.resources.len(), found.next), (2, None));
    }

    #[test]
    fn an_empty_answer_with_an_outcome_in_it_is_empty() {
        let outcome = json!({ "resource": { "resourceType": "OperationOutcome", "issue": [] } });
        let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": 0, "entry": [outcome] });
        assert!(searchset(&bundle, "Media").unwrap().resources.is_empty());
        let bare = json!({ "resourceType": "Bundle", "type": "searchset" });
        assert!(searchset(&bare, "Media").unwrap().resources.is_empty());
    }

    #[test]
    fn a_first_page_says_that_there_are_more() {
        let next = json!([{ "relation": "next", "url": "https://example.test/2" }]);
        let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "link": next });
        let found = searchset(&bundle, "Media").unwrap();
        assert_eq!(found.next, Some("https://example.test/2"));
    }

    #[test]
    fn anything_else_is_no_answer() {
        for wrong in [
            json!({}),
            json!("x"),
            json!({ "resourceType": "Bundle", "type": "batch" }),
        ] {
            assert!(searchset(&wrong, "Media").is_err());
        }
    }
}
