//! What is posted for a request: a Media of one picture, or a DocumentReference of a scan of several.

use super::AlexEhr;
use crate::adapter::ehr::call::Budget;
use crate::adapter::ehr::submit::{self, Resource};
use crate::adapter::ehr::{local_time, lookup};
use bytes::Bytes;
use clinical_images::fhir::FhirInstant;
use clinical_images::fhir::document_reference::{DocumentReference, ScanParts};
use clinical_images::fhir::media::{Media, Parts};
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::ports::{SubmitPage, SubmitRequest};
use clinical_images::record::Target;
use clinical_images::scan;
use clinical_images::session::SubmitOutcome;

/// How pages become a document, and what FHIR calls it.
type Format = (
    for<'a> fn(&[scan::Page<'a>]) -> Result<scan::Document<'a>, scan::NoScan>,
    &'static str,
);
const TIFF: Format = (scan::tiff, "image/tiff");
const PDF: Format = (scan::pdf, "application/pdf");

impl AlexEhr {
    /// Makes the resource that the request's target takes, and posts it. What no resource can be made of is not sent.
    pub(super) async fn submit_as_resource(&self, request: &SubmitRequest) -> SubmitOutcome {
        let Some(first) = request.pages.first() else {
            return not_sent(request.target, "there is no picture");
        };
        let Some(created) = local_time::on_the_wall(first.picture.taken_at, &self.zone) else {
            let why = "the picture was taken in no year of the calendar";
            return not_sent(request.target, why);
        };
        match (request.target, &request.pages[..]) {
            (Target::Media, [page]) => self.submit_media(request, page, &created).await,
            (Target::Media, _) => not_sent(request.target, "several pictures are no one photo"),
            (Target::ScanTiff, _) => self.submit_scan(request, TIFF, &created).await,
            (Target::ScanPdf, _) => self.submit_scan(request, PDF, &created).await,
        }
    }

    async fn submit_media(
        &self,
        request: &SubmitRequest,
        page: &SubmitPage,
        created: &FhirInstant,
    ) -> SubmitOutcome {
        let parts = Parts {
            picture: &page.picture,
            patient: &request.patient,
            provider: &request.provider,
            identifier: &request.identifier,
            created,
            jpeg: &page.jpeg,
        };
        let media = Resource::Media(Box::new(Media::of(&parts, self.settings.elements)));
        let submission = self.submission(request, "/Media");
        submit::post(&self.gateway, media, page.jpeg.clone().into(), submission).await
    }

    async fn submit_scan(
        &self,
        request: &SubmitRequest,
        (make, content_type): Format,
        created: &FhirInstant,
    ) -> SubmitOutcome {
        let pages = request.pages.iter().map(|page| scan::Page {
            jpeg: &page.jpeg,
            width: page.picture.rendition.width,
            height: page.picture.rendition.height,
        });
        let pages: Vec<_> = pages.collect();
        let document = match make(&pages) {
            Ok(document) => document,
            Err(why) => return not_sent(request.target, &why.to_string()),
        };
        let pieces = document.into_pieces().into_iter().map(|piece| match piece {
            scan::Piece::Made(made) => Bytes::from(made),
            scan::Piece::Page { index, .. } => request.pages[index].jpeg.clone(),
        });
        let origin = self.settings.base_url.origin().ascii_serialization();
        let details: Vec<_> = request
            .pages
            .iter()
            .map(|page| &page.picture.details)
            .collect();
        let scan = DocumentReference::of(&ScanParts {
            origin: &origin,
            patient: &request.patient.id,
            provider: &request.provider,
            details: &details,
            identifier: &request.identifier,
            created,
            content_type,
        });
        let scan = Resource::Scan(Box::new(scan));
        let submission = self.submission(request, "/DocumentReference");
        submit::post(&self.gateway, scan, pieces.collect(), submission).await
    }

    fn submission<'a>(&self, request: &'a SubmitRequest, path: &str) -> submit::Submission<'a> {
        let whole = self.settings.submit_time_out;
        submit::Submission {
            url: self.settings.fhir(path),
            facility: &request.facility,
            identifier: &request.identifier,
            correlation: &request.correlation,
            // A refusal that is certain must not turn into an open question for want of a few
            // seconds.
            budget: Budget::of(whole, whole / 4),
            lease_guard: &request.lease_guard,
        }
    }
}

/// Nothing went out.
fn not_sent(target: Target, why: &str) -> SubmitOutcome {
    SubmitOutcome::Failed(FilingFailure {
        reason: FilingReason::Rejected,
        technical: format!("POST {}: not sent, {why}", lookup::kind(target)),
    })
}
