//! FHIR's AuditEvent for one deed, in the shape of IHE's Basic Audit Log Patterns.

use super::FhirInstant;
use super::media::PICTURE_SYSTEM;
use crate::audit::{AuditNote, Deed};
use crate::session::Actor;
use serde_json::{Value, json};

/// The identifier system of hand-off links, as agents that act.
pub const LINK_SYSTEM: &str = "https://clinicpro.co.nz/fhir/ns/hand-off-link";
const TYPES: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const INTERACTIONS: &str = "http://hl7.org/fhir/restful-interaction";
const ENTITY_TYPES: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ROLES: &str = "http://terminology.hl7.org/CodeSystem/object-role";
/// How this program calls itself.
const OBSERVER: &str = "ClinicPro Clinical Images";

/// The AuditEvent of a note. `recorded` is the note's moment.
#[must_use]
pub fn audit_event(note: &AuditNote, recorded: &FhirInstant) -> Value {
    let (action, interaction) = action(&note.deed);
    json!({
        "resourceType": "AuditEvent",
        "id": format!("{}-{}", note.session, note.revision),
        "type": { "system": TYPES, "code": "rest" },
        "subtype": [{ "system": INTERACTIONS, "code": interaction }],
        "action": action,
        "recorded": recorded,
        "outcome": if note.deed == Deed::NotFiled { "8" } else { "0" },
        "outcomeDesc": words(&note.deed),
        "agent": agents(note),
        "source": {
            "site": note.facility.as_str(),
            "observer": { "display": OBSERVER },
        },
        "entity": entities(note),
    })
}

/// The kind of action, and the interaction that comes nearest.
fn action(deed: &Deed) -> (&'static str, &'static str) {
    match deed {
        Deed::Launched | Deed::LinkOffered(_) | Deed::PictureAdded | Deed::Filed(_) => {
            ("C", "create")
        }
        Deed::PictureRemoved => ("D", "delete"),
        Deed::LinkClaimed(_)
        | Deed::PatientConfirmed(_)
        | Deed::LinkEnded(..)
        | Deed::PicturesDescribed
        | Deed::Ended(_) => ("U", "update"),
        Deed::Committed | Deed::NotFiled | Deed::LeftToAPerson => ("E", "operation"),
    }
}

/// The deed in a few words, the same in every language of the surfaces.
fn words(deed: &Deed) -> String {
    match deed {
        Deed::Launched => "session opened".to_owned(),
        Deed::LinkOffered(_) => "link for a phone offered".to_owned(),
        Deed::LinkClaimed(_) => "link claimed by a phone".to_owned(),
        Deed::PatientConfirmed(_) => "patient confirmed on a phone".to_owned(),
        Deed::LinkEnded(_, why) => format!("link ended: {why:?}").to_lowercase(),
        Deed::PictureAdded => "picture added".to_owned(),
        Deed::PicturesDescribed => "pictures described".to_owned(),
        Deed::PictureRemoved => "picture removed".to_owned(),
        Deed::Committed => "pictures committed".to_owned(),
        Deed::Filed(record) => format!("picture filed as {record}"),
        Deed::NotFiled => "picture not filed".to_owned(),
        Deed::LeftToAPerson => "a person must look whether the picture was filed".to_owned(),
        Deed::Ended(why) => format!("session ended: {why:?}").to_lowercase(),
    }
}

/// Who did it, then for whom: a phone and the server act for the clinician whose session it is.
fn agents(note: &AuditNote) -> Vec<Value> {
    let clinician = |requestor: bool| {
        json!({
            "who": { "reference": format!("Practitioner/{}", note.clinician) },
            "requestor": requestor,
        })
    };
    let phone = |link: Option<String>| {
        let who = match link {
            Some(link) => json!({ "identifier": { "system": LINK_SYSTEM, "value": link } }),
            None => json!({ "display": "a phone" }),
        };
        json!({ "who": who, "requestor": true })
    };
    match note.by {
        Actor::Desktop => vec![clinician(true)],
        Actor::Phone(link) => vec![phone(Some(link.to_string())), clinician(false)],
        Actor::Stranger => {
            let link = match &note.deed {
                Deed::LinkClaimed(link) => Some(link.to_string()),
                _ => None,
            };
            vec![phone(link), clinician(false)]
        }
        Actor::Server => vec![
            json!({ "who": { "display": OBSERVER }, "requestor": true }),
            clinician(false),
        ],
    }
}

/// The patient, and the pictures.
fn entities(note: &AuditNote) -> Vec<Value> {
    let entity = |what: Value, kind: &str, role: &str| {
        json!({
            "what": what,
            "type": { "system": ENTITY_TYPES, "code": kind },
            "role": { "system": ROLES, "code": role },
        })
    };
    let patient = json!({ "reference": format!("Patient/{}", note.patient.as_str()) });
    let pictures = note.pictures.iter().map(|picture| {
        let name =
            json!({ "identifier": { "system": PICTURE_SYSTEM, "value": picture.to_string() } });
        entity(name, "2", "4")
    });
    std::iter::once(entity(patient, "1", "1"))
        .chain(pictures)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::{LinkId, PictureId, SessionId};
    use crate::launch::FacilityCode;
    use crate::moment::Moment;
    use crate::patient::PatientId;

    fn event(by: Actor, deed: Deed) -> Value {
        let note = AuditNote {
            session: SessionId::from_bits(1),
            revision: 7,
            at: Moment::from_millis(0),
            by,
            deed,
            pictures: vec![PictureId::from_bits(2)],
            patient: PatientId::parse(&"7".repeat(32)).unwrap(),
            clinician: "p1".into(),
            facility: FacilityCode::parse("F2N060-E").unwrap(),
        };
        audit_event(&note, &FhirInstant::parse("1970-01-01T00:00:00Z").unwrap())
    }

    #[test]
    fn an_event_names_patient_picture_and_whoever_asked() {
        let filed = event(Actor::Server, Deed::Filed("m-1".into()));
        assert_eq!(filed["id"], format!("{}-7", SessionId::from_bits(1)));
        assert!(super::super::is_id(filed["id"].as_str().unwrap()));
        assert_eq!(
            (&filed["action"], &filed["outcome"]),
            (&json!("C"), &json!("0"))
        );
        assert_eq!(
            filed["entity"][0]["what"]["reference"],
            format!("Patient/{}", "7".repeat(32))
        );
        assert_eq!(
            filed["entity"][1]["what"]["identifier"]["value"],
            PictureId::from_bits(2).to_string()
        );
        assert_eq!(filed["agent"][1]["who"]["reference"], "Practitioner/p1");
        assert_eq!(event(Actor::Server, Deed::NotFiled)["outcome"], "8");
    }

    #[test]
    fn exactly_one_agent_asked_for_it() {
        let link = LinkId::from_bits(3);
        for by in [
            Actor::Desktop,
            Actor::Phone(link),
            Actor::Stranger,
            Actor::Server,
        ] {
            let event = event(by, Deed::LinkClaimed(link));
            let agents = event["agent"].as_array().unwrap();
            let asked = agents.iter().filter(|agent| agent["requestor"] == true);
            assert_eq!(asked.count(), 1, "{by:?}");
        }
    }
}
