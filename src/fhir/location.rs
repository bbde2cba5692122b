//! FHIR's Location, in which ALEX tells the practice's name.

use super::{HPI_FACILITY, ParseError, bundle, identifiers, text};
use crate::launch::{Facility, FacilityCode};
use serde_json::Value;

/// The practice with this code among the Locations of a search: the one that bears the code, else
/// the only one, if it bears none (ALEX only shows a practice its own).
///
/// # Errors
/// When it is no answer of a search. A practice that is not in it is `Ok(None)`.
pub fn facility(bundle: &Value, code: &FacilityCode) -> Result<Option<Facility>, ParseError> {
    let found = bundle::searchset(bundle, "Location")?.resources;
    let bears = |location: &&&Value| identifiers(location, HPI_FACILITY).contains(&code.as_str());
    let unmarked = || match found[..] {
        [only] if identifiers(only, HPI_FACILITY).is_empty() => Some(only),
        _ => None,
    };
    let location = found.iter().find(bears).copied().or_else(unmarked);
    let named = |location: &Value| {
        let name = text(&location["name"]).unwrap_or(code.as_str()).to_owned();
        Facility {
            code: code.clone(),
            name,
        }
    };
    Ok(location.map(named))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn name_in(locations: &[Value]) -> Option<String> {
        let entries: Vec<_> = locations
            .iter()
            .map(|location| json!({ "resource": location }))
            .collect();
        let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "entry": entries });
        let code = FacilityCode::parse("F2N060-E").unwrap();
        facility(&bundle, &code)
            .unwrap()
            .map(|facility| facility.name)
    }

    fn location(name: &str, code: Option<&str>) -> Value {
        let identifier = code.map(|code| json!([{ "system": HPI_FACILITY, "value": code }]));
        json!({ "resourceType": "Location", "name": name, "identifier": identifier })
    }

    #[test]
    fn the_location_with_the_code_gives_the_name() {
        let (ours, other) = (
            location("Kōwhai", Some("F2N060-E")),
            location("Rimu", Some("F1K072-D")),
        );
        assert_eq!(name_in(&[other.clone(), ours]).as_deref(), Some("Kōwhai"));
        assert_eq!(name_in(&[other]), None);
        assert_eq!(name_in(&[]), None);
    }

    #[test]
    fn a_lone_location_without_any_code_is_ours_and_one_of_several_is_not() {
        let bare = location("Kōwhai", None);
        assert_eq!(
            name_in(std::slice::from_ref(&bare)).as_deref(),
            Some("Kōwhai")
        );
        assert_eq!(name_in(&[bare.clone(), bare]), None);
    }

    #[test]
    fn a_nameless_practice_goes_by_its_code() {
        assert_eq!(
            name_in(&[location(" ", Some("F2N060-E"))]).as_deref(),
            Some("F2N060-E")
        );
    }
}
