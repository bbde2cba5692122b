//! A person's edit as a script says it. Compiled into both codec modules.

use clinical_images::codec::Unusable;
use clinical_images::picture::Edit;

/// Quarter turns clockwise, and after them `x`, `y`, `width` and `height` of a crop, in pixels of the picture that stands
/// upright and was turned; no numbers leave the picture as it is.
///
/// # Errors
/// [`Unusable::Damaged`] for numbers that the page does not send.
pub fn edit(numbers: &[u32]) -> Result<Edit, Unusable> {
    Edit::from_numbers(numbers).map_err(|fault| Unusable::Damaged {
        detail: fault.to_string(),
    })
}
