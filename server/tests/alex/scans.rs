//! Pictures into the simulator's record as scanned documents.

use super::order::{IDENTIFIER, PATIENT, order, search};
use super::simulator::Medtech;
use clinical_images::ports::Ehr as _;
use clinical_images::session::{FilingOutcome, Finding, Target};

#[tokio::test]
async fn a_scan_is_taken_as_medtech_wants_it_and_found_again() {
    for (target, content_type) in [
        (Target::ScanTiff, "image/tiff"),
        (Target::ScanPdf, "application/pdf"),
    ] {
        let medtech = Medtech::open().await;
        let (ehr, mut order) = (medtech.ehr(), order());
        order.target = target;
        assert!(matches!(
            ehr.find(&search(&order)).await,
            Finding::Absent(_)
        ));
        let outcome = ehr.file(&order).await;
        let FilingOutcome::Filed { record } = outcome else {
            panic!("{target:?}: {outcome:?}")
        };
        let [scan] = &medtech.scans().await[..] else {
            panic!("one scan")
        };
        assert_eq!(scan["id"], record);
        assert_eq!(scan["patientId"], PATIENT);
        assert_eq!(
            scan["advice"].as_array().map(Vec::len),
            Some(0),
            "{}",
            scan["advice"]
        );
        let resource = &scan["resource"];
        assert_eq!(resource["identifier"][0]["value"], IDENTIFIER);
        let attachment = &resource["content"][0]["attachment"];
        assert_eq!(attachment["contentType"], content_type);
        assert_eq!(ehr.find(&search(&order)).await, Finding::Found { record });
        assert!(medtech.media().await.is_empty());
    }
}
