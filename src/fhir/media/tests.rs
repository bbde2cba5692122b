use super::*;
use crate::digest::Sha256;
use crate::id::PictureId;
use crate::moment::Moment;
use crate::patient::{PatientId, Sex};
use crate::picture::{BodySite, Note, PictureState, Rendition, Source};
use serde_json::{Value, json};

const ID: &str = "14e52e16edb7a435bfa05e307afd008b";
const BYTES: &[u8] = &[0xff, 0xd8, 0xff, 0xd9];

fn patient() -> Patient {
    Patient {
        id: PatientId::parse(ID).unwrap(),
        nhi: "ZZZ0016".parse().ok(),
        family: "Ngātai".into(),
        given: "Aroha".into(),
        born: None,
        sex: Sex::Female,
    }
}

fn forearm() -> Details {
    Details {
        site: BodySite::from_code("14975008"),
        laterality: Some(Laterality::Left),
        view: Some(View::CloseUp),
        note: Note::new("Changed over \"3 months\"").unwrap(),
    }
}

fn picture(details: Details) -> Picture {
    let sha256 = Sha256::of(BYTES);
    Picture {
        id: PictureId::from_bits(7),
        source: Source::Desktop,
        taken_at: Moment::from_millis(0),
        rendition: Rendition {
            length: 4,
            sha256,
            width: 1920,
            height: 1440,
        },
        details,
        state: PictureState::Sending,
        edited: None,
        revising: false,
        page: None,
        revision: 1,
    }
}

fn written_with(details: Details, elements: Elements, drop: &[Optional]) -> Value {
    let created = FhirInstant::parse("2026-11-21T14:03:05+13:00").unwrap();
    let provider = Provider {
        id: "7d1f0a3b".into(),
        name: "Dr Hinemoa Walker".into(),
    };
    let parts = Parts {
        picture: &picture(details),
        patient: &patient(),
        provider: &provider,
        identifier: "0000000000000000000000000000002a",
        created: &created,
        jpeg: BYTES,
    };
    let mut media = Media::of(&parts, elements);
    for element in drop {
        assert!(media.leave_out(*element), "{element:?} was there");
        assert!(!media.leave_out(*element), "{element:?} is gone");
    }
    serde_json::from_slice(&media.envelope().with(BYTES)).unwrap()
}

fn minimal() -> Value {
    json!({
        "resourceType": "Media",
        "identifier": [{
            "system": "https://clinicpro.co.nz/fhir/ns/clinical-image",
            "value": "0000000000000000000000000000002a",
        }],
        "status": "completed",
        "type": {
            "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/media-type", "code": "image" }],
        },
        "subject": { "reference": format!("Patient/{ID}") },
        "createdDateTime": "2026-11-21T14:03:05+13:00",
        "content": {
            "contentType": "image/jpeg",
            "data": "/9j/2Q==",
            "title": "Left forearm, close-up, 21 Nov 2026",
        },
    })
}

fn full() -> Value {
    let mut media = minimal();
    let sct = "http://snomed.info/sct";
    media["modality"] = json!({ "coding": [{
        "system": "http://dicom.nema.org/resources/ontology/DCM",
        "code": "XC",
        "display": "External-camera Photography",
    }] });
    media["view"] = json!({
        "coding": [{
            "system": "https://clinicpro.co.nz/fhir/ns/image-view",
            "code": "close-up",
            "display": "Close-up",
        }],
        "text": "Close-up",
    });
    media["operator"] =
        json!({ "reference": "Practitioner/7d1f0a3b", "display": "Dr Hinemoa Walker" });
    media["bodySite"] = json!({
        "coding": [
            { "system": sct, "code": "14975008", "display": "Forearm" },
            { "system": sct, "code": "7771000", "display": "Left" },
        ],
        "text": "Left forearm",
    });
    media["height"] = json!(1440);
    media["width"] = json!(1920);
    media["content"]["size"] = json!(4);
    media["note"] =
        json!([{ "authorString": "Dr Hinemoa Walker", "text": "Changed over \"3 months\"" }]);
    media
}

#[test]
fn the_minimal_media_is_the_one_known_to_work() {
    assert_eq!(written_with(forearm(), Elements::Minimal, &[]), minimal());
}

#[test]
fn the_full_media_adds_what_r4_has_for_a_picture() {
    assert_eq!(written_with(forearm(), Elements::Full, &[]), full());
}

#[test]
fn without_every_optional_element_the_full_media_is_the_minimal_one() {
    assert_eq!(
        written_with(forearm(), Elements::Full, &Optional::ALL),
        minimal()
    );
    for element in Optional::ALL {
        let media = written_with(forearm(), Elements::Full, &[element]);
        let pointer = format!("/{}", element.path().replace('.', "/"));
        assert!(
            full().pointer(&pointer).is_some() && media.pointer(&pointer).is_none(),
            "{pointer}"
        );
    }
}

#[test]
fn a_picture_of_which_nothing_is_said_makes_no_empty_elements() {
    let media = written_with(Details::default(), Elements::Full, &[]);
    assert!(
        ["note", "view", "bodySite"]
            .iter()
            .all(|element| media.get(*element).is_none())
    );
    assert_eq!(media["content"]["title"], "Clinical image, 21 Nov 2026");
}

#[test]
fn both_sides_and_no_side_are_told_apart() {
    let body_site = |side| {
        let details = Details {
            laterality: Some(side),
            ..forearm()
        };
        written_with(details, Elements::Full, &[])["bodySite"].clone()
    };
    let both = body_site(Laterality::Bilateral);
    assert_eq!(both["coding"][1]["code"], "51440002");
    assert_eq!(both["text"], "Forearm, both sides");
    assert_eq!(
        body_site(Laterality::NotApplicable)["coding"]
            .as_array()
            .map(Vec::len),
        Some(1)
    );
}

#[test]
fn neither_title_nor_debug_output_names_the_patient() {
    let media = written_with(forearm(), Elements::Full, &[]).to_string();
    assert!(!media.contains("Ngātai") && !media.contains("Aroha") && !media.contains("ZZZ0016"));
    let parts_of = patient();
    assert!(!format!("{parts_of:?}").contains("Ng"));
}
