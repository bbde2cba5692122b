//! What the parser hands on: transform blocks, coding units, PCM samples, and the parameters of SAO.

/// A coefficient that is not zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Level {
    /// Its raster position in the block: `y << log2_size | x`.
    pub at: u16,
    /// `TransCoeffLevel`.
    pub value: i32,
}

/// SAO parameters of one CTB (§7.3.8.3), per colour component.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SaoParams {
    /// `SaoTypeIdx`: 0 = off, 1 = band offset, 2 = edge offset.
    pub type_idx: [u8; 3],
    /// `SaoOffsetVal[1..=4]`, already signed and scaled.
    pub offsets: [[i16; 4]; 3],
    /// `sao_band_position` (band offset).
    pub band_position: [u8; 3],
    /// `SaoEoClass` (edge offset): 0 = horizontal, 1 = vertical, 2 = 135°, 3 = 45°.
    pub eo_class: [u8; 3],
}

/// A transform block of one colour component, in decoding order. Emitted for every block,
/// including those without coded residual, because intra prediction is done per block.
#[derive(Debug)]
pub struct TransformBlock<'a> {
    /// Colour component: 0 = Y, 1 = Cb, 2 = Cr.
    pub c_idx: u8,
    /// Top-left position, in samples of this component.
    pub x: u32,
    /// Top-left position, in samples of this component.
    pub y: u32,
    /// Block size (log2), in samples of this component.
    pub log2_size: u8,
    /// Intra prediction mode (0 = planar, 1 = DC, 2..=34 = angular).
    pub intra_mode: u8,
    /// The coefficients that are not zero, or `None` when the block has no residual.
    pub coeffs: Option<&'a [Level]>,
    /// Number of columns and rows, from the top-left corner, that contain all of `coeffs` (both at
    /// least 1 when `coeffs` is present).
    pub coeff_bounds: (u8, u8),
    /// `transform_skip_flag`.
    pub transform_skip: bool,
    /// `cu_transquant_bypass_flag` of the coding unit.
    pub transquant_bypass: bool,
    /// Luma QP of the coding unit (`QpY`).
    pub qp_y: i32,
    /// `CuQpOffsetCb` / `CuQpOffsetCr` (range extension), for chroma blocks.
    pub cu_qp_offset: i8,
    /// `ResScaleVal` for cross-component prediction (chroma, 4:4:4 only), 0 when unused.
    pub res_scale_val: i8,
}

/// A coding unit, emitted once fully parsed (after its transform blocks).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CodingUnit {
    /// Top-left luma position.
    pub x: u32,
    /// Top-left luma position.
    pub y: u32,
    /// `log2CbSize`.
    pub log2_size: u8,
    /// `PartMode` is `PART_NxN` (four prediction blocks).
    pub part_nxn: bool,
    /// `cu_transquant_bypass_flag`.
    pub transquant_bypass: bool,
    /// `pcm_flag`.
    pub pcm: bool,
    /// Final `QpY` of the coding unit.
    pub qp_y: i32,
}

/// Receives the parsed content of a slice, in decoding order.
pub trait Sink {
    /// SAO parameters of a CTB.
    fn sao(&mut self, _ctb_x: u32, _ctb_y: u32, _params: &SaoParams) {}
    /// A transform block (prediction + optional residual).
    fn transform_block(&mut self, _tb: &TransformBlock<'_>) {}
    /// PCM samples of a coding unit (raw, at PCM bit depth), luma then Cb then Cr.
    fn pcm(&mut self, _cu_x: u32, _cu_y: u32, _log2_size: u8, _samples: [&[u16]; 3]) {}
    /// A coding unit is complete.
    fn coding_unit(&mut self, _cu: &CodingUnit) {}
}
