//! The shape of a resource: which elements R4 has, which are lists, which are positive.

use serde_json::Value;

use crate::outcome::Refusal;

/// The elements of one type of resource, by their shape.
pub(super) struct Shape {
    name: &'static str,
    lists: &'static [&'static str],
    objects: &'static [&'static str],
    texts: &'static [&'static str],
    positive: &'static [&'static str],
    numbers: &'static [&'static str],
}

/// R4's Media.
pub(super) const MEDIA: Shape = Shape {
    name: "Media",
    lists: &["identifier", "basedOn", "partOf", "reasonCode", "note"],
    objects: &[
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
    ],
    texts: &["status", "createdDateTime", "issued", "deviceName"],
    positive: &["height", "width", "frames"],
    numbers: &["duration"],
};

/// R4's DocumentReference.
pub(super) const DOCUMENT_REFERENCE: Shape = Shape {
    name: "DocumentReference",
    lists: &[
        "identifier",
        "category",
        "author",
        "relatesTo",
        "securityLabel",
        "content",
    ],
    objects: &[
        "masterIdentifier",
        "type",
        "subject",
        "authenticator",
        "custodian",
        "context",
    ],
    texts: &["status", "docStatus", "date", "description"],
    positive: &[],
    numbers: &[],
};

/// What every resource may have.
const LISTS: [&str; 3] = ["contained", "extension", "modifierExtension"];
const OBJECTS: [&str; 2] = ["meta", "text"];
const TEXTS: [&str; 4] = ["resourceType", "id", "implicitRules", "language"];

/// Refuses an element that the resource does not have or has in another shape.
pub(super) fn check(resource: &Value, shape: &Shape) -> Result<(), Refusal> {
    let Some(elements) = resource.as_object() else {
        return Err(Refusal::bad("structure", "The resource is not an object"));
    };
    for (name, value) in elements {
        let name = name.as_str();
        let well_shaped = if LISTS.contains(&name) || shape.lists.contains(&name) {
            value
                .as_array()
                .is_some_and(|list| !list.is_empty() && list.iter().all(is_object))
        } else if OBJECTS.contains(&name) || shape.objects.contains(&name) {
            is_object(value)
        } else if TEXTS.contains(&name) || shape.texts.contains(&name) {
            value.as_str().is_some_and(|text| !text.is_empty())
        } else if shape.positive.contains(&name) {
            value
                .as_u64()
                .is_some_and(|number| (1..=2_147_483_647).contains(&number))
        } else if shape.numbers.contains(&name) {
            value.is_number()
        } else {
            let text = format!("{} has no such element", shape.name);
            return Err(Refusal::bad("structure", text).at(path(shape, name)));
        };
        if !well_shaped {
            let text = "The element has the wrong shape";
            return Err(Refusal::bad("structure", text).at(path(shape, name)));
        }
    }
    let notes = resource["note"].as_array();
    if notes
        .into_iter()
        .flatten()
        .any(|note| !note["text"].is_string())
    {
        return Err(Refusal::bad("required", "A note has a text").at(path(shape, "note")));
    }
    Ok(())
}

fn is_object(value: &Value) -> bool {
    value.as_object().is_some_and(|members| !members.is_empty())
}

fn path(shape: &Shape, name: &str) -> String {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .take(40)
        .collect();
    format!("{}.{plain}", shape.name)
}
