//! What a person changes about the pixels of a picture: quarter turns, then a crop.
//!
//! An edit always describes the way from the *original*, the first bytes of a picture that arrived, to what is shown. A
//! later edit replaces an earlier one, so that no picture is ever made from one that was made before. Drawn marks and blur
//! have no field here until something can draw them.

use serde::{Deserialize, Serialize};

/// Turns, and then a crop. The default leaves the original as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Edit {
    turns: Turns,
    crop: Option<Crop>,
}

/// Quarter turns clockwise, 0 to 3.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
struct Turns(u8);

impl From<Turns> for u8 {
    fn from(turns: Turns) -> Self {
        turns.0
    }
}

impl TryFrom<u8> for Turns {
    type Error = BadEdit;

    fn try_from(turns: u8) -> Result<Self, BadEdit> {
        if turns < 4 {
            Ok(Self(turns))
        } else {
            Err(BadEdit::Turns)
        }
    }
}

/// The part of a picture that is kept, in pixels of the upright original after its turns. The first column and row are 0.
/// Each side has [`Crop::LEAST_SIDE`] pixels or more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Area", into = "Area")]
pub struct Crop(Area);

/// A rectangle of pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Area {
    /// Pixels between the left edge and this area.
    pub x: u32,
    /// Pixels between the upper edge and this area.
    pub y: u32,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
}

impl Area {
    /// Whether all of it lies in a picture of this width and height.
    #[must_use]
    pub const fn fits(self, (width, height): (u32, u32)) -> bool {
        let right = self.x.checked_add(self.width);
        let bottom = self.y.checked_add(self.height);
        matches!((right, bottom), (Some(right), Some(bottom)) if right <= width && bottom <= height)
    }

    /// The same part of the picture after one more quarter turn clockwise of a picture that is `height` high before it.
    const fn turned_once(self, height: u32) -> Self {
        Self {
            x: height.saturating_sub(self.y).saturating_sub(self.height),
            y: self.x,
            width: self.height,
            height: self.width,
        }
    }
}

/// Why something is not an edit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadEdit {
    /// More than three quarter turns.
    #[error("an edit has 0 to 3 quarter turns")]
    Turns,
    /// A side of the crop is too short.
    #[error("a crop has {} pixels or more on each side", Crop::LEAST_SIDE)]
    TooSmall,
    /// A part of the crop lies outside the picture.
    #[error("a crop lies inside its picture")]
    Outside,
}

impl Crop {
    /// The fewest pixels of a side. Less shows nothing of use, and is more likely a slip of the hand.
    pub const LEAST_SIDE: u32 = 32;

    /// The crop to this area of a picture of this width and height, which is the original after its turns.
    ///
    /// # Errors
    /// [`BadEdit::TooSmall`] or [`BadEdit::Outside`].
    pub fn new(area: Area, picture: (u32, u32)) -> Result<Self, BadEdit> {
        let crop = Self::try_from(area)?;
        if area.fits(picture) {
            Ok(crop)
        } else {
            Err(BadEdit::Outside)
        }
    }

    /// Which pixels are kept.
    #[must_use]
    pub const fn area(self) -> Area {
        self.0
    }
}

impl From<Crop> for Area {
    fn from(crop: Crop) -> Self {
        crop.0
    }
}

/// What can be said without knowing the picture; [`Edit::size_of`] says the rest.
impl TryFrom<Area> for Crop {
    type Error = BadEdit;

    fn try_from(area: Area) -> Result<Self, BadEdit> {
        if area.width < Self::LEAST_SIDE || area.height < Self::LEAST_SIDE {
            return Err(BadEdit::TooSmall);
        }
        if area.fits((u32::MAX, u32::MAX)) {
            Ok(Self(area))
        } else {
            Err(BadEdit::Outside)
        }
    }
}

impl Edit {
    /// So many quarter turns clockwise, and no crop.
    #[must_use]
    pub const fn of_turns(quarter_turns: u8) -> Self {
        Self {
            turns: Turns(quarter_turns % 4),
            crop: None,
        }
    }

    /// Quarter turns clockwise, 0 to 3.
    #[must_use]
    pub const fn turns(self) -> u8 {
        self.turns.0
    }

    /// The part that is kept, unless it is all.
    #[must_use]
    pub const fn crop(self) -> Option<Crop> {
        self.crop
    }

    /// Whether it leaves the original as it is.
    #[must_use]
    pub const fn changes_nothing(self) -> bool {
        self.turns.0 == 0 && self.crop.is_none()
    }

    /// The same with this crop instead of another, or with none.
    #[must_use]
    pub const fn with_crop(self, crop: Option<Crop>) -> Self {
        Self {
            turns: self.turns,
            crop,
        }
    }

    /// The edit whose result is this one's, turned by so many quarters more. `original` is the original's width and height.
    #[must_use]
    pub fn turned(self, quarter_turns: u8, original: (u32, u32)) -> Self {
        let mut edit = self;
        for _ in 0..quarter_turns % 4 {
            let (_, height) = edit.turned_size(original);
            edit.crop = edit.crop.map(|crop| Crop(crop.0.turned_once(height)));
            edit.turns = Turns((edit.turns.0 + 1) % 4);
        }
        edit
    }

    /// Width and height of the original after the turns, before the crop.
    #[must_use]
    pub const fn turned_size(self, (width, height): (u32, u32)) -> (u32, u32) {
        if self.turns.0 % 2 == 1 {
            (height, width)
        } else {
            (width, height)
        }
    }

    /// Width and height of what it makes of an original of this width and height; `None` when the crop does not lie in it.
    #[must_use]
    pub fn size_of(self, original: (u32, u32)) -> Option<(u32, u32)> {
        let turned = self.turned_size(original);
        match self.crop {
            None => Some(turned),
            Some(Crop(area)) => area.fits(turned).then_some((area.width, area.height)),
        }
    }
}

/// As a few numbers, for workers: the quarter turns, and after them `x`, `y`, `width` and `height` of the crop if there is one.
impl Edit {
    /// These numbers.
    #[must_use]
    pub fn numbers(self) -> Vec<u32> {
        let turns = u32::from(self.turns.0);
        match self.crop {
            None => vec![turns],
            Some(Crop(area)) => vec![turns, area.x, area.y, area.width, area.height],
        }
    }

    /// The edit that these numbers say; none at all leave the original as it is.
    ///
    /// # Errors
    /// [`BadEdit`] when they say none.
    pub fn from_numbers(numbers: &[u32]) -> Result<Self, BadEdit> {
        let (&turns, crop) = numbers.split_first().unwrap_or((&0, &[]));
        let turns = u8::try_from(turns).map_err(|_| BadEdit::Turns)?;
        let crop = match *crop {
            [] => None,
            [x, y, width, height] => Some(Crop::try_from(Area {
                x,
                y,
                width,
                height,
            })?),
            _ => return Err(BadEdit::Outside),
        };
        Ok(Self {
            turns: turns.try_into()?,
            crop,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(x: u32, y: u32, width: u32, height: u32) -> Area {
        Area {
            x,
            y,
            width,
            height,
        }
    }

    #[test]
    fn a_crop_lies_inside_its_picture_and_is_large_enough_to_see() {
        let picture = (640, 480);
        for inside in [area(0, 0, 640, 480), area(608, 448, 32, 32)] {
            assert_eq!(Crop::new(inside, picture).unwrap().area(), inside);
        }
        for (outside, why) in [
            (area(0, 0, 31, 480), BadEdit::TooSmall),
            (area(0, 0, 640, 0), BadEdit::TooSmall),
            (area(1, 0, 640, 480), BadEdit::Outside),
            (area(0, 449, 32, 32), BadEdit::Outside),
            (area(u32::MAX, 0, 32, 32), BadEdit::Outside),
        ] {
            assert_eq!(Crop::new(outside, picture), Err(why), "{outside:?}");
        }
    }

    #[test]
    fn an_edit_that_says_too_much_is_not_read() {
        let read = serde_json::from_str::<Edit>;
        let whole = r#"{"turns":1,"crop":{"x":1,"y":2,"width":40,"height":50}}"#;
        assert_eq!(serde_json::to_string(&read(whole).unwrap()).unwrap(), whole);
        assert_eq!(read("{}").unwrap(), Edit::default());
        for wrong in [
            r#"{"turns":4}"#,
            r#"{"turns":-1}"#,
            r#"{"crop":{"x":0,"y":0,"width":31,"height":40}}"#,
            r#"{"crop":{"x":4294967295,"y":0,"width":40,"height":40}}"#,
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_edit_goes_to_a_worker_and_back() {
        let crop = Crop::new(area(1, 2, 40, 50), (640, 480)).unwrap();
        for edit in [
            Edit::default(),
            Edit::of_turns(3),
            Edit::of_turns(1).with_crop(Some(crop)),
        ] {
            assert_eq!(Edit::from_numbers(&edit.numbers()), Ok(edit));
        }
        assert_eq!(Edit::from_numbers(&[]), Ok(Edit::default()));
        for wrong in [
            &[4][..],
            &[300],
            &[0, 1],
            &[0, 1, 2, 3, 40],
            &[0, 1, 2, 40, 50, 6],
        ] {
            assert!(Edit::from_numbers(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_crop_turns_with_its_picture() {
        let original = (640, 480);
        let crop = Crop::new(area(10, 20, 100, 50), original).unwrap();
        let edit = Edit::default().with_crop(Some(crop));
        let seen: Vec<Area> = (0..4)
            .map(|turns| edit.turned(turns, original).crop().unwrap().area())
            .collect();
        assert_eq!(
            seen,
            [
                area(10, 20, 100, 50),
                area(410, 10, 50, 100),
                area(530, 410, 100, 50),
                area(20, 530, 50, 100),
            ]
        );
        assert_eq!(edit.turned(1, original).turned(3, original), edit);
        assert_eq!(edit.turned(1, original).size_of(original), Some((50, 100)));
    }

    #[test]
    fn the_size_of_a_result_is_known_beforehand() {
        let crop = Crop::new(area(0, 0, 480, 600), (480, 640)).unwrap();
        let turned = Edit::of_turns(5);
        assert_eq!(turned, Edit::of_turns(1));
        assert_eq!(turned.size_of((640, 480)), Some((480, 640)));
        assert_eq!(
            turned.with_crop(Some(crop)).size_of((640, 480)),
            Some((480, 600))
        );
        assert_eq!(turned.with_crop(Some(crop)).size_of((480, 640)), None);
    }
}
