//! Pictures to send: whole JPEGs as far as their markers go.

use clinical_images::digest::Sha256;
use clinical_images::id::PictureId;
use clinical_images::moment::Moment;
use clinical_images::picture::{BodySite, Details, Laterality, Note, Rendition, View};
use clinical_images::ports::Entropy as _;
use clinical_images::session::UploadClaim;
use clinical_server::adapter::system::OsEntropy;

/// A note that must turn up in no log.
pub const NOTE: &str = "Canary-Note: changed over 3 months";

/// A picture on a device, and what is said about it when it is announced.
#[derive(Clone)]
pub struct TestPhoto {
    pub bytes: Vec<u8>,
    pub claim: UploadClaim,
}

impl TestPhoto {
    /// A picture like no other, of the left forearm.
    pub fn new() -> Self {
        Self::of(jpeg(b""))
    }

    /// A picture whose camera left its traces in it.
    pub fn with_exif() -> Self {
        Self::of(jpeg(b"\xff\xe1\x00\x10Exif\0\0GPS-here"))
    }

    /// A picture of about so many bytes.
    #[allow(dead_code, reason = "for the bench")]
    pub fn of_about(bytes: usize) -> Self {
        let mut whole = jpeg(b"");
        let end = whole.split_off(whole.len() - 2);
        whole.resize(bytes.max(whole.len()), 0x55);
        whole.extend(end);
        Self::of(whole)
    }

    /// These bytes, honestly announced as 64 × 48.
    pub fn of(bytes: Vec<u8>) -> Self {
        let rendition = Rendition {
            length: bytes.len() as u64,
            sha256: Sha256::of(&bytes),
            width: 64,
            height: 48,
        };
        let claim = UploadClaim {
            picture: PictureId::from_bits(OsEntropy.bits()),
            rendition,
            taken_at: Moment::from_millis(1_795_222_985_000),
            details: Details {
                site: BodySite::from_code("14975008"),
                laterality: Some(Laterality::Left),
                view: Some(View::CloseUp),
                note: Note::new(NOTE).unwrap(),
            },
        };
        Self { bytes, claim }
    }

    /// The same picture, announced otherwise.
    pub fn announced(mut self, change: impl FnOnce(&mut Rendition)) -> Self {
        change(&mut self.claim.rendition);
        self
    }

    pub fn id(&self) -> PictureId {
        self.claim.picture
    }
}

fn jpeg(extra: &[u8]) -> Vec<u8> {
    let frame = [0xff, 0xc0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0];
    let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
    let own = format!("{:032x}", OsEntropy.bits());
    [
        &[0xff, 0xd8][..],
        extra,
        &frame,
        &scan,
        own.as_bytes(),
        &[0xff, 0xd9],
    ]
    .concat()
}
