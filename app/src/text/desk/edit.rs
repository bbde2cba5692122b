//! What the desktop says about editing a picture.

use crate::text::Advice;
use crate::text::catalogue::catalogue;
use crate::text::explain::explain_refusal;
use clinical_images::refusal::Refusal;
use clinical_images::upload::{Unusable, UploadFailure};
use std::borrow::Cow;

catalogue! {
    /// What the desktop says about editing a picture.
    Edit
    words {
        /// What the buttons are called together.
        edit: "Edit";
        /// A quarter turn clockwise.
        rotate: "Rotate";
        /// Chooses a part of the picture.
        crop: "Crop";
        /// Back to the picture as it arrived.
        original: "Original";
        /// While an edit is on its way.
        saving_changes: "Saving changes";
        /// After an edit did not get through.
        unsaved_changes: "Changes not saved";
        /// Gives up an edit that did not get through.
        keep_as_it_is: "Keep as it is";
        /// The picture with the frame.
        crop_stage: "Crop frame";
        /// How it is worked.
        crop_hint: "Drag the frame or its handles. Arrow keys move it, with Shift they change its size. Enter applies, Escape cancels.";
        /// When a crop cannot go on.
        crop_closed: "This photo has changed meanwhile. Look at it, and crop it again if you still want to.";
        /// Makes the crop.
        apply_crop: "Apply";
        /// Pixels left of the frame.
        crop_x: "Left";
        /// Pixels above the frame.
        crop_y: "Top";
        /// Pixels across.
        crop_width: "Width";
        /// Pixels down.
        crop_height: "Height";
        /// Why an edit did not get through: another window was faster.
        changed_meanwhile: "Somebody else has changed it meanwhile. Look at it, and try again if you still want to.";
        /// Why an edit did not get through: the network.
        edit_not_sent: "Check the connection and try again.";
        /// Why an edit did not get through: the codec module.
        edit_tool_silent: "The photo tool does not answer. Check the connection and try again.";
        /// Why an edit did not get through: the picture.
        edit_impossible: "Its original could not be edited. Take the photo again.";
        /// Before the reason.
        edit_failed: "The changes were not saved, and the photo is as it was.";
    }
}

/// Why an edit did not get through.
#[must_use]
pub fn changes_not_saved(why: &UploadFailure) -> String {
    let reason: Cow<'static, str> = match why {
        UploadFailure::Refused {
            refusal: Refusal::Stale,
        } => changed_meanwhile().into(),
        UploadFailure::Refused {
            refusal: Refusal::UploadMissing | Refusal::UploadDiffers,
        }
        | UploadFailure::StoreUnavailable { .. } => edit_not_sent().into(),
        UploadFailure::Refused { refusal } => {
            let Advice { what, next } = explain_refusal(refusal);
            format!("{what}. {next}").into()
        }
        UploadFailure::Unusable {
            kind: Unusable::Unavailable,
        } => edit_tool_silent().into(),
        UploadFailure::Unusable { .. } => edit_impossible().into(),
        UploadFailure::Cancelled => "".into(),
    };
    format!("{} {reason}", edit_failed())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_edit_says_that_the_photo_is_as_it_was_and_what_to_do() {
        for why in [
            UploadFailure::StoreUnavailable { tries: 3 },
            UploadFailure::Refused {
                refusal: Refusal::Stale,
            },
            UploadFailure::Refused {
                refusal: Refusal::PictureFixed,
            },
        ] {
            let said = changes_not_saved(&why);
            assert!(said.contains("the photo is as it was. "), "{said}");
            assert!(said.len() > 80, "{said}");
        }
    }
}
