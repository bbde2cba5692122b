//! Launches and people, as the simulator tells of them.

use super::requests::{PATIENT, PROVIDER};
use super::simulator::Medtech;
use clinical_images::launch::FacilityCode;
use clinical_images::patient::{Day, PatientId, Sex};
use clinical_images::ports::{Ehr as _, EhrFault};
use serde_json::json;
use std::time::Duration;

fn facility() -> FacilityCode {
    FacilityCode::parse("F2N060-E").unwrap()
}

fn patient_id() -> PatientId {
    PatientId::parse(PATIENT).unwrap()
}

#[tokio::test]
async fn a_launch_from_medtech_is_redeemed_however_awkward_its_characters() {
    let medtech = Medtech::open().await;
    let wish = json!({ "patientId": PATIENT, "createdTime": "2026-11-21T01:03:05.250Z" });
    let (context, signature) = medtech.launch(wish).await;
    assert!(context.contains(['/', '+']), "{context}");
    let ticket = medtech
        .ehr()
        .redeem_launch(&context, &signature)
        .await
        .unwrap();
    assert_eq!(ticket.patient, Some(patient_id()));
    assert_eq!(
        (ticket.facility, ticket.provider.as_str()),
        (facility(), PROVIDER)
    );
    assert_eq!(ticket.created.millis(), 1_795_222_985_250);
}

#[tokio::test]
async fn a_launch_with_no_patient_open_is_a_launch_without_a_patient() {
    let medtech = Medtech::open().await;
    let (context, signature) = medtech.launch(json!({})).await;
    let ticket = medtech
        .ehr()
        .redeem_launch(&context, &signature)
        .await
        .unwrap();
    assert_eq!(ticket.patient, None);
}

#[tokio::test]
async fn a_launch_that_alex_did_not_make_is_not_found() {
    let medtech = Medtech::open().await;
    let (context, signature) = medtech.launch(json!({})).await;
    let ehr = medtech.ehr();
    let dots = "..";
    for (context, signature) in [
        ("made-up", signature.as_str()),
        (context.as_str(), "made-up"),
        (dots, dots),
        ("", ""),
    ] {
        let fault = ehr.redeem_launch(context, signature).await.unwrap_err();
        assert!(matches!(fault, EhrFault::NotFound(_)), "{fault}");
        assert!(!fault.to_string().contains("made-up"), "{fault}");
    }
}

#[tokio::test]
async fn a_patient_is_read_as_registered() {
    let medtech = Medtech::open().await;
    let patient = medtech
        .ehr()
        .patient(&facility(), &patient_id())
        .await
        .unwrap();
    assert_eq!(
        (patient.family.as_str(), patient.given.as_str()),
        ("Ngātai", "Aroha Mārama")
    );
    assert_eq!(patient.nhi.unwrap().as_str(), "ZZZ0016");
    assert_eq!(
        (patient.born, patient.sex),
        (Day::parse("1971-03-18").ok(), Sex::Female)
    );
}

#[tokio::test]
async fn practice_and_clinician_are_read_by_name() {
    let medtech = Medtech::open().await;
    let ehr = medtech.ehr();
    let practice = ehr.facility(&facility()).await.unwrap();
    assert_eq!(practice.name, "Kōwhai Medical Centre (simulated)");
    let clinician = ehr.provider(&facility(), PROVIDER).await.unwrap();
    assert_eq!(
        (clinician.id.as_str(), clinician.name.as_str()),
        (PROVIDER, "Dr Hinemoa Walker")
    );
}

#[tokio::test]
async fn somebody_alex_does_not_know_is_not_found() {
    let medtech = Medtech::open().await;
    let ehr = medtech.ehr();
    let nobody = PatientId::parse(&"0".repeat(32)).unwrap();
    let fault = ehr.patient(&facility(), &nobody).await.unwrap_err();
    assert!(matches!(fault, EhrFault::NotFound(_)), "{fault}");
    for id in ["", "..", "nobody", "../Patient"] {
        let fault = ehr.provider(&facility(), id).await.unwrap_err();
        assert!(matches!(fault, EhrFault::NotFound(_)), "{id}: {fault}");
    }
}

#[tokio::test]
async fn another_practice_is_refused() {
    let medtech = Medtech::open().await;
    let elsewhere = FacilityCode::parse("F1K072-D").unwrap();
    let fault = medtech
        .ehr()
        .patient(&elsewhere, &patient_id())
        .await
        .unwrap_err();
    let EhrFault::Refused(text) = fault else {
        panic!("{fault}")
    };
    assert!(
        text.starts_with("GET Patient: 403, issue forbidden, correlation "),
        "{text}"
    );
}

#[tokio::test]
async fn a_practice_computer_that_sleeps_is_away() {
    let medtech = Medtech::open().await;
    let mut settings = medtech.settings();
    settings.read_time_out = Duration::from_millis(500);
    let ehr = clinical_server::adapter::ehr::AlexEhr::new(settings).unwrap();
    for fault in ["503", "429", "500", "html", "timeout", "lost"] {
        medtech.fault("GET /FHIR/Patient/*", fault, 1).await;
        let text = ehr.patient(&facility(), &patient_id()).await.unwrap_err();
        assert!(matches!(text, EhrFault::Unavailable(_)), "{fault}: {text}");
    }
    assert!(ehr.patient(&facility(), &patient_id()).await.is_ok());
}

#[tokio::test]
async fn every_read_has_a_correlation_id_of_its_own_and_names_the_facility() {
    let medtech = Medtech::open().await;
    let ehr = medtech.ehr();
    for _ in 0..2 {
        ehr.provider(&facility(), PROVIDER).await.unwrap();
    }
    let calls = medtech
        .received(&format!("GET /FHIR/Practitioner/{PROVIDER}"))
        .await;
    assert_eq!(calls.len(), 2);
    assert!(calls.iter().all(|call| call["facility"] == "F2N060-E"));
    assert!(
        calls[0]["correlationId"]
            .as_str()
            .is_some_and(|id| id.len() == 32)
    );
    assert_ne!(calls[0]["correlationId"], calls[1]["correlationId"]);
}
