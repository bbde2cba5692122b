//! FHIR's AuditEvent for one audit record, in the shape of IHE's Basic Audit Log Patterns.

use super::FhirInstant;
use super::media::PICTURE_SYSTEM;
use crate::audit::{AuditAction, AuditRecord};
use crate::session::Actor;
use serde_json::{Value, json};

/// The identifier system of hand-off links, as agents that act.
pub const LINK_SYSTEM: &str = "https://clinicpro.co.nz/fhir/ns/hand-off-link";
const TYPES: &str = "http://terminology.hl7.org/CodeSystem/audit-event-type";
const INTERACTIONS: &str = "http://hl7.org/fhir/restful-interaction";
const ENTITY_TYPES: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ROLES: &str = "http://terminology.hl7.org/CodeSystem/object-role";
/// The system of the names that a deployment gives to its practices.
pub const PRACTICE_SYSTEM: &str = "https://clinicpro.co.nz/fhir/ns/practice";
/// How this program calls itself.
const OBSERVER: &str = "ClinicPro Clinical Images";

/// The AuditEvent of a note. `recorded` is the note's moment.
#[must_use]
pub fn audit_event(record: &AuditRecord, recorded: &FhirInstant) -> Value {
    let (action, interaction) = action(&record.action);
    json!({
        "resourceType": "AuditEvent",
        "id": format!("{}-{}", record.session, record.revision),
        "meta": { "tag": [{ "system": PRACTICE_SYSTEM, "code": record.practice }] },
        "type": { "system": TYPES, "code": "rest" },
        "subtype": [{ "system": INTERACTIONS, "code": interaction }],
        "action": action,
        "recorded": recorded,
        "outcome": if record.action == AuditAction::NotFiled { "8" } else { "0" },
        "outcomeDesc": words(&record.action),
        "agent": agents(record),
        "source": {
            "site": record.facility.as_str(),
            "observer": { "display": OBSERVER },
        },
        "entity": entities(record),
    })
}

/// The kind of action, and the interaction that comes nearest.
fn action(action: &AuditAction) -> (&'static str, &'static str) {
    match action {
        AuditAction::Launched
        | AuditAction::LinkOffered(_)
        | AuditAction::PictureAdded
        | AuditAction::Filed(_) => ("C", "create"),
        AuditAction::PictureRemoved => ("D", "delete"),
        AuditAction::LinkClaimed(_)
        | AuditAction::PatientConfirmed(_)
        | AuditAction::LinkEnded(..)
        | AuditAction::PictureRevised
        | AuditAction::PicturesDescribed
        | AuditAction::Ended(_) => ("U", "update"),
        AuditAction::Committed | AuditAction::NotFiled | AuditAction::LeftToAPerson => {
            ("E", "operation")
        }
    }
}

/// The action in a few words, the same in every language of the pages.
fn words(action: &AuditAction) -> String {
    match action {
        AuditAction::Launched => "session opened".to_owned(),
        AuditAction::LinkOffered(_) => "link for a phone offered".to_owned(),
        AuditAction::LinkClaimed(_) => "link claimed by a phone".to_owned(),
        AuditAction::PatientConfirmed(_) => "patient confirmed on a phone".to_owned(),
        AuditAction::LinkEnded(_, why) => format!("link ended: {why:?}").to_lowercase(),
        AuditAction::PictureAdded => "picture added".to_owned(),
        AuditAction::PictureRevised => "picture edited".to_owned(),
        AuditAction::PicturesDescribed => "pictures described".to_owned(),
        AuditAction::PictureRemoved => "picture removed".to_owned(),
        AuditAction::Committed => "pictures committed".to_owned(),
        AuditAction::Filed(record) => format!("picture filed as {record}"),
        AuditAction::NotFiled => "picture not filed".to_owned(),
        AuditAction::LeftToAPerson => "a person must look whether the picture was filed".to_owned(),
        AuditAction::Ended(why) => format!("session ended: {why:?}").to_lowercase(),
    }
}

/// Who did it, then for whom: a phone and the server act for the clinician whose session it is.
fn agents(record: &AuditRecord) -> Vec<Value> {
    let clinician = |requestor: bool| {
        json!({
            "who": { "reference": format!("Practitioner/{}", record.clinician) },
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
    match record.by {
        Actor::Desktop => vec![clinician(true)],
        Actor::Phone(link) => vec![phone(Some(link.to_string())), clinician(false)],
        Actor::Unpaired => {
            let link = match &record.action {
                AuditAction::LinkClaimed(link) => Some(link.to_string()),
                AuditAction::Launched
                | AuditAction::LinkOffered(_)
                | AuditAction::PatientConfirmed(_)
                | AuditAction::LinkEnded(..)
                | AuditAction::PictureAdded
                | AuditAction::PictureRevised
                | AuditAction::PicturesDescribed
                | AuditAction::PictureRemoved
                | AuditAction::Committed
                | AuditAction::Filed(_)
                | AuditAction::NotFiled
                | AuditAction::LeftToAPerson
                | AuditAction::Ended(_) => None,
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
fn entities(record: &AuditRecord) -> Vec<Value> {
    let entity = |what: Value, kind: &str, role: &str| {
        json!({
            "what": what,
            "type": { "system": ENTITY_TYPES, "code": kind },
            "role": { "system": ROLES, "code": role },
        })
    };
    let patient = json!({ "reference": format!("Patient/{}", record.patient.as_str()) });
    let pictures = record.pictures.iter().map(|picture| {
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

    fn event(by: Actor, action: AuditAction) -> Value {
        let record = AuditRecord {
            session: SessionId::from_bits(1),
            revision: 7,
            at: Moment::from_millis(0),
            by,
            action,
            pictures: vec![PictureId::from_bits(2)],
            patient: PatientId::parse(&"7".repeat(32)).unwrap(),
            clinician: "p1".into(),
            practice: "kowhai".parse().unwrap(),
            facility: FacilityCode::parse("F2N060-E").unwrap(),
        };
        audit_event(
            &record,
            &FhirInstant::parse("1970-01-01T00:00:00Z").unwrap(),
        )
    }

    #[test]
    fn an_event_names_patient_picture_and_whoever_asked() {
        let filed = event(Actor::Server, AuditAction::Filed("m-1".into()));
        assert_eq!(filed["meta"]["tag"][0]["code"], "kowhai");
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
        assert_eq!(event(Actor::Server, AuditAction::NotFiled)["outcome"], "8");
    }

    #[test]
    fn exactly_one_agent_asked_for_it() {
        let link = LinkId::from_bits(3);
        for by in [
            Actor::Desktop,
            Actor::Phone(link),
            Actor::Unpaired,
            Actor::Server,
        ] {
            let event = event(by, AuditAction::LinkClaimed(link));
            let agents = event["agent"].as_array().unwrap();
            let asked = agents.iter().filter(|agent| agent["requestor"] == true);
            assert_eq!(asked.count(), 1, "{by:?}");
        }
    }
}
