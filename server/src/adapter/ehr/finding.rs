//! Looking for a picture that may or may not have arrived.
//!
//! ALEX can be searched by the patient's NHI only, so every page of the patient's record is read and looked through for
//! the picture's identifier. What bears it must be this picture for this patient: a gateway that mixes things up must
//! not make a picture count as filed. Whatever keeps the search from being whole is told as such, never as absence.

use super::call::Reply;
use super::meaning::{self, Searched};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clinical_images::digest::Sha256;
use clinical_images::fhir;
use clinical_images::fhir::media::PICTURE_SYSTEM;
use clinical_images::patient::PatientId;
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::ports::SearchOrder;
use clinical_images::scan;
use clinical_images::session::{Finding, Target};
use serde_json::Value;

/// The type of resource that a target is filed as.
pub(super) fn kind(target: Target) -> &'static str {
    match target {
        Target::Media => "Media",
        Target::ScanTiff | Target::ScanPdf => "DocumentReference",
    }
}

/// What a search is called in what support reads.
pub(super) fn call(target: Target) -> &'static str {
    match target {
        Target::Media => "search Media",
        Target::ScanTiff | Target::ScanPdf => "search DocumentReference",
    }
}

/// A page of the answer, or what its lack means.
pub(super) fn page(reply: &Reply) -> Result<Value, Finding> {
    if let Ok(bundle) = super::reading::resource(reply, "Bundle") {
        return Ok(bundle);
    }
    let failure = |reason| FilingFailure {
        reason,
        technical: reply.told(),
    };
    Err(
        match meaning::of_search(&reply.end, reply.outcome().as_ref()) {
            Searched::CannotTell(reason) => Finding::CannotTell(failure(reason)),
            Searched::Later(reason) => Finding::Away(failure(reason)),
        },
    )
}

/// Whether this resource bears the identifier that is looked for.
pub(super) fn bears(resource: &Value, identifier: &str) -> bool {
    let identifiers = resource["identifier"].as_array().into_iter().flatten();
    identifiers
        .filter(|it| it["system"] == PICTURE_SYSTEM)
        .any(|it| it["value"] == identifier)
}

/// How a resource that bears the identifier compares with what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Likeness {
    /// It is that picture, for that patient.
    Same,
    /// It is not.
    Other,
    /// It does not show its bytes.
    NoBytes,
}

/// Compares patient and bytes.
pub(super) fn compare(resource: &Value, order: &SearchOrder) -> Likeness {
    if !is_of(resource, &order.patient.id) {
        return Likeness::Other;
    }
    let attachment = match order.target {
        Target::Media => &resource["content"],
        Target::ScanTiff | Target::ScanPdf => &resource["content"][0]["attachment"],
    };
    let Some(data) = attachment["data"].as_str() else {
        return Likeness::NoBytes;
    };
    let Ok(bytes) = STANDARD.decode(data) else {
        return Likeness::Other;
    };
    let same = match order.target {
        Target::Media => order.pages == [Sha256::of(&bytes)],
        Target::ScanTiff | Target::ScanPdf => {
            let pages = scan::jpegs_within(&bytes);
            pages
                .into_iter()
                .map(Sha256::of)
                .eq(order.pages.iter().copied())
        }
    };
    if same {
        Likeness::Same
    } else {
        Likeness::Other
    }
}

fn is_of(resource: &Value, patient: &PatientId) -> bool {
    let reference = resource["subject"]["reference"]
        .as_str()
        .unwrap_or_default();
    reference
        .strip_suffix(patient.as_str())
        .is_some_and(|kind| kind.ends_with("Patient/"))
}

/// What the resources with the identifier come to: found, when one of them is the picture. Nothing when there are none.
pub(super) fn judge(found: &[(&Value, Likeness)], technical: &str) -> Option<Finding> {
    let failure = |reason| FilingFailure {
        reason,
        technical: format!("{technical}, {} with this identifier", found.len()),
    };
    let same = found
        .iter()
        .find(|(_, likeness)| *likeness == Likeness::Same);
    match same.and_then(|(resource, _)| fhir::id(resource)) {
        Some(record) => Some(Finding::Found {
            record: record.to_owned(),
        }),
        None if found.is_empty() => None,
        None if found
            .iter()
            .all(|(_, likeness)| *likeness == Likeness::NoBytes) =>
        {
            Some(Finding::CannotTell(failure(FilingReason::CannotLook)))
        }
        None => Some(Finding::CannotTell(failure(FilingReason::Different))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::launch::FacilityCode;
    use clinical_images::patient::{Patient, Sex};
    use serde_json::json;

    const BYTES: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 1, 0xff, 0xd9];

    fn order(target: Target) -> SearchOrder {
        SearchOrder {
            facility: FacilityCode::parse("F2N060-E").unwrap(),
            patient: Patient {
                id: PatientId::parse(&"a".repeat(32)).unwrap(),
                nhi: "ZZZ0016".parse().ok(),
                family: "Test".into(),
                given: "Patient".into(),
                born: None,
                sex: Sex::Unknown,
            },
            target,
            identifier: "2a".into(),
            pages: vec![Sha256::of(BYTES)],
        }
    }

    fn media(patient: &str, bytes: Option<&[u8]>) -> Value {
        let mut media = json!({
            "resourceType": "Media",
            "id": "m1",
            "identifier": [{ "system": PICTURE_SYSTEM, "value": "2a" }],
            "subject": { "reference": format!("https://alex.example.test/fhir/Patient/{patient}") },
            "content": {},
        });
        if let Some(bytes) = bytes {
            media["content"]["data"] = json!(STANDARD.encode(bytes));
        }
        media
    }

    #[test]
    fn only_patient_and_bytes_together_make_it_the_same() {
        let (us, other) = ("a".repeat(32), "b".repeat(32));
        for (resource, expected) in [
            (media(&us, Some(BYTES)), Likeness::Same),
            (media(&us, Some(b"else")), Likeness::Other),
            (media(&us, None), Likeness::NoBytes),
            (media(&other, Some(BYTES)), Likeness::Other),
            (media(&other, None), Likeness::Other),
        ] {
            assert_eq!(compare(&resource, &order(Target::Media)), expected);
        }
        assert!(bears(&media(&us, None), "2a"));
        assert!(!bears(&media(&us, None), "2b"));
    }

    #[test]
    fn a_scan_is_compared_by_the_pictures_within_and_their_order() {
        const OTHER: &[u8] = &[0xff, 0xd8, 0xff, 0xe0, 2, 0xff, 0xd9];
        let page = |jpeg| scan::Page {
            jpeg,
            width: 1,
            height: 1,
        };
        let subject = json!({ "reference": format!("Patient/{}", "a".repeat(32)) });
        let likeness = |document: scan::Document<'_>, sent: &[&[u8]]| {
            let data = STANDARD.encode(document.whole());
            let resource =
                json!({ "subject": subject, "content": [{ "attachment": { "data": data } }] });
            let mut order = order(Target::ScanPdf);
            order.pages = sent.iter().map(|jpeg| Sha256::of(jpeg)).collect();
            compare(&resource, &order)
        };
        let pages = [page(BYTES), page(OTHER)];
        for make in [scan::pdf, scan::tiff] {
            assert_eq!(
                likeness(make(&pages[..1]).unwrap(), &[BYTES]),
                Likeness::Same
            );
            let both = || make(&pages).unwrap();
            assert_eq!(likeness(both(), &[BYTES, OTHER]), Likeness::Same);
            for sent in [&[OTHER, BYTES][..], &[BYTES], &[BYTES, OTHER, BYTES]] {
                assert_eq!(likeness(both(), sent), Likeness::Other);
            }
        }
    }

    #[test]
    fn what_bears_the_identifier_and_is_something_else_is_never_found_and_never_absent() {
        let resource = media(&"a".repeat(32), None);
        let judged = |likenesses: &[Likeness]| {
            let found: Vec<_> = likenesses.iter().map(|it| (&resource, *it)).collect();
            judge(&found, "search Media: 200")
        };
        use Likeness::{NoBytes, Other, Same};
        assert_eq!(judged(&[]), None);
        assert!(matches!(
            judged(&[Other, Same]),
            Some(Finding::Found { .. })
        ));
        for (found, reason) in [
            (&[Other][..], FilingReason::Different),
            (&[NoBytes, Other], FilingReason::Different),
            (&[NoBytes], FilingReason::CannotLook),
        ] {
            let Some(Finding::CannotTell(failure)) = judged(found) else {
                panic!("{found:?}")
            };
            assert_eq!(failure.reason, reason);
        }
    }
}
