//! FHIR's Patient becomes the clinic's patient.

use super::{ParseError, id, identifiers, is, name, text};
use crate::nhi::{NHI_SYSTEM, Nhi};
use crate::patient::{Day, Patient, PatientId, Sex};
use serde_json::Value;

/// A patient, and warnings about elements that could not be used as ALEX sent them.
#[derive(Debug, PartialEq, Eq)]
pub struct PatientRead {
    /// The patient, with nothing where something was unusable.
    pub patient: Patient,
    /// What was left out, and why. Holds no patient data.
    pub warnings: Vec<ReadWarning>,
}

/// Something about a patient that could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadWarning {
    /// No identifier of the NHI system.
    NhiMissing,
    /// The number fails its check.
    NhiInvalid,
    /// Several valid numbers that differ: none is taken.
    NhiAmbiguous,
    /// Only a year, or a year and a month.
    BirthDatePartial,
    /// Not a date.
    BirthDateInvalid,
    /// No name at all.
    NameMissing,
}

/// Reads a patient.
///
/// # Errors
/// When it is no Patient, or its id is not of ALEX's shape. Everything else may be missing.
pub fn read(resource: &Value) -> Result<PatientRead, ParseError> {
    is(resource, "Patient")?;
    let id = id(resource)
        .and_then(|id| PatientId::parse(id).ok())
        .ok_or(ParseError::Lacks("id"))?;
    let mut warnings = Vec::new();
    let mut noted = |warning| warnings.push(warning);
    let nhi = nhi(resource).map_err(&mut noted).ok();
    let born = born(resource).map_err(&mut noted).ok().flatten();
    let parts = name::preferred(resource);
    if parts.is_empty() {
        noted(ReadWarning::NameMissing);
    }
    let sex = sex(resource);
    let patient = Patient {
        id,
        nhi,
        family: parts.family,
        given: parts.given,
        born,
        sex,
    };
    Ok(PatientRead { patient, warnings })
}

fn nhi(resource: &Value) -> Result<Nhi, ReadWarning> {
    let given = identifiers(resource, NHI_SYSTEM);
    let mut valid: Vec<Nhi> = given
        .iter()
        .filter_map(|number| number.parse().ok())
        .collect();
    valid.dedup();
    match (valid.pop(), valid.is_empty()) {
        (Some(nhi), true) => Ok(nhi),
        (Some(_), false) => Err(ReadWarning::NhiAmbiguous),
        (None, _) if given.is_empty() => Err(ReadWarning::NhiMissing),
        (None, _) => Err(ReadWarning::NhiInvalid),
    }
}

fn born(resource: &Value) -> Result<Option<Day>, ReadWarning> {
    let Some(date) = text(&resource["birthDate"]) else {
        return Ok(None);
    };
    if let Ok(day) = Day::parse(date) {
        return Ok(Some(day));
    }
    // FHIR allows a year, or a year and a month.
    let completed = match date.len() {
        4 => format!("{date}-01-01"),
        7 => format!("{date}-01"),
        _ => return Err(ReadWarning::BirthDateInvalid),
    };
    let partial = Day::parse(&completed).is_ok();
    Err(if partial {
        ReadWarning::BirthDatePartial
    } else {
        ReadWarning::BirthDateInvalid
    })
}

fn sex(resource: &Value) -> Sex {
    match resource["gender"].as_str() {
        Some("female") => Sex::Female,
        Some("male") => Sex::Male,
        Some("other") => Sex::Other,
        _ => Sex::Unknown,
    }
}

#[cfg(test)]
#[allow(
    clippy::needless_pass_by_value,
    reason = "a JSON literal is given away where it is written"
)]
mod tests {
    use super::*;
    use serde_json::json;

    const ID: &str = "14e52e16edb7a435bfa05e307afd008b";

    fn read_with(part: Value) -> PatientRead {
        let mut resource = json!({ "resourceType": "Patient", "id": ID });
        for (name, value) in part.as_object().unwrap() {
            resource[name] = value.clone();
        }
        read(&resource).unwrap()
    }

    fn nhis(numbers: Value) -> (Option<String>, Vec<ReadWarning>) {
        let named = json!([{ "family": "Ngata" }]);
        let read = read_with(json!({ "identifier": numbers, "name": named }));
        (
            read.patient.nhi.map(|nhi| nhi.as_str().to_owned()),
            read.warnings,
        )
    }

    #[test]
    fn a_whole_patient_is_read_as_registered() {
        let read = read_with(json!({
            "identifier": [
                { "system": "urn:other", "value": "12345" },
                { "use": "official", "system": NHI_SYSTEM, "value": " zzz0016 " },
            ],
            "name": [
                { "use": "nickname", "given": ["Lily"] },
                { "use": "usual", "family": "Chen", "given": ["Lily"] },
                { "use": "official", "family": "Chén", "given": ["Xiùyīng", null, "Mei"], "prefix": ["Ms"] },
            ],
            "gender": "female",
            "birthDate": "1984-07-30",
        }));
        let patient = read.patient;
        assert_eq!(
            (patient.family.as_str(), patient.given.as_str()),
            ("Chén", "Xiùyīng Mei")
        );
        assert_eq!(patient.nhi.unwrap().as_str(), "ZZZ0016");
        assert_eq!(patient.born, Day::parse("1984-07-30").ok());
        assert_eq!(patient.sex, Sex::Female);
        assert_eq!(read.warnings, []);
    }

    #[test]
    fn the_usual_name_stands_in_for_a_missing_official_one_and_a_former_one_comes_last() {
        let family = |names: Value| read_with(json!({ "name": names })).patient.family;
        let (usual, old) = (
            json!({ "use": "usual", "family": "B" }),
            json!({ "use": "old", "family": "A" }),
        );
        assert_eq!(family(json!([old, { "family": "C" }, usual])), "B");
        assert_eq!(family(json!([old, { "family": "C" }])), "C");
        assert_eq!(family(json!([{ "use": "official" }, old])), "A");
        assert_eq!(family(json!([{ "text": "Aroha Ngata" }])), "Aroha Ngata");
    }

    #[test]
    fn a_patient_without_anything_but_an_id_is_still_a_patient() {
        let read = read_with(json!({}));
        assert_eq!(
            (read.patient.family.as_str(), read.patient.given.as_str()),
            ("", "")
        );
        assert_eq!((read.patient.born, read.patient.sex), (None, Sex::Unknown));
        assert_eq!(
            read.warnings,
            [ReadWarning::NhiMissing, ReadWarning::NameMissing]
        );
    }

    #[test]
    fn a_number_that_fails_its_check_is_left_out_and_said_so() {
        let nhi = |number: &str| json!({ "system": NHI_SYSTEM, "value": number });
        assert_eq!(
            nhis(json!([nhi("ZZZ0017")])),
            (None, vec![ReadWarning::NhiInvalid])
        );
        assert_eq!(
            nhis(json!([nhi("ZZZ0017"), nhi("ZZZ0016")])),
            (Some("ZZZ0016".into()), vec![])
        );
        assert_eq!(
            nhis(json!([nhi("ZZZ0016"), nhi("zzz0016")])),
            (Some("ZZZ0016".into()), vec![])
        );
        assert_eq!(
            nhis(json!([nhi("ZZZ0024"), nhi("ZZZ0016")])),
            (None, vec![ReadWarning::NhiAmbiguous])
        );
        let old = json!({ "use": "old", "system": NHI_SYSTEM, "value": "ZZZ0024" });
        assert_eq!(
            nhis(json!([old, nhi("ZZZ0016")])),
            (Some("ZZZ0016".into()), vec![])
        );
    }

    #[test]
    fn a_partial_birth_date_is_no_birth_date() {
        for (date, warning) in [
            ("1984", ReadWarning::BirthDatePartial),
            ("1984-03", ReadWarning::BirthDatePartial),
            ("1984-13", ReadWarning::BirthDateInvalid),
            ("198", ReadWarning::BirthDateInvalid),
            ("1984-02-30", ReadWarning::BirthDateInvalid),
            ("about 1984", ReadWarning::BirthDateInvalid),
        ] {
            let read = read_with(json!({ "birthDate": date }));
            assert_eq!(read.patient.born, None);
            assert!(
                read.warnings.contains(&warning),
                "{date}: {:?}",
                read.warnings
            );
        }
    }

    #[test]
    fn anything_without_an_alex_id_is_refused() {
        assert_eq!(
            read(&json!({ "resourceType": "Patient", "id": "1" })),
            Err(ParseError::Lacks("id"))
        );
        assert_eq!(
            read(&json!({ "resourceType": "Bundle", "id": ID })),
            Err(ParseError::NotA("Patient"))
        );
        assert_eq!(read(&json!([])), Err(ParseError::NotA("Patient")));
    }
}
