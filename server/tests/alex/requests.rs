//! A picture ready to be filed for the simulator's first patient.

use clinical_images::digest::Sha256;
use clinical_images::id::PictureId;
use clinical_images::launch::{FacilityCode, Provider};
use clinical_images::moment::Moment;
use clinical_images::patient::{Patient, PatientId, Sex};
use clinical_images::picture::{
    BodySite, Details, Laterality, Note, Picture, PictureState, Rendition, Source, View,
};
use clinical_images::ports::{LeaseGuard, LookupRequest, SubmitPage, SubmitRequest};
use clinical_images::record::Target;

pub const PATIENT: &str = "14e52e16edb7a435bfa05e307afd008b";
pub const PROVIDER: &str = "7d1f0a3be5c84c1e9a44c1d2f0b6e811";
pub const IDENTIFIER: &str = "0000000000000000000000000000002a";
pub const CORRELATION: &str = "c0ffee";
/// 2026-11-21T14:03:05+13:00
const TAKEN: i64 = 1_795_222_985_000;

/// A whole small JPEG of 64 × 48 as far as its markers go.
pub fn jpeg() -> Vec<u8> {
    let frame = [0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0];
    let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0, 0x55, 0xff, 0xd9];
    [&[0xff, 0xd8][..], &frame, &scan].concat()
}

pub fn submit_request() -> SubmitRequest {
    SubmitRequest {
        facility: FacilityCode::parse("F2N060-E").unwrap(),
        patient: Patient {
            id: PatientId::parse(PATIENT).unwrap(),
            nhi: "ZZZ0016".parse().ok(),
            family: "Ngātai".into(),
            given: "Aroha".into(),
            born: None,
            sex: Sex::Female,
        },
        provider: Provider {
            id: PROVIDER.into(),
            name: "Dr Hinemoa Walker".into(),
        },
        target: Target::Media,
        pages: vec![page()],
        identifier: IDENTIFIER.into(),
        correlation: CORRELATION.into(),
        lease_guard: LeaseGuard::always(),
    }
}

fn page() -> SubmitPage {
    let jpeg = jpeg();
    SubmitPage {
        picture: Picture {
            id: PictureId::from_bits(0x2a),
            source: Source::Desktop,
            taken_at: Moment::from_millis(TAKEN),
            rendition: Rendition {
                length: jpeg.len() as u64,
                sha256: Sha256::of(&jpeg),
                width: 64,
                height: 48,
            },
            details: Details {
                site: BodySite::from_code("14975008"),
                laterality: Some(Laterality::Left),
                view: Some(View::CloseUp),
                note: Note::new("Changed over 3 months").unwrap(),
            },
            state: PictureState::Sending,
            edited: None,
            revising: false,
            page: None,
            revision: 1,
        },
        jpeg: jpeg.into(),
    }
}

/// A search for what a request sent.
pub fn lookup_request(request: &SubmitRequest) -> LookupRequest {
    LookupRequest {
        facility: request.facility.clone(),
        patient: request.patient.clone(),
        target: request.target,
        identifier: request.identifier.clone(),
        pages: request
            .pages
            .iter()
            .map(|page| Sha256::of(&page.jpeg))
            .collect(),
    }
}
