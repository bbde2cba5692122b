//! The phone panel: codes, phones that come, phones that go.

use clinical_images::session::EndOfLink;

/// Heading of the phone panel.
pub const PHONE: &str = "Phone";
/// Shows a code.
pub const USE_PHONE: &str = "Use a phone";
/// Shows a code when a phone is here already.
pub const ADD_PHONE: &str = "Add another phone";
/// What to do with the code.
pub const SCAN: &str = "Scan with the phone’s camera.";
/// What the picture is.
pub const QR_CODE: &str = "QR code that opens this session on a phone";
/// What the number is for.
pub const MATCH: &str = "Number on both screens:";
/// The copyable link.
pub const LINK: &str = "Link for the phone";
/// Makes a new code.
pub const NEW_CODE: &str = "New code";
/// While a code is being made.
pub const MAKING_CODE: &str = "Making a code…";
/// When codes are no longer renewed.
pub const CODE_RAN_OUT: &str = "The code ran out. Press “New code” to go on.";
/// When another window shows a newer code.
pub const CODE_ELSEWHERE: &str = "Another window of this session shows a newer code.";
/// Cuts a phone off.
pub const DISCONNECT: &str = "Disconnect";
/// A phone whose user has not confirmed.
pub const CONFIRMING: &str = "Waiting for the phone to confirm the patient";
/// A phone whose user has confirmed.
pub const CONFIRMED: &str = "Patient confirmed";
/// Somebody said that the patient is wrong.
pub const DECLINED: &str = "The phone’s user said this is not their patient";
/// What to do then.
pub const DECLINED_NEXT: &str = "Check that the right patient is open here. If it is, ask them to scan a new code; the phone was disconnected.";
/// Puts that message away.
pub const UNDERSTOOD: &str = "I have checked";
/// The list of phones that are gone.
pub const GONE: &str = "No longer connected";

/// `Works for 4:37`.
#[must_use]
pub fn time_left(seconds: u64) -> String {
    format!("Works for {}:{:02}", seconds / 60, seconds % 60)
}

/// `iPhone`, `connected 10:42`, `number 47`, as one line.
#[must_use]
pub fn phone_line(since: &str, number: &str) -> String {
    if since.is_empty() {
        format!("number {number}")
    } else {
        format!("connected {since} · number {number}")
    }
}

/// Names the button for those who do not see the line it stands in.
#[must_use]
pub fn disconnect(device: &str, number: &str) -> String {
    format!("Disconnect {device}, number {number}")
}

/// When a phone has joined.
#[must_use]
pub fn joined(device: &str, number: &str) -> String {
    format!("{device} connected. Its number is {number}.")
}

/// How a phone went, when that is worth a line.
#[must_use]
pub fn gone(why: EndOfLink) -> Option<&'static str> {
    match why {
        EndOfLink::Revoked => Some("disconnected here"),
        EndOfLink::Declined => Some("not their patient"),
        EndOfLink::Left => Some("finished"),
        EndOfLink::Idle => Some("idle for too long"),
        EndOfLink::Expired | EndOfLink::Replaced => None,
    }
}
