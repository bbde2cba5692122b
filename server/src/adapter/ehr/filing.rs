//! Posting a picture or a document, and what is known about it afterwards.
//!
//! Only what is certain to have created nothing is ever posted again from here: a refused token, and an optional
//! element that ALEX names as the reason of its refusal. What everything else means is the table in `meaning`.

use super::call::{Answer, Attempts, Budget, Call, End, Gateway, Reply};
use super::meaning::{self, Posted};
use super::payload::{Attachment, Payload};
use clinical_images::fhir;
use clinical_images::fhir::around::Around;
use clinical_images::fhir::document_reference::DocumentReference;
use clinical_images::fhir::media::{Media, Optional, PICTURE_SYSTEM};
use clinical_images::fhir::outcome::OperationOutcome;
use clinical_images::launch::FacilityCode;
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::ports::Leave;
use clinical_images::session::FilingOutcome;
use serde_json::Value;

/// Where a picture goes, and under which name.
pub(super) struct Errand<'a> {
    pub url: String,
    pub facility: &'a FacilityCode,
    pub identifier: &'a str,
    pub correlation: &'a str,
    pub budget: Budget,
    pub leave: &'a Leave,
}

/// What is posted.
pub(super) enum Resource<'a> {
    Media(Box<Media<'a>>),
    Scan(Box<DocumentReference<'a>>),
}

impl Resource<'_> {
    fn kind(&self) -> &'static str {
        match self {
            Self::Media(_) => "Media",
            Self::Scan(_) => "DocumentReference",
        }
    }

    fn call(&self) -> &'static str {
        match self {
            Self::Media(_) => "POST Media",
            Self::Scan(_) => "POST DocumentReference",
        }
    }

    fn around(&self) -> Around {
        match self {
            Self::Media(media) => media.around(),
            Self::Scan(scan) => scan.around(),
        }
    }
}

/// Posts a picture; when ALEX refuses it for an optional element, once without what it named, and
/// once with the least.
pub(super) async fn post(
    gateway: &Gateway,
    mut resource: Resource<'_>,
    attachment: Attachment,
    errand: Errand<'_>,
) -> FilingOutcome {
    let mut attempts = Attempts::of(errand.correlation);
    let mut simpler = [Named::Only, Named::WithTheRest].into_iter();
    loop {
        let payload = Payload::new(resource.around(), attachment.clone(), errand.leave.clone());
        let call = Call {
            what: resource.call(),
            url: errand.url.clone(),
            facility: errand.facility,
            body: Some(payload),
        };
        let reply = gateway.send(&call, &mut attempts, errand.budget).await;
        let refusal = reply.outcome().filter(|_| reply.status() == Some(400));
        match refusal.zip(simpler.next()) {
            Some((refusal, what)) if simplify(&mut resource, &refusal, what) => {}
            _ => return conclude(&reply, resource.kind(), errand.identifier),
        }
    }
}

/// What to leave out of the next version.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Only,
    WithTheRest,
}

/// Leaves out the optional elements that ALEX named. Whether there were any.
fn simplify(resource: &mut Resource<'_>, refusal: &OperationOutcome, what: Named) -> bool {
    let Resource::Media(media) = resource else {
        return false;
    };
    let named = |element: &Optional| refusal.names("Media", element.path());
    let mut found = false;
    for element in Optional::ALL.into_iter().filter(named) {
        found |= media.leave_out(element);
    }
    if found && what == Named::WithTheRest {
        for element in Optional::ALL {
            media.leave_out(element);
        }
    }
    found
}

/// What a reply, or its absence, makes known.
pub(super) fn conclude(reply: &Reply, kind: &'static str, identifier: &str) -> FilingOutcome {
    if let End::Answered(answer) = &reply.end
        && let Some(record) = created(answer, kind, identifier)
    {
        return FilingOutcome::Filed { record };
    }
    let failure = |reason| FilingFailure {
        reason,
        technical: reply.told(),
    };
    match meaning::of_post(&reply.end, reply.outcome().as_ref()) {
        Posted::Refused(reason) => FilingOutcome::Failed(failure(reason)),
        Posted::Later(reason, after) => FilingOutcome::Later {
            failure: failure(reason),
            after,
        },
        Posted::Unknown => FilingOutcome::Unknown(failure(FilingReason::NoAnswer)),
    }
}

/// ALEX's id of the record, when it says that there is one: in the resource, or in the address of what was created.
fn created(answer: &Answer, kind: &'static str, identifier: &str) -> Option<String> {
    if !answer.is_success() {
        return None;
    }
    let resource = fhir::resource(answer.body.as_deref().unwrap_or_default(), kind).ok();
    if let Some(resource) = &resource {
        if !is_ours(resource, identifier) {
            return None;
        }
        if let Some(id) = fhir::id(resource) {
            return Some(id.to_owned());
        }
    }
    let location = answer.location.as_deref();
    location
        .filter(|_| answer.status == 201)
        .and_then(|location| named_by(location, kind))
}

/// A gateway that mixes up replies must not have somebody else's record taken for ours.
fn is_ours(resource: &Value, identifier: &str) -> bool {
    let mut own = resource["identifier"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|it| it["system"] == PICTURE_SYSTEM)
        .peekable();
    own.peek().is_none() || own.any(|it| it["value"] == identifier)
}

/// The id in `…/Media/{id}` or `…/Media/{id}/_history/1`; some gateways write addresses in lower case.
fn named_by(location: &str, kind: &str) -> Option<String> {
    let mut parts = location.split(['/', '?', '#']);
    parts.find(|part| part.eq_ignore_ascii_case(kind))?;
    let id = serde_json::json!({ "id": parts.next()? });
    fhir::id(&id).map(str::to_owned)
}

#[cfg(test)]
mod tests;
