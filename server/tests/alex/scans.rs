//! Pictures into the simulator's record as scanned documents.

use super::requests::{IDENTIFIER, PATIENT, lookup_request, submit_request};
use super::simulator::Medtech;
use clinical_images::ports::Ehr as _;
use clinical_images::record::Target;
use clinical_images::session::{Finding, SubmitOutcome};

#[tokio::test]
async fn a_scan_is_taken_as_medtech_wants_it_and_found_again() {
    for (target, content_type) in [
        (Target::ScanTiff, "image/tiff"),
        (Target::ScanPdf, "application/pdf"),
    ] {
        let medtech = Medtech::open().await;
        let (ehr, mut request) = (medtech.ehr(), submit_request());
        request.target = target;
        assert!(matches!(
            ehr.lookup(&lookup_request(&request)).await,
            Finding::Absent(_)
        ));
        let outcome = ehr.submit(&request).await;
        let SubmitOutcome::Filed { record } = outcome else {
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
        assert_eq!(
            ehr.lookup(&lookup_request(&request)).await,
            Finding::Found { record }
        );
        assert!(medtech.media().await.is_empty());
    }
}
