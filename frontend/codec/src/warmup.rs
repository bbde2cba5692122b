//! Warm-up: prepares made-up pictures as photos are prepared, and drops them.
//!
//! `public/codec-worker/warmup.js` calls these and says why. Each returns whether a picture came of it.

use super::Job;
use super::picture::Picture;
use clinical_images::codec::coded::Coded;
use clinical_images::codec::colour::Profile;
use clinical_images::codec::exif::Orientation;
use clinical_images::codec::finish::Decoded;
use clinical_images::codec::raster::{Order, Raster};
use clinical_images::codec::share::{Cut, Share, joined};
use clinical_images::codec::{Format, Limits, resize};
use clinical_images::picture::Edit;
use wasm_bindgen::prelude::*;

/// Small enough to cost a few milliseconds, large enough that rows are work.
const WIDTH: u32 = 252;
const HEIGHT: u32 = 189;
const LONG_SIDE: u32 = 240;

/// Prepares what a browser gives of an iPhone's photo, and of a photo without a profile.
#[wasm_bindgen(js_name = warmUpPhoto)]
pub fn warm_up_photo() -> bool {
    let pixel = |at: u32| {
        let (x, y) = (at % WIDTH, at / WIDTH);
        // Grain, so that there is something to code.
        let grain = at.wrapping_mul(2_654_435_761) >> 28;
        [60 + grain, x / 2 + grain, y + grain, 255].map(|value| value as u8)
    };
    let raster = Raster {
        width: WIDTH,
        height: HEIGHT,
        rgba: (0..WIDTH * HEIGHT).flat_map(pixel).collect(),
        order: Order::BlueFirst,
    };
    let display_p3 = Profile::CodePoints {
        primaries: 12,
        transfer: 13,
    };
    let decoded = Decoded {
        raster,
        full: (WIDTH, HEIGHT),
        orientation: Orientation::UPRIGHT,
        transparent: false,
        profile: Some(display_p3),
    };
    let limits = Limits {
        long_side: LONG_SIDE,
        ..Limits::default()
    };
    made_in_shares(&decoded.raster).is_some()
        && decoded
            .finish(Format::Jpeg, Edit::default(), &limits)
            .is_ok_and(|prepared| Picture::from(prepared).width() == limits.long_side)
}

/// What becomes of a photo without a profile.
fn made_in_shares(picture: &Raster) -> Option<Coded> {
    let cut = Cut {
        full: (picture.width, picture.height),
        small: resize::size_within(picture.width, picture.height, LONG_SIDE),
        parts: 1,
        transparent: false,
    };
    let mut share = Share::new(cut, 0);
    let row = picture.width as usize * 4;
    while !share.next().is_empty() {
        let rows = share.next();
        let pixels = &picture.rgba[rows.start as usize * row..rows.end as usize * row];
        share.room(picture.order).copy_from_slice(pixels);
        share.take().ok()?;
    }
    joined(vec![share.finish().ok()?])
}

/// Prepares a HEIC file of one small tile.
#[wasm_bindgen(js_name = warmUpTile)]
pub fn warm_up_tile() -> bool {
    const FILE: &[u8] = include_bytes!("../../../tests/fixtures/o1.heic");
    let prepared = Job::of(FILE.to_vec(), Edit::default(), Limits::default())
        .ok()
        .and_then(|mut job| {
            job.read().ok()?;
            job.decode(0).ok()?;
            job.finish(None).ok()
        });
    prepared.is_some()
}
