//! Which words explain which refusal. Exhaustive: a refusal that nobody has explained does not compile.

use super::{Advice, problem};
use crate::api::ApiError;
use clinical_images::refusal::Refusal;
use clinical_images::session::{EndOfLink, EndOfSession};

/// Explains an error of a server function.
#[must_use]
pub fn explain(error: &ApiError) -> Advice {
    match error {
        ApiError::Refused(refusal) => explain_refusal(refusal),
        ApiError::Offline => problem::server_offline(),
        ApiError::Broken => problem::server_broken(),
    }
}

pub(super) fn explain_refusal(refusal: &Refusal) -> Advice {
    match refusal {
        Refusal::SessionEnded { why } => explain_end(*why),
        Refusal::LinkEnded { why } => explain_link(*why),
        Refusal::NoAccessToken | Refusal::NotAllowed => problem::no_access_token(),
        Refusal::SessionUnknown => problem::session_unknown(),
        Refusal::LinkUnknown => problem::link_unknown(),
        Refusal::LinkUsed => problem::link_used(),
        Refusal::OtherLink => problem::other_link(),
        Refusal::PatientNotConfirmed => problem::patient_not_confirmed(),
        Refusal::SessionFull { limit } => problem::session_full(*limit),
        Refusal::PictureUnknown => problem::picture_unknown(),
        Refusal::PictureFixed => problem::picture_fixed(),
        Refusal::TooManyAttempts { .. } => problem::too_many_attempts(),
        Refusal::RevisionUnderWay { .. } => problem::revision_under_way(),
        Refusal::PictureOutOfBounds => problem::picture_out_of_bounds(),
        Refusal::NoteTooLong { limit } => problem::note_too_long(*limit),
        Refusal::UploadMissing | Refusal::UploadDiffers => problem::upload_missing(),
        Refusal::NothingChosen => problem::nothing_chosen(),
        Refusal::DetailsMissing { .. } => problem::details_missing(),
        Refusal::Stale => problem::stale(),
        Refusal::PagesApart => problem::pages_apart(),
        Refusal::OtherPatient => problem::other_patient(),
        Refusal::NoPatient => problem::no_patient(),
        Refusal::LaunchExpired => problem::launch_expired(),
        Refusal::LaunchUsed => problem::launch_used(),
        Refusal::LaunchUnknown => problem::launch_unknown(),
        Refusal::WrongFacility => problem::wrong_facility(),
        Refusal::PracticeUnknown => problem::practice_unknown(),
        Refusal::PracticeClosed => problem::practice_closed(),
        Refusal::PatientNotFound => problem::patient_not_found(),
        Refusal::Busy => problem::busy(),
        Refusal::StoreUnavailable => problem::store_unavailable(),
        Refusal::ObjectStoreUnavailable => problem::object_store_unavailable(),
        Refusal::EhrUnavailable => problem::ehr_unavailable(),
        Refusal::NoAnalyst => problem::no_analyst(),
        Refusal::AnalysisRunning => problem::analysis_running(),
        Refusal::RequestReused | Refusal::Malformed => problem::malformed(),
    }
}

fn explain_end(why: EndOfSession) -> Advice {
    match why {
        EndOfSession::Finished => problem::session_finished(),
        EndOfSession::Discarded => problem::session_discarded(),
        EndOfSession::Idle => problem::session_idle(),
    }
}

fn explain_link(why: EndOfLink) -> Advice {
    match why {
        EndOfLink::Expired => problem::link_expired(),
        EndOfLink::Replaced => problem::link_replaced(),
        EndOfLink::Revoked => problem::link_revoked(),
        EndOfLink::Declined => problem::link_declined(),
        EndOfLink::Left => problem::link_left(),
        EndOfLink::Idle => problem::link_idle(),
    }
}
