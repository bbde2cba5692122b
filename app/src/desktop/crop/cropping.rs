//! A crop that is being chosen: which part of the turned original is framed, and the edit that comes of it.

use super::geometry::{Grip, dragged};
use clinical_images::id::PictureId;
use clinical_images::picture::{Area, Crop, Edit, Picture};

/// A crop that is being chosen.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::desktop) struct Cropping {
    /// Of which picture.
    pub(super) picture: PictureId,
    /// Where its original can be read.
    pub(super) path: String,
    /// Width and height of the original.
    pub(super) original: (u32, u32),
    /// The turns that stay, and the crop as it was before.
    pub(super) edit: Edit,
    /// What is framed now, in pixels of the original after the turns.
    pub(super) area: Area,
}

impl Cropping {
    /// Frames what is shown of a picture now. Nothing for a picture that is too small to be cropped.
    pub(in crate::desktop) fn of(picture: &Picture, edit: Edit, path: String) -> Option<Self> {
        let original = (picture.original().width, picture.original().height);
        let (width, height) = edit.turned_size(original);
        let whole = Area {
            x: 0,
            y: 0,
            width,
            height,
        };
        (width.min(height) >= Crop::LEAST_SIDE).then(|| Self {
            picture: picture.id,
            path,
            original,
            edit,
            area: edit.crop().map_or(whole, Crop::area),
        })
    }

    pub(super) fn size(&self) -> (u32, u32) {
        self.edit.turned_size(self.original)
    }

    /// The edit with what is framed; with no crop when that is all.
    pub(super) fn chosen(&self) -> Edit {
        let (width, height) = self.size();
        let all = (self.area.width, self.area.height) == (width, height);
        let crop = Crop::new(self.area, (width, height));
        self.edit.with_crop(crop.ok().filter(|_| !all))
    }

    /// How the original is to be laid so that it stands as it was turned: an SVG transform.
    pub(super) fn transform(&self) -> String {
        let (width, height) = self.original;
        match self.edit.turns() {
            1 => format!("matrix(0 1 -1 0 {height} 0)"),
            2 => format!("matrix(-1 0 0 -1 {width} {height})"),
            3 => format!("matrix(0 -1 1 0 0 {width})"),
            _ => String::new(),
        }
    }

    pub(super) fn change(&mut self, grip: Grip, by: (i64, i64)) {
        self.area = dragged(self.area, grip, by, self.size());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::digest::Sha256;
    use clinical_images::moment::Moment;
    use clinical_images::picture::{Details, PictureState, Rendition, Source};

    fn picture(width: u32, height: u32) -> Picture {
        Picture {
            id: PictureId::from_bits(5),
            source: Source::Desktop,
            taken_at: Moment::from_millis(0),
            rendition: Rendition {
                length: 1000,
                sha256: Sha256::of(b"picture"),
                width,
                height,
            },
            edited: None,
            revising: false,
            details: Details::default(),
            state: PictureState::Ready,
            page: None,
            revision: 1,
        }
    }

    #[test]
    fn a_frame_begins_around_all_of_the_turned_picture_and_all_of_it_is_no_crop() {
        let edit = Edit::of_turns(1);
        let mut cropping = Cropping::of(&picture(640, 480), edit, String::new()).unwrap();
        assert_eq!((cropping.area.width, cropping.area.height), (480, 640));
        assert_eq!(cropping.chosen(), edit);
        cropping.change(Grip::Edges(1, 1), (-100, -40));
        let crop = cropping.chosen().crop().unwrap().area();
        assert_eq!((crop.x, crop.y, crop.width, crop.height), (0, 0, 380, 600));
    }

    #[test]
    fn a_picture_that_is_too_small_is_not_cropped() {
        assert_eq!(
            Cropping::of(&picture(640, 31), Edit::default(), String::new()),
            None
        );
    }

    #[test]
    fn a_turned_original_lies_where_the_crop_counts() {
        // Where the corner (0, 0) of the original comes to lie.
        for (turns, at) in [(1, (480, 0)), (2, (640, 480)), (3, (0, 640))] {
            let cropping = Cropping::of(&picture(640, 480), Edit::of_turns(turns), String::new());
            let transform = cropping.unwrap().transform();
            let end = format!("{} {})", at.0, at.1);
            assert!(transform.ends_with(&end), "{transform}");
        }
    }
}
