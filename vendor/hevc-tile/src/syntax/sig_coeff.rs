//! The contexts of `sig_coeff_flag` (§9.3.4.2.5).

use crate::scan::{SUB_BLOCK_SCAN, ScanType};

/// `ctxIdxMap` for `sig_coeff_flag` in a 4×4 transform block (Table 9-39), by raster position.
const SIG_MAP_4X4: [u8; 16] = [0, 1, 4, 5, 2, 3, 4, 5, 6, 6, 8, 8, 7, 7, 8, 8];

/// `sigCtx` before the size and colour offsets, by `prevCsbf` and raster position `(yP << 2) |
/// xP` inside the sub-block (clause 9.3.4.2.5).
const SIG_PATTERN: [[u8; 16]; 4] = [
    [2, 1, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0],
    [2, 2, 2, 2, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    [2, 1, 0, 0, 2, 1, 0, 0, 2, 1, 0, 0, 2, 1, 0, 0],
    [2; 16],
];

/// The table by raster position brought into the order of each scan, so that a bin needs one look-up.
const fn by_scan(table: [u8; 16]) -> [[u8; 16]; 3] {
    let mut ordered = [[0; 16]; 3];
    let mut scan = 0;
    while scan < 3 {
        let mut n = 0;
        while n < 16 {
            ordered[scan][n] = table[SUB_BLOCK_SCAN[scan][n] as usize];
            n += 1;
        }
        scan += 1;
    }
    ordered
}

/// [`SIG_MAP_4X4`] by scan position.
static SIG_SMALL: [[u8; 16]; 3] = by_scan(SIG_MAP_4X4);

/// [`SIG_PATTERN`] by scan position.
static SIG_LARGE: [[[u8; 16]; 3]; 4] = [
    by_scan(SIG_PATTERN[0]),
    by_scan(SIG_PATTERN[1]),
    by_scan(SIG_PATTERN[2]),
    by_scan(SIG_PATTERN[3]),
];

/// Every position shares one context under `transform_skip_context_enabled_flag`.
static SIG_FLAT: [u8; 16] = [0; 16];

/// `sig_coeff_flag` context derivation of one sub-block (clause 9.3.4.2.5).
///
/// Everything fixed across the coefficients of the sub-block is settled once here, leaving one
/// table lookup per coefficient.
pub(super) struct SigCtx {
    /// By scan position.
    pub(super) table: &'static [u8; 16],
    pub(super) add: usize,
    /// Context of the first scan position, where it does not follow the table.
    pub(super) dc: Option<usize>,
}

impl SigCtx {
    pub(super) fn new(
        log2_size: u8,
        luma: bool,
        first: bool,
        prev_csbf: u8,
        scan: ScanType,
        ts_ctx: bool,
    ) -> Self {
        let chroma = if luma { 0 } else { 27 };
        if ts_ctx {
            return Self {
                table: &SIG_FLAT,
                add: if luma { 42 } else { 43 },
                dc: None,
            };
        }
        if log2_size == 2 {
            return Self {
                table: &SIG_SMALL[scan as usize],
                add: chroma,
                dc: None,
            };
        }
        let add = if luma {
            let size = if log2_size == 3 {
                if scan == ScanType::Diagonal { 9 } else { 15 }
            } else {
                21
            };
            usize::from(!first) * 3 + size
        } else {
            chroma + if log2_size == 3 { 9 } else { 12 }
        };
        Self {
            table: &SIG_LARGE[usize::from(prev_csbf & 3)][scan as usize],
            add,
            dc: first.then_some(chroma),
        }
    }
}
