//! Prepares picture files natively, as the codec worker does in a browser: `prepare FILE…` prints size, quality, digest and
//! time of each; `prepare --out DIR FILE…` also writes the JPEGs there.
#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]

use clinical_images::codec::{Limits, to_jpeg};
use clinical_images::digest::Sha256;
use std::path::PathBuf;
use std::time::Instant;

fn main() {
    let mut files: Vec<String> = std::env::args().skip(1).collect();
    let mut folder = None;
    if files.first().is_some_and(|word| word == "--out") {
        let rest = files.split_off(2);
        folder = files.pop().map(PathBuf::from);
        files = rest;
    }
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let began = Instant::now();
        match to_jpeg(&bytes, &Limits::default()) {
            Ok(picture) => {
                let (ms, digest) = (began.elapsed().as_millis(), Sha256::of(&picture.jpeg));
                let (width, height) = (picture.width, picture.height);
                println!(
                    "{file}: {width} x {height}, quality {}, {} bytes, {ms} ms, {digest}",
                    picture.quality,
                    picture.jpeg.len()
                );
                if let Some(folder) = &folder {
                    let mut name = PathBuf::from(&file).file_name().unwrap().to_owned();
                    name.push(".jpg");
                    std::fs::write(folder.join(name), &picture.jpeg).unwrap();
                }
            }
            Err(refusal) => println!("{file}: {}", refusal.to_json()),
        }
    }
}
