//! Submits a picture or a document, and says what is known about it afterwards.
//!
//! Only what is certain to have created nothing is ever posted again from here: a refused token, and an optional
//! element that ALEX names as the reason of its refusal. The table in `classify` says what everything else means.

use super::answer::Answer;
use super::call::{Attempts, Budget, Call, End, Gateway, Reply};
use super::classify::{PostClass, classify_post};
use super::payload::{Attachment, Payload};
use clinical_images::fhir;
use clinical_images::fhir::document_reference::DocumentReference;
use clinical_images::fhir::envelope::JsonEnvelope;
use clinical_images::fhir::media::{Media, Optional, PICTURE_SYSTEM};
use clinical_images::fhir::outcome::OperationOutcome;
use clinical_images::launch::FacilityCode;
use clinical_images::picture::{FilingFailure, FilingReason};
use clinical_images::ports::LeaseGuard;
use clinical_images::session::SubmitOutcome;
use serde_json::Value;

/// Where a picture is posted, under which identifier, and for how long.
pub(super) struct Submission<'a> {
    pub url: String,
    pub facility: &'a FacilityCode,
    pub identifier: &'a str,
    pub correlation: &'a str,
    pub budget: Budget,
    pub lease_guard: &'a LeaseGuard,
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

    fn envelope(&self) -> JsonEnvelope {
        match self {
            Self::Media(media) => media.envelope(),
            Self::Scan(scan) => scan.envelope(),
        }
    }
}

/// Posts a picture; when ALEX refuses it for an optional element, once without what it named, and
/// once with the least.
pub(super) async fn post(
    gateway: &Gateway,
    mut resource: Resource<'_>,
    attachment: Attachment,
    submission: Submission<'_>,
) -> SubmitOutcome {
    let mut attempts = Attempts::of(submission.correlation);
    let mut simpler = [Named::Only, Named::WithTheRest].into_iter();
    loop {
        let payload = Payload::new(
            resource.envelope(),
            attachment.clone(),
            submission.lease_guard.clone(),
        );
        let call = Call {
            what: resource.call(),
            url: submission.url.clone(),
            facility: submission.facility,
            body: Some(payload),
        };
        let reply = gateway.send(&call, &mut attempts, submission.budget).await;
        let refusal = reply.outcome().filter(|_| reply.status() == Some(400));
        match refusal.zip(simpler.next()) {
            Some((refusal, what)) if simplify(&mut resource, &refusal, what) => {}
            _ => return conclude(&reply, resource.kind(), submission.identifier),
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

/// The outcome that a reply, or a missing reply, makes known.
pub(super) fn conclude(reply: &Reply, kind: &'static str, identifier: &str) -> SubmitOutcome {
    if let End::Answered(answer) = &reply.end
        && let Some(record) = created(answer, kind, identifier)
    {
        return SubmitOutcome::Filed { record };
    }
    let failure = |reason| FilingFailure {
        reason,
        technical: reply.support_text(),
    };
    match classify_post(&reply.end, reply.outcome().as_ref()) {
        PostClass::Refused(reason) => SubmitOutcome::Failed(failure(reason)),
        PostClass::Later(reason, after) => SubmitOutcome::Later {
            failure: failure(reason),
            after,
        },
        PostClass::Unknown => SubmitOutcome::Unknown(failure(FilingReason::NoAnswer)),
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
