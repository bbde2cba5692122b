//! `coding_unit()` (§7.3.8.5) and `pcm_sample()` (§7.3.8.7).

use super::sink::{CodingUnit, Sink};
use super::transform_tree::TreeCtx;
use super::{Parser, Picture};
use crate::Error;
use crate::bitreader::BitReader;
use crate::cabac::ArithmeticDecoder;
use crate::contexts::ctx;

impl Parser<'_, '_> {
    /// `coding_unit()` (§7.3.8.5), intra only.
    pub(super) fn coding_unit(
        &mut self,
        x0: u32,
        y0: u32,
        log2_size: u8,
        depth: u8,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let size = 1u32 << log2_size;
        // Mark the area as decoded by this slice (neighbours inside the CU are decoded in z-order).
        let slice_addr = self.pic.slice_addr_rs;
        Picture::fill(|p| &mut p.slice_addr, self.pic, x0, y0, size, slice_addr);
        Picture::fill(|p| &mut p.ct_depth, self.pic, x0, y0, size, depth);
        Picture::fill(|p| &mut p.intra_mode, self.pic, x0, y0, size, 1);
        Picture::fill(|p| &mut p.pcm, self.pic, x0, y0, size, false);

        self.predict_qp(x0, y0);
        self.cu_transquant_bypass =
            self.pps.transquant_bypass_enabled_flag && self.flag(ctx::CU_TRANSQUANT_BYPASS_FLAG);
        // part_mode: one bin, only at the minimum CB size (1 = 2Nx2N, 0 = NxN).
        let part_nxn =
            log2_size == self.sps.log2_min_luma_coding_block_size && !self.flag(ctx::PART_MODE);

        let mut pcm = false;
        if let Some(pcm_params) = self.sps.pcm
            && !part_nxn
            && (pcm_params.log2_min_size..=pcm_params.log2_max_size).contains(&log2_size)
        {
            pcm = self.engine.decode_terminate() == 1;
            if pcm {
                Picture::fill(|p| &mut p.pcm, self.pic, x0, y0, size, true);
                self.pcm_sample(x0, y0, log2_size, pcm_params, sink)?;
            }
        }

        if !pcm {
            let (luma_modes, chroma_modes) = self.intra_modes(x0, y0, log2_size, part_nxn)?;
            let ctx = TreeCtx {
                x_cu: x0,
                y_cu: y0,
                log2_cb: log2_size,
                part_nxn,
                luma_modes,
                chroma_modes,
                max_depth: self.sps.max_transform_hierarchy_depth_intra + u8::from(part_nxn),
            };
            self.transform_tree(
                &ctx, x0, y0, x0, y0, log2_size, 0, 0, [false; 2], [false; 2], sink,
            )?;
        }

        let qp_y = self.current_qp_y();
        Picture::fill(|p| &mut p.qp_y, self.pic, x0, y0, size, qp_y as i8);
        self.last_qp_y = qp_y;
        sink.coding_unit(&CodingUnit {
            x: x0,
            y: y0,
            log2_size,
            part_nxn,
            transquant_bypass: self.cu_transquant_bypass,
            pcm,
            qp_y,
        });
        Ok(())
    }

    /// `pcm_sample()` (§7.3.8.7): raw samples after byte alignment, then CABAC restarts.
    fn pcm_sample(
        &mut self,
        x0: u32,
        y0: u32,
        log2_size: u8,
        params: crate::params::Pcm,
        sink: &mut impl Sink,
    ) -> Result<(), Error> {
        let start = self.pos + self.engine.aligned_position_after_terminate();
        let data = self.data.get(start..).ok_or(Error::UnexpectedEof)?;
        let mut r = BitReader::new(data);
        let n_luma = 1usize << (2 * log2_size);
        let luma = (0..n_luma)
            .map(|_| r.bits(u32::from(params.bit_depth_luma)).map(|v| v as u16))
            .collect::<Result<Vec<_>, _>>()?;
        let (cb, cr) = if self.sps.chroma_array_type() != 0 {
            let (sw, sh) = self.sps.chroma_subsampling();
            let n = n_luma / (sw * sh) as usize;
            let mut read = || {
                (0..n)
                    .map(|_| r.bits(u32::from(params.bit_depth_chroma)).map(|v| v as u16))
                    .collect::<Result<Vec<_>, _>>()
            };
            (read()?, read()?)
        } else {
            (Vec::new(), Vec::new())
        };
        sink.pcm(x0, y0, log2_size, [&luma, &cb, &cr]);
        if !r.is_byte_aligned() {
            return Err(Error::Invalid("PCM samples do not end on a byte boundary"));
        }
        self.pos = start + r.position() / 8;
        self.engine =
            ArithmeticDecoder::new(self.data.get(self.pos..).ok_or(Error::UnexpectedEof)?)?;
        Ok(())
    }
}
