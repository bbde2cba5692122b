//! What the start page says.

use super::catalogue::catalogue;

catalogue! {
    /// What the start page says.
    Start
    words {
        /// While the page is on its way.
        one_moment: "One moment…";
        /// Asks again.
        try_again: "Try again";
        /// Heading of the demo's page.
        choose_patient: "Choose a patient";
        /// Under it.
        as_if_in_medtech: "It is as if you had them open in Medtech and clicked the Clinical Images icon. What you file appears there:";
        /// Leads to the simulated Medtech.
        see_medtech: "see the simulated Medtech";
        /// In place of a practice's patients.
        no_patients: "The simulated Medtech has no patients in this practice.";
    }
    advice {
        /// In production, where sessions are opened from Medtech only.
        how_to_open: "Open Clinical Images from Medtech", "Select a patient in Medtech Evolution, then click the Clinical Images icon. This page cannot open a patient by itself.";
    }
}
