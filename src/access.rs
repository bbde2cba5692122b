//! Authorization: who may do what, in one table that is closed by default.
//!
//! [`POLICY`] has a row for everything that can be asked of this product, commands and reads alike, and names the roles that may ask. What
//! a row does not list is refused. Owns nothing about *when* something may happen (a session that ended, a link that ran out): that is
//! `decide`'s. The server's routes and server functions each name their [`Operation`]; one that names none cannot be registered.

use crate::id::{LinkId, SessionId};
use crate::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// The two ways into a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Scope {
    /// The desktop of this session. A browser may hold tokens of several, one for each tab.
    Desktop(SessionId),
    /// A phone. A browser holds the token of one link at a time; the scope names the link that the page believes to
    /// hold, so that a page that was left open while the same browser joined another session cannot reach into that
    /// one. `None` is whichever link the browser holds.
    Phone(Option<LinkId>),
}

/// In what capacity somebody asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    /// Whoever holds the desktop's token of a session. Until launches name a person's role, this is the clinician.
    Desktop,
    /// A phone that claimed a hand-off link.
    Phone,
    /// Holds no token: a browser that is about to be launched, a phone that shows a code.
    Unpaired,
    /// The server itself: timers and the outbox worker.
    Server,
    /// A person who may do everything in a session. Not handed out yet.
    Clinician,
    /// A person who takes and describes pictures, and files none. Not handed out yet.
    Assistant,
    /// A person who reads the audit and the reports on deletion, and sees no picture. Not handed out yet.
    Privacy,
    /// A person who looks after the server, and sees no picture. Not handed out yet.
    Operator,
}

impl Role {
    /// All of them, in the order in which the documentation lists them.
    pub const ALL: [Self; 8] = [
        Self::Desktop,
        Self::Phone,
        Self::Unpaired,
        Self::Server,
        Self::Clinician,
        Self::Assistant,
        Self::Privacy,
        Self::Operator,
    ];
}

/// Writes the enum and its table together, so that an operation without a row cannot be written.
macro_rules! policy {
    ($($(#[doc = $doc:literal])+ $operation:ident => $($role:ident)+;)+) => {
        /// Something that can be asked of this product.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Operation {
            $($(#[doc = $doc])+ $operation,)+
        }

        /// Who may ask for what. One row for each operation, in their order.
        pub const POLICY: &[(Operation, &[Role])] = &[
            $((Operation::$operation, &[$(Role::$role),+]),)+
        ];
    };
}

policy! {
    /// Read what the start page shows.
    ReadStart => Unpaired Desktop Phone Clinician Assistant Privacy Operator;
    /// Redeem a launch from the record system, which opens a session.
    Launch => Unpaired Desktop Phone Clinician Assistant;
    /// Ask whether the server lives and can store sessions.
    ReadHealth => Unpaired Desktop Phone Server Clinician Assistant Privacy Operator;
    /// Choose the language of the pages.
    ChooseLanguage => Unpaired Desktop Phone Clinician Assistant Privacy Operator;
    /// Fetch a page, its script or its style: what holds no data of a session.
    ReadPage => Unpaired Desktop Phone Clinician Assistant Privacy Operator;

    /// Read a session: all of it on the desktop, a phone's own part on a phone.
    ReadSession => Desktop Phone Clinician Assistant;
    /// Follow a session's events.
    FollowSession => Desktop Phone Clinician Assistant;
    /// Fetch a picture's bytes; a phone only its own.
    ViewPicture => Desktop Phone Clinician Assistant;
    /// Have a picture described by the analyst, to whom its bytes go.
    Analyse => Desktop Clinician;

    /// Offer a hand-off link.
    OfferLink => Desktop Clinician Assistant;
    /// Claim a link with its code.
    ClaimLink => Unpaired;
    /// Confirm the patient on the phone.
    ConfirmPatient => Phone;
    /// Say that it is the wrong patient.
    DeclinePatient => Phone;
    /// Disconnect this phone.
    LeaveLink => Phone;
    /// Cut a phone off.
    RevokeLink => Desktop Clinician Assistant;

    /// Reserve a place for a picture and get the permission to upload it.
    Reserve => Desktop Phone Clinician Assistant;
    /// Confirm that a picture's bytes were uploaded.
    Arrive => Desktop Phone Clinician Assistant;
    /// Reserve a place for a later revision of a picture: rotated, cropped.
    Revise => Desktop Phone Clinician Assistant;
    /// Confirm that a revision's bytes were uploaded.
    ArriveRevision => Desktop Phone Clinician Assistant;
    /// Give up a revision that is on its way.
    CancelRevision => Desktop Phone Clinician Assistant;
    /// Bring a picture's original back.
    Revert => Desktop Phone Clinician Assistant;
    /// Look by itself whether the bytes of a picture have come.
    ReconcileUpload => Server;
    /// Change body site, side, view or note.
    Describe => Desktop Phone Clinician Assistant;
    /// Delete a picture that is not filed.
    Remove => Desktop Phone Clinician Assistant;

    /// File pictures.
    Commit => Desktop Clinician;
    /// Say what a person found in the record.
    ResolveManually => Desktop Clinician;
    /// Claim an outbox entry for sending.
    BeginSubmit => Server;
    /// Write down what came of sending it.
    ConcludeSubmit => Server;
    /// Claim an outbox entry whose outcome is unknown, to search for it.
    BeginLookup => Server;
    /// Write down what the search came to.
    ConcludeLookup => Server;
    /// Note that the ledger has an entry's outcomes.
    Recorded => Server;

    /// End the session.
    End => Desktop Clinician;
    /// Let time pass.
    Tick => Server;
    /// Note that stored objects are gone.
    ObjectsDeleted => Server;
}

impl Operation {
    /// The roles that may ask for it.
    #[must_use]
    pub fn roles(self) -> &'static [Role] {
        POLICY[self as usize].1
    }
}

/// Refuses a role that the policy does not list for an operation.
///
/// # Errors
/// `NotAllowed`.
pub fn authorize(role: Role, operation: Operation) -> Result<(), Refusal> {
    if operation.roles().contains(&role) {
        Ok(())
    } else {
        Err(Refusal::NotAllowed)
    }
}

/// The policy as a table for people: `docs/policy.md`.
#[must_use]
pub fn policy_in_words() -> String {
    let mut text = String::from(
        "# Who may do what\n\nPrinted from `POLICY` in `src/access.rs`; a test compares. What has no mark is refused.\n\n|",
    );
    text.push_str(" operation |");
    for role in Role::ALL {
        text.push_str(&format!(" {role:?} |"));
    }
    text.push_str("\n| --- |");
    text.push_str(&" :-: |".repeat(Role::ALL.len()));
    text.push('\n');
    for (operation, roles) in POLICY {
        text.push_str(&format!("| {operation:?} |"));
        for role in Role::ALL {
            text.push_str(if roles.contains(&role) {
                " yes |"
            } else {
                " |"
            });
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_stands_where_its_operation_says() {
        for (at, (operation, roles)) in POLICY.iter().enumerate() {
            assert_eq!(*operation as usize, at);
            assert!(!roles.is_empty(), "{operation:?}");
        }
    }

    #[test]
    fn what_a_row_does_not_list_is_refused() {
        for (operation, roles) in POLICY {
            for role in Role::ALL {
                let expected = roles
                    .contains(&role)
                    .then_some(())
                    .ok_or(Refusal::NotAllowed);
                assert_eq!(authorize(role, *operation), expected);
            }
        }
    }

    #[test]
    fn people_who_may_not_file_or_see_pictures_cannot() {
        for role in [Role::Assistant, Role::Phone, Role::Privacy, Role::Operator] {
            assert!(authorize(role, Operation::Commit).is_err(), "{role:?}");
            assert!(authorize(role, Operation::Analyse).is_err(), "{role:?}");
        }
        for role in [Role::Privacy, Role::Operator, Role::Unpaired] {
            for operation in [
                Operation::ViewPicture,
                Operation::ReadSession,
                Operation::FollowSession,
            ] {
                assert!(
                    authorize(role, operation).is_err(),
                    "{role:?} {operation:?}"
                );
            }
        }
    }

    #[test]
    fn the_documentation_shows_the_policy_in_force() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/policy.md");
        if std::env::var_os("WRITE_POLICY").is_some() {
            std::fs::write(path, policy_in_words()).unwrap();
        }
        let shown = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            shown,
            policy_in_words(),
            "run: WRITE_POLICY=1 cargo test -p clinical-images policy"
        );
    }
}
