//! What the desktop says about editing a picture.

use crate::text::problem::{Advice, explain_refusal};
use clinical_images::refusal::Refusal;
use clinical_images::upload::{Unusable, UploadFailure};

/// What the buttons are called together.
pub const EDIT: &str = "Edit";
/// A quarter turn clockwise.
pub const ROTATE: &str = "Rotate";
/// Chooses a part of the picture.
pub const CROP: &str = "Crop";
/// Back to the picture as it arrived.
pub const ORIGINAL: &str = "Original";
/// While an edit is on its way.
pub const SAVING_CHANGES: &str = "Saving changes";
/// After an edit did not get through.
pub const CHANGES_NOT_SAVED: &str = "Changes not saved";
/// Gives up an edit that did not get through.
pub const KEEP_AS_IT_IS: &str = "Keep as it is";
/// The picture with the frame.
pub const CROP_STAGE: &str = "Crop frame";
/// How it is worked.
pub const CROP_HINT: &str = "Drag the frame or its handles. Arrow keys move it, with Shift they change its size. Enter applies, Escape cancels.";
/// When a crop cannot go on.
pub const CROP_CLOSED: &str =
    "This photo has changed meanwhile. Look at it, and crop it again if you still want to.";
/// Makes the crop.
pub const APPLY_CROP: &str = "Apply";
/// Pixels left of the frame.
pub const CROP_X: &str = "Left";
/// Pixels above the frame.
pub const CROP_Y: &str = "Top";
/// Pixels across.
pub const CROP_WIDTH: &str = "Width";
/// Pixels down.
pub const CROP_HEIGHT: &str = "Height";

/// Why an edit did not get through.
#[must_use]
pub fn changes_not_saved(why: &UploadFailure) -> String {
    let reason: String = match why {
        UploadFailure::Refused {
            refusal: Refusal::Stale,
        } => "Somebody else has changed it meanwhile. Look at it, and try again if you still want to.".into(),
        UploadFailure::Refused {
            refusal: Refusal::UploadMissing | Refusal::UploadDiffers,
        }
        | UploadFailure::StoreUnavailable { .. } => "Check the connection and try again.".into(),
        UploadFailure::Refused { refusal } => {
            let Advice { what, next } = explain_refusal(refusal);
            format!("{what}. {next}")
        }
        UploadFailure::Unusable {
            kind: Unusable::Unavailable,
        } => "The photo tool does not answer. Check the connection and try again.".into(),
        UploadFailure::Unusable { .. } => "Its original could not be edited. Take the photo again.".into(),
        UploadFailure::Cancelled => String::new(),
    };
    format!("The changes were not saved, and the photo is as it was. {reason}")
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
