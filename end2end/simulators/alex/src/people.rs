//! The practices' people, all invented: patients, practitioners, the facilities, as FHIR.
//!
//! Two of them have a birthday that moves with the year, so that the baby stays a baby and the
//! oldest stays 94.

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::settings::{FIRST_PATIENT_ID, FIRST_PATIENT_NHI};

/// The system of NHI numbers.
pub(crate) const NHI: &str = "https://standards.digital.health.nz/ns/nhi-id";
/// The system of practitioners' HPI numbers.
pub(crate) const HPI_PERSON: &str = "https://standards.digital.health.nz/ns/hpi-person-id";
const HPI_FACILITY: &str = "https://standards.digital.health.nz/ns/hpi-facility-id";
const HPI_ORGANISATION: &str = "https://standards.digital.health.nz/ns/hpi-organisation-id";

/// Which of the practices, from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Practice(pub usize);

/// Its name and the id of its Location.
const PLACES: [(&str, &str); 2] = [
    (
        "Kōwhai Medical Centre (simulated)",
        "5b0e2b6f0a6c4a57a8b1f3f9b9d7c201",
    ),
    (
        "Rātā Health (simulated)",
        "9c1f7e52d3b84a0e8f6a5d4c3b2a1908",
    ),
];

impl Practice {
    /// As people call it.
    pub(crate) fn name(self) -> &'static str {
        PLACES[self.0].0
    }

    /// The id of its Location.
    pub(crate) fn location_id(self) -> &'static str {
        PLACES[self.0].1
    }
}

/// A fictional patient.
#[derive(Debug, Clone)]
pub(crate) struct Patient {
    pub practice: Practice,
    pub id: &'static str,
    pub nhi: &'static str,
    pub family: &'static str,
    pub given: &'static [&'static str],
    /// The name the person goes by.
    pub nickname: Option<&'static str>,
    pub gender: &'static str,
    pub born: Date,
    /// Index of the usual GP among those of the practice.
    pub gp: usize,
}

/// A fictional GP.
#[derive(Debug, Clone)]
pub(crate) struct Practitioner {
    pub practice: Practice,
    pub id: &'static str,
    pub hpi: &'static str,
    pub family: &'static str,
    pub given: &'static str,
}

/// Everybody in the practices.
pub(crate) struct Roster {
    pub patients: Vec<Patient>,
    pub practitioners: Vec<Practitioner>,
}

impl Roster {
    /// The people of so many practices as they are on that day.
    pub(crate) fn of(today: Date, practices: usize) -> Self {
        let mut patients = patients(today.year());
        patients.retain(|patient| patient.practice.0 < practices);
        Self {
            patients,
            practitioners: practitioners(),
        }
    }

    /// A practice's patient.
    pub(crate) fn patient_of(&self, practice: Practice, id: &str) -> Option<&Patient> {
        self.patient(id)
            .filter(|patient| patient.practice == practice)
    }

    /// A practice's practitioners; never none.
    pub(crate) fn practitioners_of(&self, practice: Practice) -> Vec<&Practitioner> {
        let all = self.practitioners.iter();
        all.filter(|it| it.practice == practice).collect()
    }

    pub(crate) fn patient(&self, id: &str) -> Option<&Patient> {
        self.patients.iter().find(|patient| patient.id == id)
    }

    /// All of a practice who bear this NHI; normally one.
    pub(crate) fn with_nhi<'a>(
        &'a self,
        practice: Practice,
        nhi: &'a str,
    ) -> impl Iterator<Item = &'a Patient> {
        self.patients.iter().filter(move |patient| {
            patient.practice == practice && patient.nhi.eq_ignore_ascii_case(nhi)
        })
    }

    pub(crate) fn patient_json(&self, patient: &Patient, base: &str) -> Value {
        let gps = self.practitioners_of(patient.practice);
        let gp = gps[patient.gp % gps.len()];
        let mut names = vec![json!({
            "use": "official", "family": patient.family, "given": patient.given,
        })];
        if let Some(nickname) = patient.nickname {
            names.push(json!({ "use": "nickname", "given": [nickname] }));
        }
        json!({
            "resourceType": "Patient",
            "id": patient.id,
            "meta": { "versionId": "1" },
            "identifier": [{ "use": "official", "system": NHI, "value": patient.nhi }],
            "active": true,
            "name": names,
            "gender": patient.gender,
            "birthDate": patient.born.to_string(),
            "generalPractitioner": [{ "reference": format!("{base}/fhir/Practitioner/{}", gp.id) }],
            "managingOrganization": { "reference": format!("{base}/fhir/Location/{}", patient.practice.location_id()) },
        })
    }
}

impl Practitioner {
    pub(crate) fn json(&self) -> Value {
        json!({
            "resourceType": "Practitioner",
            "id": self.id,
            "meta": { "versionId": "1" },
            "identifier": [{ "use": "official", "system": HPI_PERSON, "value": self.hpi }],
            "active": true,
            "name": [{
                "use": "official", "family": self.family, "given": [self.given], "prefix": ["Dr"],
            }],
        })
    }
}

/// The facility. Where ALEX puts the version of the practice system is not known; here it is an
/// extension.
pub(crate) fn location_json(practice: Practice, facility: &str) -> Value {
    json!({
        "resourceType": "Location",
        "id": practice.location_id(),
        "meta": { "versionId": "1" },
        "extension": [{
            "url": "https://fhir.medtechglobal.com/StructureDefinition/pms-version",
            "valueString": "Medtech Evolution 11.3.0.0 (simulated)",
        }],
        "identifier": [{ "use": "official", "system": HPI_FACILITY, "value": facility }],
        "status": "active",
        "name": practice.name(),
        "managingOrganization": {
            "identifier": { "system": HPI_ORGANISATION, "value": "G00001-G" },
            "display": practice.name(),
        },
    })
}

fn practitioners() -> Vec<Practitioner> {
    vec![
        Practitioner {
            practice: Practice(0),
            id: "7d1f0a3be5c84c1e9a44c1d2f0b6e811",
            hpi: "99ZAAA",
            family: "Walker",
            given: "Hinemoa",
        },
        Practitioner {
            practice: Practice(0),
            id: "c2a9e4d70b5f4f0d8e13a6b7c8d9e022",
            hpi: "99ZBBB",
            family: "de Vries",
            given: "Pieter",
        },
        Practitioner {
            practice: Practice(1),
            id: "e4b8a1c63d2f4e5b9a7c0d1e2f3a4b33",
            hpi: "99ZCCC",
            family: "Faleolo",
            given: "Mele",
        },
    ]
}

type Row = (
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    Option<&'static str>,
    &'static str,
    (i16, i8, i8),
);

/// So many of the patients are the first practice's; the others are the second's.
const OF_THE_FIRST: usize = 10;

#[rustfmt::skip]
fn patients(year: i16) -> Vec<Patient> {
    let rows: [Row; 13] = [
        (FIRST_PATIENT_ID, FIRST_PATIENT_NHI,
            "Ngātai", &["Aroha", "Mārama"], None, "female", (1971, 3, 18)),
        ("3f6c1b0e9d2a4857b1c0e5f4a7d89b02", "ZBN77VL",
            "Fīfita", &["Sione"], None, "male", (1958, 11, 2)),
        ("8a0d7e5c4b3f42619e8d7c6b5a493f03", "ZAC5361",
            "Chén", &["Xiùyīng"], Some("Lily"), "female", (1984, 7, 30)),
        ("b5e2d91f6c7a4038a2b4c6d8e0f1a204", "ZXE24NV",
            "van der Meulen", &["Johannes", "Wilhelmus"], Some("Hans"), "male", (year - 94, 1, 9)),
        ("e9c8b7a6d5f443128f7e6d5c4b3a2105", "ZUA48EH",
            "Parāone", &["Te Ariki"], None, "male", (year - 1, 11, 14)),
        ("0c4e8a2d6f1b4935b7d9f1c3e5a70806", "ZZZ0024",
            "Konstantinopolskaya-Featherstonehaugh-Papadopoulou",
            &["Wilhelmina-Alexandrina", "Charlotte", "Anastasia", "Te Rangimārie"], None,
            "female", (1949, 12, 31)),
        ("5d7f9b1c3e5a4c6e8f0a2b4c6d8e0f07", "ZZZ0008",
            "McKenzie", &["James", "Robert"], Some("Jamie"), "male", (1990, 5, 17)),
        ("91b3d5f7a9c14e2d8b6a4f2e0d8c6b08", "ZZZ0008",
            "McKenzie", &["Jamie"], None, "male", (1990, 5, 17)),
        ("a7c5e3f1d9b84f6a9c2e4d6b8f0a1c09", "ZUT01RG",
            "Sharma", &["Priya"], None, "female", (2009, 2, 28)),
        ("d4f6a8c0e2b44d1f8a3c5e7f9b1d3f10", "ZNK28DJ",
            "O'Brien-Te Whata", &["Riley"], None, "other", (2001, 8, 5)),
        ("1a2b3c4d5e6f47089a0b1c2d3e4f5a11", "ZTL39SK",
            "Hōhepa", &["Wiremu"], None, "male", (1966, 4, 12)),
        ("2b3c4d5e6f7a48190b1c2d3e4f5a6b12", "ZWB84LW",
            "Lindqvist", &["Saga"], None, "female", (1997, 10, 3)),
        ("3c4d5e6f7a8b492a1c2d3e4f5a6b7c13", "ZQF54PV",
            "Tuilagi", &["Losa"], None, "female", (2015, 6, 21)),
    ];
    rows.into_iter()
        .enumerate()
        .map(|(index, (id, nhi, family, given, nickname, gender, (year, month, day)))| Patient {
            practice: Practice(usize::from(index >= OF_THE_FIRST)),
            id, nhi, family, given, nickname, gender,
            born: jiff::civil::date(year, month, day),
            gp: index,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_32_lower_case_hex_digits_and_differ() {
        let roster = Roster::of(jiff::civil::date(2026, 6, 1), PLACES.len());
        let mut ids: Vec<_> = roster.patients.iter().map(|p| p.id).collect();
        ids.extend(roster.practitioners.iter().map(|p| p.id));
        ids.extend(PLACES.map(|(_, id)| id));
        for id in &ids {
            assert_eq!(id.len(), 32, "{id}");
            assert!(
                id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')),
                "{id}"
            );
        }
        let count = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }
}
