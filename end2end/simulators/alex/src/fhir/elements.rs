//! The shape of a Media: which elements R4 has, which are lists, which are positive.

use serde_json::Value;

use crate::outcome::Refusal;

const LISTS: [&str; 8] = [
    "identifier",
    "basedOn",
    "partOf",
    "reasonCode",
    "note",
    "contained",
    "extension",
    "modifierExtension",
];
const OBJECTS: [&str; 12] = [
    "meta",
    "text",
    "type",
    "modality",
    "view",
    "subject",
    "encounter",
    "createdPeriod",
    "operator",
    "bodySite",
    "device",
    "content",
];
const TEXTS: [&str; 8] = [
    "resourceType",
    "id",
    "implicitRules",
    "language",
    "status",
    "createdDateTime",
    "issued",
    "deviceName",
];
const POSITIVE: [&str; 3] = ["height", "width", "frames"];

/// Refuses an element that R4's Media does not have or has in another shape.
pub(super) fn check(resource: &Value) -> Result<(), Refusal> {
    let Some(elements) = resource.as_object() else {
        return Err(Refusal::bad("structure", "The resource is not an object"));
    };
    for (name, value) in elements {
        let name = name.as_str();
        let well_shaped = if LISTS.contains(&name) {
            value
                .as_array()
                .is_some_and(|list| !list.is_empty() && list.iter().all(is_object))
        } else if OBJECTS.contains(&name) {
            is_object(value)
        } else if TEXTS.contains(&name) {
            value.as_str().is_some_and(|text| !text.is_empty())
        } else if POSITIVE.contains(&name) {
            value
                .as_u64()
                .is_some_and(|number| (1..=2_147_483_647).contains(&number))
        } else if name == "duration" {
            value.is_number()
        } else {
            let text = "Media has no such element";
            return Err(Refusal::bad("structure", text).at(path(name)));
        };
        if !well_shaped {
            let text = "The element has the wrong shape";
            return Err(Refusal::bad("structure", text).at(path(name)));
        }
    }
    let notes = resource["note"].as_array();
    if notes
        .into_iter()
        .flatten()
        .any(|note| !note["text"].is_string())
    {
        return Err(Refusal::bad("required", "A note has a text").at("Media.note.text"));
    }
    Ok(())
}

fn is_object(value: &Value) -> bool {
    value.as_object().is_some_and(|members| !members.is_empty())
}

fn path(name: &str) -> String {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .collect();
    format!("Media.{plain}")
}
