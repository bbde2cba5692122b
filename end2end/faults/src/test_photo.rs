//! Pictures to send: whole JPEGs as far as their markers go, no two alike.

use clinical_images::digest::Sha256;
use clinical_images::id::PictureId;
use clinical_images::moment::Moment;
use clinical_images::picture::{BodySite, Details, Laterality, Rendition, View};
use clinical_images::session::UploadClaim;
use fastrand::Rng;

/// Pixels of every picture, as its markers say.
const SIZE: (u8, u8) = (64, 48);

/// A picture on a device, and what is said about it when it is announced.
#[derive(Clone, Debug)]
pub(crate) struct TestPhoto {
    pub(crate) bytes: Vec<u8>,
    pub(crate) claim: UploadClaim,
}

impl TestPhoto {
    /// A picture like no other, ready for a commit.
    pub(crate) fn new(rng: &mut Rng) -> Self {
        let bytes = jpeg(rng);
        let rendition = Rendition {
            length: bytes.len() as u64,
            sha256: Sha256::of(&bytes),
            width: SIZE.0.into(),
            height: SIZE.1.into(),
        };
        let claim = UploadClaim {
            picture: PictureId::from_bits(rng.u128(..)),
            rendition,
            taken_at: Moment::from_millis(1_795_222_985_000),
            details: Details {
                site: BodySite::from_code("14975008"),
                laterality: Some(Laterality::Left),
                view: Some(View::CloseUp),
                ..Details::default()
            },
        };
        Self { bytes, claim }
    }

    pub(crate) fn id(&self) -> PictureId {
        self.claim.picture
    }
}

/// A start, a frame, a scan of 1 to 40 kB of hexadecimal digits, an end.
fn jpeg(rng: &mut Rng) -> Vec<u8> {
    let frame = [0xff, 0xc0, 0, 11, 8, 0, SIZE.1, 0, SIZE.0, 1, 1, 0x11, 0];
    let scan = [0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0];
    let mut bytes = [&[0xff, 0xd8][..], &frame, &scan].concat();
    for _ in 0..rng.u64(32..=1280) {
        bytes.extend(format!("{:032x}", rng.u128(..)).bytes());
    }
    bytes.extend([0xff, 0xd9]);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use clinical_images::picture::jpeg::read_header;

    #[test]
    fn the_product_reads_a_picture_as_what_it_is_announced() {
        let photo = TestPhoto::new(&mut Rng::with_seed(1));
        let header = read_header(&photo.bytes).unwrap();
        let rendition = photo.claim.rendition;
        assert_eq!(
            (header.width, header.height),
            (rendition.width, rendition.height)
        );
        assert!(!header.has_metadata);
    }
}
