//! Slice segment data: coding tree units, coding units, transform trees and residuals
//! (H.265 §7.3.8), decoded with CABAC (context selection in §9.3.4.2).
//!
//! This module only *parses*: decoded blocks are handed to a [`Sink`], which will perform the
//! reconstruction (prediction, inverse transform, filters). Parsing still needs a few derived
//! values that depend on previously decoded blocks: intra prediction modes (for the most
//! probable mode list and the coefficient scan order), coding tree depths (for contexts),
//! and luma QPs (prediction of the QP from neighbours).

mod coding_quadtree;
mod coding_unit;
mod intra_mode;
mod qp;
mod residual;
mod sao;
mod sig_coeff;
mod sink;
mod slice_segment_data;
mod transform_tree;

pub use sink::{CodingUnit, Level, SaoParams, Sink, TransformBlock};

use crate::Error;
use crate::cabac::{ArithmeticDecoder, ContextModel};
use crate::contexts::Contexts;
use crate::params::{Pps, Sps};
use crate::scan::CtbLayout;
use crate::slice::SliceHeader;

/// Per-picture parsing state, shared by all slice segments of a picture.
#[derive(Debug)]
pub struct Picture<'a> {
    /// Active SPS.
    pub sps: &'a Sps,
    /// Active PPS.
    pub pps: &'a Pps,
    /// CTB scan conversions and tiles.
    pub layout: CtbLayout,
    /// SAO parameters per CTB (raster order).
    pub sao: Vec<SaoParams>,
    /// Number of CTBs decoded so far.
    pub decoded_ctbs: u32,
    // Grids at 4×4 luma granularity.
    w4: usize,
    /// `SliceAddrRs` of the slice that decoded each 4×4 block (`u32::MAX` = not decoded yet).
    slice_addr: Vec<u32>,
    ct_depth: Vec<u8>,
    intra_mode: Vec<u8>,
    pcm: Vec<bool>,
    qp_y: Vec<i8>,
    wpp_saved: Option<Contexts>,
    ds_saved: Option<Contexts>,
    slice_addr_rs: u32,
    /// `QpY` of the last coding unit, carried to dependent slice segments.
    last_qp_y: i32,
}

impl<'a> Picture<'a> {
    /// Creates the state for a new picture.
    pub fn new(sps: &'a Sps, pps: &'a Pps) -> Self {
        let layout = CtbLayout::new(sps, pps);
        let w4 = sps.pic_width_in_luma_samples.div_ceil(4) as usize;
        let h4 = sps.pic_height_in_luma_samples.div_ceil(4) as usize;
        let n = w4 * h4;
        Self {
            sao: vec![SaoParams::default(); (layout.width * layout.height) as usize],
            layout,
            sps,
            pps,
            decoded_ctbs: 0,
            w4,
            slice_addr: vec![u32::MAX; n],
            ct_depth: vec![0; n],
            intra_mode: vec![1; n],
            pcm: vec![false; n],
            qp_y: vec![0; n],
            wpp_saved: None,
            ds_saved: None,
            slice_addr_rs: 0,
            last_qp_y: 0,
        }
    }

    /// Whether all CTBs of the picture have been decoded.
    pub fn is_complete(&self) -> bool {
        self.decoded_ctbs == self.layout.width * self.layout.height
    }

    fn idx(&self, x: u32, y: u32) -> usize {
        (y as usize >> 2) * self.w4 + (x as usize >> 2)
    }

    fn ctb_rs(&self, x: u32, y: u32) -> u32 {
        let l = self.sps.log2_ctb_size;
        (y >> l) * self.layout.width + (x >> l)
    }

    /// Availability of a neighbouring luma position (§6.4.1): inside the picture, already
    /// decoded, in the same slice and the same tile.
    fn available(&self, x: u32, y: u32, xn: i64, yn: i64) -> bool {
        if xn < 0
            || yn < 0
            || xn >= i64::from(self.sps.pic_width_in_luma_samples)
            || yn >= i64::from(self.sps.pic_height_in_luma_samples)
        {
            return false;
        }
        let (xn, yn) = (xn as u32, yn as u32);
        self.slice_addr[self.idx(xn, yn)] == self.slice_addr_rs
            && self.layout.tile_of_rs(self.ctb_rs(xn, yn))
                == self.layout.tile_of_rs(self.ctb_rs(x, y))
    }

    fn fill<T: Copy>(
        grid_sel: fn(&mut Self) -> &mut Vec<T>,
        pic: &mut Self,
        x: u32,
        y: u32,
        size: u32,
        v: T,
    ) {
        let (w4, x4, y4, n4) = (
            pic.w4,
            x as usize >> 2,
            y as usize >> 2,
            (size as usize).div_ceil(4),
        );
        let h4 = pic.slice_addr.len() / w4;
        let grid = grid_sel(pic);
        for yy in y4..(y4 + n4).min(h4) {
            let row = yy * w4;
            for xx in x4..(x4 + n4).min(w4) {
                grid[row + xx] = v;
            }
        }
    }
}

/// Result of parsing a slice segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SliceStats {
    /// Number of CTUs in the slice segment.
    pub ctus: u32,
    /// Byte position (in the slice data) right after the final `end_of_slice_segment_flag`.
    pub end_position: usize,
}

/// Parses the data of one slice segment. `data` is the RBSP after the slice header.
pub fn decode_slice_segment(
    pic: &mut Picture<'_>,
    header: &SliceHeader,
    slice_qp_y: i32,
    data: &[u8],
    sink: &mut impl Sink,
) -> Result<SliceStats, Error> {
    if pic.sps.range_extension.extended_precision_processing_flag {
        return Err(Error::Unimplemented(
            "range extension tools: extended precision processing",
        ));
    }
    let (sps, pps) = (pic.sps, pic.pps);
    let mut p = Parser {
        sps,
        pps,
        pic,
        data,
        pos: 0,
        engine: ArithmeticDecoder::new(data)?,
        ctx: Contexts::new(slice_qp_y),
        slice_qp_y,
        qp_bd_offset: 6 * (i32::from(sps.bit_depth_luma) - 8),
        is_cu_qp_delta_coded: false,
        cu_qp_delta_val: 0,
        is_cu_chroma_qp_offset_coded: false,
        cu_qp_offset: (0, 0),
        qp_y_pred: slice_qp_y,
        last_qp_y: slice_qp_y,
        first_qg_in_substream: true,
        current_qg: None,
        cu_transquant_bypass: false,
        levels: Box::new([Level::default(); 32 * 32]),
        level_count: 0,
        coeff_bounds: (0, 0),
        sao_luma: header.slice_sao_luma_flag,
        sao_chroma: header.slice_sao_chroma_flag,
        cu_chroma_qp_offset_enabled: header.cu_chroma_qp_offset_enabled_flag,
    };
    if header.dependent_slice_segment_flag {
        // QP prediction continues across the segments of a slice (§8.6.1).
        p.first_qg_in_substream = false;
        p.last_qp_y = p.pic.last_qp_y;
    }
    let stats = p.run(header, sink);
    p.pic.last_qp_y = p.last_qp_y;
    stats
}

struct Parser<'p, 'a> {
    pic: &'p mut Picture<'a>,
    sps: &'a Sps,
    pps: &'a Pps,
    data: &'p [u8],
    /// Start of the current substream in `data`.
    pos: usize,
    engine: ArithmeticDecoder<'p>,
    ctx: Contexts,
    slice_qp_y: i32,
    qp_bd_offset: i32,
    is_cu_qp_delta_coded: bool,
    cu_qp_delta_val: i32,
    is_cu_chroma_qp_offset_coded: bool,
    cu_qp_offset: (i8, i8),
    qp_y_pred: i32,
    last_qp_y: i32,
    first_qg_in_substream: bool,
    /// Top-left corner of the current quantization group.
    current_qg: Option<(u32, u32)>,
    cu_transquant_bypass: bool,
    /// The coefficients found by the last `residual_coding`: the first `level_count`.
    levels: Box<[Level; 32 * 32]>,
    level_count: usize,
    /// Columns and rows that contain them.
    coeff_bounds: (u8, u8),
    sao_luma: bool,
    sao_chroma: bool,
    cu_chroma_qp_offset_enabled: bool,
}

/// Helpers to decode bins with a context index.
impl Parser<'_, '_> {
    #[inline(always)]
    fn bin(&mut self, i: usize) -> u8 {
        let c: &mut ContextModel = &mut self.ctx[i];
        self.engine.decode(c)
    }

    #[inline(always)]
    fn flag(&mut self, i: usize) -> bool {
        self.bin(i) == 1
    }

    #[inline(always)]
    fn bypass(&mut self) -> u8 {
        self.engine.decode_bypass()
    }

    /// Truncated unary bypass value with maximum `c_max`.
    fn tr_bypass(&mut self, c_max: u32) -> u32 {
        let mut v = 0;
        while v < c_max && self.bypass() == 1 {
            v += 1;
        }
        v
    }

    /// k-th order Exp-Golomb bypass value (§9.3.3.3).
    fn eg_bypass(&mut self, mut k: u32) -> Result<u32, Error> {
        let mut abs = 0u32;
        while self.bypass() == 1 {
            abs = abs
                .checked_add(1 << k)
                .ok_or(Error::Invalid("Exp-Golomb bypass overflow"))?;
            k += 1;
            if k > 31 {
                return Err(Error::Invalid("Exp-Golomb bypass too long"));
            }
        }
        Ok(abs + self.engine.decode_bypass_bits(k))
    }
}
