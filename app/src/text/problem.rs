//! What went wrong, and what to do next: the words. Which of them belongs to which refusal is decided in `explain.rs`.

use super::Advice;
use super::catalogue::catalogue;
use super::english::photos;

catalogue! {
    /// What went wrong, and what to do next.
    Problems
    advice {
        /// For [`ApiError::Offline`].
        server_offline: "The server cannot be reached", "Check the Wi-Fi or network cable. Nothing is lost; try again when the connection is back.";
        /// For [`ApiError::Broken`].
        server_broken: "Something went wrong on our side", "Reload the page. What was sent is safe.";
        /// For [`Refusal::NoAccessToken`].
        no_access_token: "This window has no access to the session", "Open Clinical Images again from the patient in Medtech.";
        /// For [`Refusal::SessionUnknown`].
        session_unknown: "This session no longer exists", "Its temporary copies have been deleted. Open Clinical Images again from the patient in Medtech.";
        /// For [`Refusal::LinkUnknown`].
        link_unknown: "This code is not known", "Scan the QR code on the desktop again. If you copied the link, copy all of it.";
        /// For [`Refusal::LinkUsed`].
        link_used: "This code has been used already", "Each code works once. Press “New code” on the desktop and scan it.";
        /// For [`Refusal::OtherLink`].
        other_link: "This phone has joined another session", "Close this page. To go on with its patient, scan the QR code on the desktop.";
        /// For [`Refusal::PatientNotConfirmed`].
        patient_not_confirmed: "The patient has not been confirmed", "Confirm on the first screen that this is your patient.";
        /// For [`Refusal::PictureUnknown`].
        picture_unknown: "This photo is gone", "It was deleted, perhaps on the other device, or did not arrive in time. If it is still on this device, you can send it again.";
        /// For [`Refusal::PictureFixed`].
        picture_fixed: "This photo is being filed", "It can no longer be changed here. Wait until filing has finished.";
        /// For [`Refusal::TooManyAttempts`].
        too_many_attempts: "This photo was changed or sent too often", "It stays as it is. To change more, delete it and add it again.";
        /// For [`Refusal::RevisionUnderWay`].
        revision_under_way: "Changes to a photo are still being saved", "Nothing was filed. Wait until they are saved, look at the photos, then file.";
        /// For [`Refusal::PictureOutOfBounds`].
        picture_out_of_bounds: "This photo could not be made small enough", "Take it again, or choose another file.";
        /// For [`Refusal::UploadMissing`].
        upload_missing: "The photo did not arrive whole", "It is still on this device. Press “Try again”.";
        /// For [`Refusal::NothingChosen`].
        nothing_chosen: "No photo is chosen", "Choose at least one photo to file.";
        /// For [`Refusal::DetailsMissing`].
        details_missing: "Some photos still need details", "Choose a body site, and a side where the site has two, then file.";
        /// For [`Refusal::Stale`].
        stale: "Something changed while you were looking", "The screen is up to date now. Check the photos, then file them again.";
        /// For [`Refusal::PagesApart`].
        pages_apart: "Some of these photos were sent as one document", "Choose all photos of that document, or none, and wait until none of them is being filed.";
        /// For [`Refusal::OtherPatient`].
        other_patient: "This window shows another patient", "Nothing was filed. Close it and open Clinical Images again from the patient in Medtech.";
        /// For [`Refusal::NoPatient`].
        no_patient: "No patient is selected in Medtech", "Open a patient in Medtech, then click the Clinical Images icon again.";
        /// For [`Refusal::LaunchExpired`].
        launch_expired: "This opening from Medtech is too old", "Each opening works for five minutes. Click the Clinical Images icon in Medtech again.";
        /// For [`Refusal::LaunchUsed`].
        launch_used: "This opening from Medtech was already used", "Each opening starts one session. Click the Clinical Images icon in Medtech again.";
        /// For [`Refusal::LaunchUnknown`].
        launch_unknown: "Medtech does not know this opening", "Click the Clinical Images icon in Medtech again. Links that were copied or kept do not work.";
        /// For [`Refusal::WrongFacility`].
        wrong_facility: "This was opened from another practice", "The address behind the Clinical Images icon in Medtech belongs to a different practice. Tell the person who runs Clinical Images.";
        /// For [`Refusal::PracticeUnknown`].
        practice_unknown: "This address belongs to no practice", "The address behind the Clinical Images icon in Medtech must end in the name of your practice. Tell the person who runs Clinical Images.";
        /// For [`Refusal::PracticeClosed`].
        practice_closed: "This practice no longer uses Clinical Images here", "Sessions that are still open can be ended in their windows. For new photos, tell the person who runs Clinical Images.";
        /// For [`Refusal::PatientNotFound`].
        patient_not_found: "Medtech could not find the patient", "Open the patient in Medtech again. If it happens twice, tell the person who runs Clinical Images.";
        /// For [`Refusal::Busy`].
        busy: "The server is busy", "Try again in a moment.";
        /// For [`Refusal::StoreUnavailable`].
        store_unavailable: "The server cannot reach its session store", "Photos that were sent are safe. Try again in a minute.";
        /// For [`Refusal::ObjectStoreUnavailable`].
        object_store_unavailable: "The photo store does not answer", "Photos that were sent are safe, others are still on this device. Try again in a minute.";
        /// For [`Refusal::EhrUnavailable`].
        ehr_unavailable: "Medtech does not answer", "The practice’s server may be asleep or restarting. Try again in a minute.";
        /// For [`EndOfSession::Finished`].
        session_finished: "This session has ended", "Everything is in the record. To take more photos, open Clinical Images again from Medtech.";
        /// For [`EndOfSession::Discarded`].
        session_discarded: "This session has ended", "Photos that were not filed were deleted. To begin again, open Clinical Images from Medtech.";
        /// For [`EndOfSession::Idle`].
        session_idle: "This session ran out", "Nobody used it for a long time, so its temporary copies were deleted. Open Clinical Images again from Medtech.";
        /// For [`EndOfLink::Expired`].
        link_expired: "This code has run out", "Each code works for a short time. Scan the one that the desktop shows now.";
        /// For [`EndOfLink::Replaced`].
        link_replaced: "The desktop shows a newer code", "Scan the QR code that is on the desktop now.";
        /// For [`EndOfLink::Revoked`].
        link_revoked: "The desktop disconnected this phone", "If you still want to take photos, scan a new code on the desktop.";
        /// For [`EndOfLink::Declined`].
        link_declined: "You said this is not your patient", "Nothing was sent. Tell the clinician at the desktop; scan again when the right patient is open.";
        /// For [`EndOfLink::Left`].
        link_left: "This phone is disconnected", "It keeps no photos. To take more, scan a new code on the desktop.";
        /// For [`EndOfLink::Idle`].
        link_idle: "This phone was idle for too long", "It was disconnected to be safe. Scan a new code on the desktop to go on.";
        /// For [`Refusal::NoAnalyst`].
        no_analyst: "AI descriptions are not set up here", "Describe the photo in your own words. To have them set up, tell the person who runs Clinical Images.";
        /// For [`Refusal::AnalysisRunning`].
        analysis_running: "A description is being written already", "Wait until it is finished, or stop it, then ask again.";
        /// For an address that names no page.
        nothing_here: "There is nothing at this address", "Open Clinical Images from the patient in Medtech.";
        /// For [`Refusal::Malformed`] and [`Refusal::RequestReused`].
        malformed: "The request made no sense to the server", "Reload the page and try again.";
    }
    sentences {
        /// For [`Refusal::SessionFull`].
        fn session_full(limit: usize) -> Advice {
            Advice {
                what: "This session is full",
                next: format!(
                    "It holds {}. Delete one that you do not need, or file these and open a new session.",
                    photos(limit)
                )
                .into(),
            }
        }

        /// For [`Refusal::NoteTooLong`].
        fn note_too_long(limit: usize) -> Advice {
            Advice {
                what: "This note is too long",
                next: format!("Shorten it to {limit} characters.").into(),
            }
        }
    }
}
