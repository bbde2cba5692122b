//! What the record system received is what the GP saw, by other people's decoders: pixels of the committed JPEG against
//! pixels taken out of the Media, the TIFF and the PDF. TIFF is read by `tiff`, PDF by `lopdf`; our own reader of scans
//! has no part in it.

use super::server::{Plan, Server};
use super::test_photo::TestPhoto;
use clinical_images::codec::exif::Orientation;
use clinical_images::codec::finish::Decoded;
use clinical_images::codec::raster::Raster;
use clinical_images::codec::{self, Format, Limits as CodecLimits, Prepared};
use clinical_images::id::PracticeId;
use clinical_images::outbox::OutboxRules;
use clinical_images::picture::{Edit, PictureState};
use clinical_images::record::Target;
use clinical_images::session::{Limits, Scans};
use lopdf::Document;
use std::io::Cursor;
use tiff::decoder::{Decoder, DecodingResult};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;

/// Real photos as phones prepare them: what their JPEGs hold is not known to be easy. The last one's colour is whole.
fn photos() -> [TestPhoto; 3] {
    let prepared = |file: &[u8]| codec::to_jpeg(file, &CodecLimits::default()).unwrap();
    [
        prepared(include_bytes!("../../../tests/fixtures/single.heic")),
        prepared(include_bytes!("../../../tests/fixtures/s444.jpg")),
        thin_lines(),
    ]
    .map(|ready| {
        TestPhoto::of(ready.jpeg).announced(|rendition| {
            (rendition.width, rendition.height) = (ready.width, ready.height);
        })
    })
}

/// Red lines, so thin that the codec does not halve colour.
fn thin_lines() -> Prepared {
    let mut raster = Raster::black(320, 240);
    for (place, pixel) in raster.pixels_mut().iter_mut().enumerate() {
        *pixel = if place % 61 == 0 {
            [200, 20, 20, 255]
        } else {
            [255; 4]
        };
    }
    let drawn = Decoded {
        full: (raster.width, raster.height),
        raster,
        orientation: Orientation::UPRIGHT,
        transparent: false,
        profile: None,
    };
    drawn
        .finish(Format::Png, Edit::default(), &CodecLimits::default())
        .unwrap()
}

/// Size and samples of a JPEG; as they are stored, because that is what TIFF shows.
#[derive(PartialEq, Eq)]
pub struct Pixels {
    pub width: u32,
    pub height: u32,
    pub samples: Vec<u8>,
}

pub fn pixels(jpeg: &[u8]) -> Pixels {
    let options = DecoderOptions::default().jpeg_set_out_colorspace(ColorSpace::YCbCr);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(jpeg), options);
    let samples = decoder.decode().unwrap();
    let (width, height) = decoder.dimensions().unwrap();
    Pixels {
        width: u32::try_from(width).unwrap(),
        height: u32::try_from(height).unwrap(),
        samples,
    }
}

fn pages_of_tiff(document: &[u8]) -> Vec<Pixels> {
    let mut decoder = Decoder::new(Cursor::new(document)).unwrap();
    let mut pages = Vec::new();
    loop {
        let (width, height) = decoder.dimensions().unwrap();
        let DecodingResult::U8(samples) = decoder.read_image().unwrap() else {
            panic!("samples of 8 bits")
        };
        pages.push(Pixels {
            width,
            height,
            samples,
        });
        if !decoder.more_images() {
            return pages;
        }
        decoder.next_image().unwrap();
    }
}

fn pages_of_pdf(document: &[u8]) -> Vec<Pixels> {
    let document = Document::load_mem(document).unwrap();
    let pages = document.get_pages().into_values();
    pages
        .map(|page| {
            let images = document.get_page_images(page).unwrap();
            let [image] = &images[..] else {
                panic!("one picture a page")
            };
            assert_eq!(image.filters, Some(vec!["DCTDecode".to_owned()]));
            assert_eq!(image.color_space.as_deref(), Some("DeviceRGB"));
            let shown = pixels(image.content);
            let size = (i64::from(shown.width), i64::from(shown.height));
            assert_eq!((image.width, image.height), size);
            shown
        })
        .collect()
}

/// Files the photos for these targets; says what the simulator received of each, in the photos' order: the type of its
/// content and its bytes.
async fn received(
    photos: &[TestPhoto],
    targets: &[Target],
    scans: Scans,
) -> Vec<Vec<(String, Vec<u8>)>> {
    let server = Server::with(Plan {
        limits: Limits {
            outbox: OutboxRules {
                targets: targets.to_vec(),
                ..OutboxRules::default()
            },
            ..Limits::default()
        },
        ..Plan::default()
    })
    .await;
    let desk = server.desk().await;
    for photo in photos {
        desk.send(photo).await;
    }
    let ids: Vec<_> = photos.iter().map(TestPhoto::id).collect();
    desk.commit_as(&ids, scans).await.is_fine();
    let mut all = Vec::new();
    for id in ids {
        let state = server.settle(&desk, id).await;
        assert!(matches!(state, PictureState::Filed { .. }), "{state:?}");
        let practice = PracticeId::of_environment();
        let line = server.services.ledger_entry(&practice, id).await;
        let line = line.unwrap().unwrap();
        let mut documents = Vec::new();
        for record in line.records {
            documents.push(server.practice.document(record.id().unwrap()).await);
        }
        all.push(documents);
    }
    all
}

#[tokio::test]
async fn pixels_received_are_the_pixels_that_were_committed() {
    let photos = photos();
    let both = received(&photos, &[Target::Media, Target::ScanTiff], Scans::Separate).await;
    let pdf = received(&photos, &[Target::ScanPdf], Scans::Separate).await;
    for ((photo, both), pdf) in photos.iter().zip(&both).zip(&pdf) {
        let seen = pixels(&photo.bytes);
        let [(media_type, media), (tiff_type, tiff)] = &both[..] else {
            panic!("a Media and a scan")
        };
        let [(pdf_type, pdf)] = &pdf[..] else {
            panic!("a scan")
        };
        assert_eq!(media_type, "image/jpeg");
        assert!(pixels(media) == seen, "Media");
        assert_eq!(tiff_type, "image/tiff");
        assert!(pages_of_tiff(tiff) == [pixels(&photo.bytes)], "TIFF");
        assert_eq!(pdf_type, "application/pdf");
        assert!(pages_of_pdf(pdf) == [seen], "PDF");
    }
}

#[tokio::test]
async fn each_page_of_a_document_of_several_is_its_own_picture() {
    let photos = photos();
    let seen: Vec<Pixels> = photos.iter().map(|photo| pixels(&photo.bytes)).collect();
    assert!(seen[0] != seen[1]);
    for (target, read) in [
        (Target::ScanTiff, pages_of_tiff as fn(&[u8]) -> Vec<Pixels>),
        (Target::ScanPdf, pages_of_pdf),
    ] {
        let received = received(&photos, &[target], Scans::Together).await;
        let [[(_, first)], [(_, second)]] = [&received[0][..], &received[1][..]] else {
            panic!("one scan for each photo")
        };
        assert!(first == second, "the same document");
        assert!(read(first) == seen);
    }
}
