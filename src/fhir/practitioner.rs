//! FHIR's Practitioner becomes the clinic's provider.

use super::{HPI_PERSON, ParseError, id, identifiers, is, name};
use crate::launch::Provider;
use serde_json::Value;

/// Reads a clinician: prefix, given names, family name. Without a name, their HPI number or their
/// id stands for it.
///
/// # Errors
/// When it is no Practitioner or has no id.
pub fn read(resource: &Value) -> Result<Provider, ParseError> {
    is(resource, "Practitioner")?;
    let id = id(resource).ok_or(ParseError::Lacks("id"))?;
    let parts = name::preferred(resource);
    let name = if parts.is_empty() {
        identifiers(resource, HPI_PERSON)
            .first()
            .copied()
            .unwrap_or(id)
            .to_owned()
    } else {
        let words = [parts.prefix, parts.given, parts.family];
        words
            .into_iter()
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    Ok(Provider {
        id: id.to_owned(),
        name,
    })
}

#[cfg(test)]
#[allow(
    clippy::needless_pass_by_value,
    reason = "a JSON literal is given away where it is written"
)]
mod tests {
    use super::*;
    use serde_json::json;

    fn name(name: Value) -> String {
        let identifier = json!([{ "system": HPI_PERSON, "value": "99ZAAA" }]);
        let resource = json!({ "resourceType": "Practitioner", "id": "p1", "name": name, "identifier": identifier });
        read(&resource).unwrap().name
    }

    #[test]
    fn a_clinician_is_shown_with_title_and_full_name() {
        let whole = json!([{ "prefix": ["Dr"], "given": ["Hinemoa"], "family": "Walker" }]);
        assert_eq!(name(whole), "Dr Hinemoa Walker");
        assert_eq!(name(json!([{ "family": "Walker" }])), "Walker");
        assert_eq!(name(json!([{ "text": "Dr H Walker" }])), "Dr H Walker");
        assert_eq!(name(json!([])), "99ZAAA");
    }

    #[test]
    fn a_clinician_without_an_id_is_refused() {
        let resource = json!({ "resourceType": "Practitioner" });
        assert_eq!(read(&resource), Err(ParseError::Lacks("id")));
    }
}
