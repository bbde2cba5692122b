//! Where the bytes of one picture lie: the revision that counts, the one on its way, and the original.
//!
//! Owns which of a picture's objects are needed, and how sessions stored before pictures had revisions are read. What may
//! begin, arrive or be given up is decided in `decide::pictures` and `decide::revisions`.

use super::{Session, Upload};
use crate::id::PictureId;
use crate::picture::{Edit, ObjectKey, PictureState};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The objects of one picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct Uploads {
    /// The bytes that are shown and filed; `None` until the first have arrived.
    pub current: Option<Upload>,
    /// The bytes that are announced and have not arrived: the picture's first, or a later revision of it.
    pub next: Option<Upload>,
    /// What `next` makes of the original, once it arrives.
    pub next_edit: Edit,
    /// The first bytes that arrived, when `current` is a later revision.
    pub original: Option<Upload>,
    /// How many times bytes were announced for this picture.
    pub attempts: u32,
}

/// The two forms in which a store may hold them.
#[derive(Deserialize)]
#[serde(untagged)]
#[allow(
    clippy::large_enum_variant,
    reason = "it lives for the length of one conversion"
)]
enum Stored {
    /// Before pictures had revisions. Whether it has arrived stands with the picture; see `Session::place_old_uploads`.
    One(Upload),
    Revisions {
        #[serde(default)]
        current: Option<Upload>,
        #[serde(default)]
        next: Option<Upload>,
        #[serde(default)]
        next_edit: Edit,
        #[serde(default)]
        original: Option<Upload>,
        #[serde(default)]
        attempts: u32,
    },
}

impl From<Stored> for Uploads {
    fn from(stored: Stored) -> Self {
        match stored {
            Stored::One(upload) => Self {
                attempts: 1,
                current: Some(upload),
                ..Self::default()
            },
            Stored::Revisions {
                current,
                next,
                next_edit,
                original,
                attempts,
            } => Self {
                current,
                next,
                next_edit,
                original,
                attempts,
            },
        }
    }
}

impl Uploads {
    /// The bytes that are shown; `None` until the first have arrived.
    #[must_use]
    pub const fn shown(&self) -> Option<&Upload> {
        self.current.as_ref()
    }

    /// The first bytes that arrived.
    #[must_use]
    pub fn original(&self) -> Option<&Upload> {
        self.original.as_ref().or(self.current.as_ref())
    }

    /// Every object that the picture needs.
    pub fn all(&self) -> impl Iterator<Item = &Upload> {
        let arrived = self.original.iter().chain(&self.current);
        arrived.chain(&self.next)
    }
}

impl Session {
    /// Pictures and revisions that have a place and whose bytes nobody has spoken for yet.
    pub fn unconfirmed(&self) -> impl Iterator<Item = (PictureId, &Upload)> {
        let uploads = self.uploads.iter();
        uploads.filter_map(|(picture, uploads)| Some((*picture, uploads.next.as_ref()?)))
    }

    /// Every object that this session knows of: those it needs, and those it has yet to delete.
    pub fn objects(&self) -> impl Iterator<Item = &ObjectKey> {
        let needed = self.uploads.values().flat_map(Uploads::all);
        let needed = needed.map(|upload| &upload.key);
        needed.chain(self.pending_deletions.iter().map(|pending| &pending.key))
    }

    /// An upload that was stored without a word about whether it has arrived has, unless its picture is still unconfirmed.
    fn place_old_uploads(&mut self) {
        for picture in &self.view.pictures {
            if picture.state == PictureState::Reserved
                && let Some(uploads) = self.uploads.get_mut(&picture.id)
                && uploads.next.is_none()
            {
                uploads.next = uploads.current.take();
            }
        }
    }
}

impl<'de> Deserialize<'de> for Session {
    fn deserialize<D: Deserializer<'de>>(stored: D) -> Result<Self, D::Error> {
        // The derived function, which `remote` puts beside the trait.
        let mut session = Self::deserialize(stored)?;
        session.place_old_uploads();
        Ok(session)
    }
}

impl Serialize for Session {
    fn serialize<S: Serializer>(&self, store: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, store)
    }
}
