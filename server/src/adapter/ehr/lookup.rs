//! Looks up a picture that may or may not have arrived.
//!
//! ALEX can be searched by the patient's NHI only, so every page of the patient's record is read and searched for the
//! picture's identifier. A resource that has it must be this picture for this patient: a gateway that mixes things up must
//! not make a picture count as filed. A search that is not complete is reported as such, never as absence.

use super::call::Reply;
use super::classify::{SearchClass, classify_search};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use clinical_images::digest::Sha256;
use clinical_images::fhir;
use clinical_images::fhir::media::PICTURE_SYSTEM;
use clinical_images::patient::PatientId;
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::ports::LookupRequest;
use clinical_images::record::Target;
use clinical_images::scan;
use clinical_images::session::Finding;
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

/// A page of the answer, or the finding when there is none.
pub(super) fn page(reply: &Reply) -> Result<Value, Finding> {
    if let Ok(bundle) = super::reading::resource(reply, "Bundle") {
        return Ok(bundle);
    }
    let failure = |reason| FilingFailure {
        reason,
        technical: reply.support_text(),
    };
    Err(
        match classify_search(&reply.end, reply.outcome().as_ref()) {
            SearchClass::CannotTell(reason) => Finding::CannotTell(failure(reason)),
            SearchClass::Later(reason) => Finding::Unavailable(failure(reason)),
        },
    )
}

/// Whether this resource has the identifier that is looked for.
pub(super) fn has_identifier(resource: &Value, identifier: &str) -> bool {
    let identifiers = resource["identifier"].as_array().into_iter().flatten();
    identifiers
        .filter(|it| it["system"] == PICTURE_SYSTEM)
        .any(|it| it["value"] == identifier)
}

/// How a resource with the identifier compares with what was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MatchResult {
    /// It is that picture, for that patient.
    Same,
    /// It is not.
    Other,
    /// It does not show its bytes.
    NoBytes,
}

/// Compares patient and bytes.
pub(super) fn compare(resource: &Value, request: &LookupRequest) -> MatchResult {
    if !is_of(resource, &request.patient.id) {
        return MatchResult::Other;
    }
    let attachment = match request.target {
        Target::Media => &resource["content"],
        Target::ScanTiff | Target::ScanPdf => &resource["content"][0]["attachment"],
    };
    let Some(data) = attachment["data"].as_str() else {
        return MatchResult::NoBytes;
    };
    let Ok(bytes) = STANDARD.decode(data) else {
        return MatchResult::Other;
    };
    let same = match request.target {
        Target::Media => request.pages == [Sha256::of(&bytes)],
        Target::ScanTiff | Target::ScanPdf => {
            let pages = scan::jpegs_within(&bytes);
            pages
                .into_iter()
                .map(Sha256::of)
                .eq(request.pages.iter().copied())
        }
    };
    if same {
        MatchResult::Same
    } else {
        MatchResult::Other
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

/// The finding for the resources with the identifier: found, when one of them is the picture. `None` when there are none.
pub(super) fn evaluate(found: &[(&Value, MatchResult)], technical: &str) -> Option<Finding> {
    let failure = |reason| FilingFailure {
        reason,
        technical: format!("{technical}, {} with this identifier", found.len()),
    };
    let same = found
        .iter()
        .find(|(_, result)| *result == MatchResult::Same);
    match same.and_then(|(resource, _)| fhir::id(resource)) {
        Some(record) => Some(Finding::Found {
            record: record.to_owned(),
        }),
        None if found.is_empty() => None,
        None if found
            .iter()
            .all(|(_, result)| *result == MatchResult::NoBytes) =>
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

    fn request(target: Target) -> LookupRequest {
        LookupRequest {
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
            (media(&us, Some(BYTES)), MatchResult::Same),
            (media(&us, Some(b"else")), MatchResult::Other),
            (media(&us, None), MatchResult::NoBytes),
            (media(&other, Some(BYTES)), MatchResult::Other),
            (media(&other, None), MatchResult::Other),
        ] {
            assert_eq!(compare(&resource, &request(Target::Media)), expected);
        }
        assert!(has_identifier(&media(&us, None), "2a"));
        assert!(!has_identifier(&media(&us, None), "2b"));
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
        let result = |document: scan::Document<'_>, sent: &[&[u8]]| {
            let data = STANDARD.encode(document.whole());
            let resource =
                json!({ "subject": subject, "content": [{ "attachment": { "data": data } }] });
            let mut request = request(Target::ScanPdf);
            request.pages = sent.iter().map(|jpeg| Sha256::of(jpeg)).collect();
            compare(&resource, &request)
        };
        let pages = [page(BYTES), page(OTHER)];
        for make in [scan::pdf, scan::tiff] {
            assert_eq!(
                result(make(&pages[..1]).unwrap(), &[BYTES]),
                MatchResult::Same
            );
            let both = || make(&pages).unwrap();
            assert_eq!(result(both(), &[BYTES, OTHER]), MatchResult::Same);
            for sent in [&[OTHER, BYTES][..], &[BYTES], &[BYTES, OTHER, BYTES]] {
                assert_eq!(result(both(), sent), MatchResult::Other);
            }
        }
    }

    #[test]
    fn something_else_with_the_identifier_is_neither_found_nor_absent() {
        let resource = media(&"a".repeat(32), None);
        let evaluated = |results: &[MatchResult]| {
            let found: Vec<_> = results.iter().map(|it| (&resource, *it)).collect();
            evaluate(&found, "search Media: 200")
        };
        use MatchResult::{NoBytes, Other, Same};
        assert_eq!(evaluated(&[]), None);
        assert!(matches!(
            evaluated(&[Other, Same]),
            Some(Finding::Found { .. })
        ));
        for (found, reason) in [
            (&[Other][..], FilingReason::Different),
            (&[NoBytes, Other], FilingReason::Different),
            (&[NoBytes], FilingReason::CannotLook),
        ] {
            let Some(Finding::CannotTell(failure)) = evaluated(found) else {
                panic!("{found:?}")
            };
            assert_eq!(failure.reason, reason);
        }
    }
}
