//! Good files, broken in the ways in which files break and in which attackers break them, and files that a fuzzer made of
//! them (`tools/fuzz.sh`): nothing may bring the pipeline down, and whatever comes out is a JPEG within the limits.

use super::all_files;
use super::fixtures::decoded;
use std::path::Path;

/// The rules, which the fuzzer keeps to as well.
#[path = "../../fuzz/src/lib.rs"]
mod rules;

/// Numbers that break lengths, counts and sizes.
const ODD: [u8; 8] = [0x00, 0x01, 0x7F, 0x80, 0xFE, 0xFF, 0x10, 0x40];

/// A small generator of pseudo-random numbers (xorshift), so that a failure can be made again from its seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    /// Breaks a file in one place.
    fn strike(&mut self, file: &mut Vec<u8>, other: &[u8]) {
        // Headers are where the numbers are.
        let reach = if self.roll(2) == 0 {
            file.len().min(400)
        } else {
            file.len()
        };
        let at = self.roll(reach);
        let length = 1 + self.roll(16);
        let end = (at + length).min(file.len());
        match self.roll(7) {
            0 => file[at] ^= 1 << self.roll(8),
            1 => file[at] = ODD[self.roll(ODD.len())],
            2 => file[at..end].fill(ODD[self.roll(ODD.len())]),
            3 => drop(file.drain(at..end)),
            4 => file.extend_from_within(at..end),
            5 => {
                let piece = file[at..end].to_vec();
                let to = self.roll(file.len());
                file.splice(to..to, piece);
            }
            _ => {
                let from = self.roll(other.len());
                let piece = &other[from..(from + length * 8).min(other.len())];
                file.splice(at..end, piece.iter().copied());
            }
        }
        if file.is_empty() {
            file.push(0);
        }
    }
}

/// What must hold for any bytes at all; that another decoder reads what comes out, too.
fn rules_hold(bytes: &[u8]) {
    rules::sniffed(bytes);
    rules::planned(bytes);
    if let Some(prepared) = rules::prepared(bytes) {
        let seen = decoded(&prepared.jpeg);
        assert_eq!((seen.width, seen.height), (prepared.width, prepared.height));
    }
}

/// The files by which the fuzzer reaches everything that it has reached, with their names.
fn corpus() -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let mut files = Vec::new();
    for target in ["sniff", "heic", "to_jpeg"] {
        let before = files.len();
        for entry in std::fs::read_dir(folder.join(target)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy();
            files.push((format!("{target}/{name}"), std::fs::read(&path).unwrap()));
        }
        assert!(files.len() > before, "there is a corpus of {target}");
    }
    // A folder has no order of its own, and a failure must be made again from its seed.
    files.sort();
    files
}

/// By turns a good file and one of the fuzzer's, of which most are refused early.
fn mutate(rounds: usize, seed: u64) {
    let good = all_files().into_iter().map(|(.., file)| file);
    let good: Vec<Vec<u8>> = good.filter(|file| file.len() < 40_000).collect();
    let learnt: Vec<Vec<u8>> = corpus().into_iter().map(|(_, file)| file).collect();
    let mut dice = Dice(seed);
    for round in 0..rounds {
        let pool = if round % 2 == 0 { &good } else { &learnt };
        let mut file = pool[round / 2 % pool.len()].clone();
        let other = &good[dice.roll(good.len())];
        for _ in 0..=dice.roll(4) {
            dice.strike(&mut file, other);
        }
        let outcome = std::panic::catch_unwind(|| rules_hold(&file));
        assert!(
            outcome.is_ok(),
            "round {round} of seed {seed}: {} bytes",
            file.len()
        );
    }
}

#[test]
fn the_files_of_the_fuzzer_bring_nothing_down() {
    for (name, file) in corpus() {
        let outcome = std::panic::catch_unwind(|| rules_hold(&file));
        assert!(outcome.is_ok(), "{name}");
    }
}

#[test]
fn a_few_hundred_broken_files_bring_nothing_down() {
    mutate(400, 0x9E37_79B9_7F4A_7C15);
}

#[test]
#[ignore = "minutes; ./test --long runs it"]
fn many_broken_files_bring_nothing_down() {
    for seed in 1..=120_u64 {
        mutate(2_000, seed.wrapping_mul(0x2545_F491_4F6C_DD1D));
    }
}
