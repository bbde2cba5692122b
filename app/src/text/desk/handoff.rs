//! The phone panel: codes, phones that come, phones that go.

use crate::text::catalogue::catalogue;
use clinical_images::session::EndOfLink;

catalogue! {
    /// The phone panel: codes, phones that come, phones that go.
    Handoff
    words {
        /// Heading of the phone panel.
        phone: "Phone";
        /// Shows a code.
        use_phone: "Use a phone";
        /// Shows a code when a phone is here already.
        add_phone: "Add another phone";
        /// What to do with the code.
        scan: "Scan with the phone’s camera.";
        /// What the picture is.
        qr_code: "QR code that opens this session on a phone";
        /// What the number is for.
        match_number: "Number on both screens:";
        /// The copyable link.
        link: "Link for the phone";
        /// Makes a new code.
        new_code: "New code";
        /// While a code is being made.
        making_code: "Making a code…";
        /// When codes are no longer renewed.
        code_ran_out: "The code ran out. Press “New code” to go on.";
        /// When another window shows a newer code.
        code_elsewhere: "Another window of this session shows a newer code.";
        /// Cuts a phone off.
        disconnect_phone: "Disconnect";
        /// A phone whose user has not confirmed.
        confirming: "Waiting for the phone to confirm the patient";
        /// A phone whose user has confirmed.
        confirmed: "Patient confirmed";
        /// Somebody said that the patient is wrong.
        declined: "Wrong patient, says the person with the phone";
        /// What to do then.
        declined_next: "Check that the right patient is open here. If it is, ask them to scan a new code; the phone was disconnected.";
        /// Puts that message away.
        understood: "I have checked";
        /// The list of phones that are gone.
        no_longer_connected: "No longer connected";
    }
    sentences {
        /// `New code in 4:37`.
        fn time_left(seconds: u64) -> String {
            format!("New code in {}:{:02}", seconds / 60, seconds % 60)
        }

        /// `iPhone`, `connected 10:42`, `number 47`, as one line.
        fn phone_line(since: &str, number: &str) -> String {
            if since.is_empty() {
                format!("number {number}")
            } else {
                format!("connected {since} · number {number}")
            }
        }

        /// Names the button for those who do not see the line it stands in.
        fn disconnect(device: &str, number: &str) -> String {
            format!("Disconnect {device}, number {number}")
        }

        /// When a phone has joined.
        fn joined(device: &str, number: &str) -> String {
            format!("{device} connected. Its number is {number}.")
        }

        /// A phone that is gone, with why it went.
        fn gone_phone(device: &str, number: &str, why: &str) -> String {
            format!("{device}, number {number}: {why}")
        }

        /// How a phone went, when that is worth a line.
        fn gone(why: EndOfLink) -> Option<&'static str> {
            match why {
                EndOfLink::Revoked => Some("disconnected here"),
                EndOfLink::Declined => Some("wrong patient"),
                EndOfLink::Left => Some("disconnected on the phone"),
                EndOfLink::Idle => Some("idle for too long"),
                EndOfLink::Expired | EndOfLink::Replaced => None,
            }
        }
    }
}
