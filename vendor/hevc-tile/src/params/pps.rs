//! The picture parameter set (§7.3.2.3) with its range extension (§7.3.2.3.2).

use super::scaling_list::ScalingList;
use super::sps::Sps;
use crate::Error;
use crate::bitreader::BitReader;

/// Tile layout (§6.5.1), present when `tiles_enabled_flag` is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tiles {
    /// Column widths in CTBs, explicit or derived from uniform spacing later.
    pub column_widths: Option<Vec<u32>>,
    /// Row heights in CTBs, explicit or derived from uniform spacing later.
    pub row_heights: Option<Vec<u32>>,
    /// `num_tile_columns_minus1 + 1`.
    pub num_columns: u32,
    /// `num_tile_rows_minus1 + 1`.
    pub num_rows: u32,
    /// `loop_filter_across_tiles_enabled_flag`.
    pub loop_filter_across_tiles_enabled_flag: bool,
}

/// `pps_range_extension()` (§7.3.2.3.2).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PpsRangeExtension {
    /// `log2_max_transform_skip_block_size_minus2 + 2`.
    pub log2_max_transform_skip_block_size: u8,
    /// `cross_component_prediction_enabled_flag`.
    pub cross_component_prediction_enabled_flag: bool,
    /// `diff_cu_chroma_qp_offset_depth`, if `chroma_qp_offset_list_enabled_flag`.
    pub diff_cu_chroma_qp_offset_depth: Option<u8>,
    /// `(cb_qp_offset_list[i], cr_qp_offset_list[i])`.
    pub chroma_qp_offset_list: Vec<(i8, i8)>,
    /// `log2_sao_offset_scale_luma`.
    pub log2_sao_offset_scale_luma: u8,
    /// `log2_sao_offset_scale_chroma`.
    pub log2_sao_offset_scale_chroma: u8,
}

/// Picture parameter set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pps {
    /// `pps_pic_parameter_set_id` (0..=63).
    pub pps_pic_parameter_set_id: u8,
    /// `pps_seq_parameter_set_id` (0..=15).
    pub pps_seq_parameter_set_id: u8,
    /// `dependent_slice_segments_enabled_flag`.
    pub dependent_slice_segments_enabled_flag: bool,
    /// `output_flag_present_flag`.
    pub output_flag_present_flag: bool,
    /// `num_extra_slice_header_bits`.
    pub num_extra_slice_header_bits: u8,
    /// `sign_data_hiding_enabled_flag`.
    pub sign_data_hiding_enabled_flag: bool,
    /// `cabac_init_present_flag`.
    pub cabac_init_present_flag: bool,
    /// `num_ref_idx_l0_default_active_minus1`.
    pub num_ref_idx_l0_default_active_minus1: u8,
    /// `num_ref_idx_l1_default_active_minus1`.
    pub num_ref_idx_l1_default_active_minus1: u8,
    /// `init_qp_minus26`.
    pub init_qp_minus26: i8,
    /// `constrained_intra_pred_flag`.
    pub constrained_intra_pred_flag: bool,
    /// `transform_skip_enabled_flag`.
    pub transform_skip_enabled_flag: bool,
    /// `diff_cu_qp_delta_depth`, if `cu_qp_delta_enabled_flag` is set.
    pub diff_cu_qp_delta_depth: Option<u8>,
    /// `pps_cb_qp_offset`.
    pub pps_cb_qp_offset: i8,
    /// `pps_cr_qp_offset`.
    pub pps_cr_qp_offset: i8,
    /// `pps_slice_chroma_qp_offsets_present_flag`.
    pub pps_slice_chroma_qp_offsets_present_flag: bool,
    /// `weighted_pred_flag`.
    pub weighted_pred_flag: bool,
    /// `weighted_bipred_flag`.
    pub weighted_bipred_flag: bool,
    /// `transquant_bypass_enabled_flag`.
    pub transquant_bypass_enabled_flag: bool,
    /// Tile layout, if `tiles_enabled_flag` is set.
    pub tiles: Option<Tiles>,
    /// `entropy_coding_sync_enabled_flag` (wavefront parallel processing).
    pub entropy_coding_sync_enabled_flag: bool,
    /// `pps_loop_filter_across_slices_enabled_flag`.
    pub pps_loop_filter_across_slices_enabled_flag: bool,
    /// `deblocking_filter_override_enabled_flag`.
    pub deblocking_filter_override_enabled_flag: bool,
    /// `pps_deblocking_filter_disabled_flag`.
    pub pps_deblocking_filter_disabled_flag: bool,
    /// `pps_beta_offset_div2`.
    pub pps_beta_offset_div2: i8,
    /// `pps_tc_offset_div2`.
    pub pps_tc_offset_div2: i8,
    /// Scaling lists overriding the SPS ones, if `pps_scaling_list_data_present_flag` is set.
    pub scaling_list: Option<ScalingList>,
    /// `lists_modification_present_flag`.
    pub lists_modification_present_flag: bool,
    /// `log2_parallel_merge_level_minus2 + 2`.
    pub log2_parallel_merge_level: u8,
    /// `slice_segment_header_extension_present_flag`.
    pub slice_segment_header_extension_present_flag: bool,
    /// Range extension (defaults when absent).
    pub range_extension: PpsRangeExtension,
}

impl Pps {
    /// Parses a PPS RBSP. The SPS it refers to is needed to validate some ranges.
    pub fn parse(rbsp: &[u8], sps_list: &[Option<Sps>; 16]) -> Result<Self, Error> {
        let mut r = BitReader::new(rbsp);
        let pps_pic_parameter_set_id = r.ue_max(63, "pps_pic_parameter_set_id")? as u8;
        let pps_seq_parameter_set_id = r.ue_max(15, "pps_seq_parameter_set_id")? as u8;
        let sps = sps_list[usize::from(pps_seq_parameter_set_id)]
            .as_ref()
            .ok_or(Error::Invalid("PPS refers to a missing SPS"))?;
        let dependent_slice_segments_enabled_flag = r.flag()?;
        let output_flag_present_flag = r.flag()?;
        let num_extra_slice_header_bits = r.bits(3)? as u8;
        let sign_data_hiding_enabled_flag = r.flag()?;
        let cabac_init_present_flag = r.flag()?;
        let num_ref_idx_l0_default_active_minus1 =
            r.ue_max(14, "num_ref_idx_l0_default_active_minus1")? as u8;
        let num_ref_idx_l1_default_active_minus1 =
            r.ue_max(14, "num_ref_idx_l1_default_active_minus1")? as u8;
        let qp_bd_offset = 6 * (i32::from(sps.bit_depth_luma) - 8);
        let init_qp_minus26 = r.se_range(-(26 + qp_bd_offset), 25, "init_qp_minus26")? as i8;
        let constrained_intra_pred_flag = r.flag()?;
        let transform_skip_enabled_flag = r.flag()?;
        let diff_cu_qp_delta_depth = if r.flag()? {
            let max = u32::from(sps.log2_ctb_size - sps.log2_min_luma_coding_block_size);
            Some(r.ue_max(max, "diff_cu_qp_delta_depth")? as u8)
        } else {
            None
        };
        let pps_cb_qp_offset = r.se_range(-12, 12, "pps_cb_qp_offset")? as i8;
        let pps_cr_qp_offset = r.se_range(-12, 12, "pps_cr_qp_offset")? as i8;
        let pps_slice_chroma_qp_offsets_present_flag = r.flag()?;
        let weighted_pred_flag = r.flag()?;
        let weighted_bipred_flag = r.flag()?;
        let transquant_bypass_enabled_flag = r.flag()?;
        let tiles_enabled_flag = r.flag()?;
        let entropy_coding_sync_enabled_flag = r.flag()?;

        let tiles = if tiles_enabled_flag {
            let (w_ctbs, h_ctbs) = sps.pic_size_in_ctbs();
            let num_columns = r.ue_max(w_ctbs - 1, "num_tile_columns_minus1")? + 1;
            let num_rows = r.ue_max(h_ctbs - 1, "num_tile_rows_minus1")? + 1;
            let uniform_spacing_flag = r.flag()?;
            let (mut column_widths, mut row_heights) = (None, None);
            if !uniform_spacing_flag {
                let mut read_sizes = |n: u32, total: u32, what| -> Result<Vec<u32>, Error> {
                    let mut sizes = Vec::with_capacity(n as usize);
                    let mut used = 0u32;
                    for _ in 0..n - 1 {
                        let s = r.ue()? + 1;
                        used = used
                            .checked_add(s)
                            .filter(|&u| u < total)
                            .ok_or(Error::Invalid(what))?;
                        sizes.push(s);
                    }
                    sizes.push(total - used);
                    Ok(sizes)
                };
                column_widths = Some(read_sizes(
                    num_columns,
                    w_ctbs,
                    "tile columns exceed picture width",
                )?);
                row_heights = Some(read_sizes(
                    num_rows,
                    h_ctbs,
                    "tile rows exceed picture height",
                )?);
            }
            Some(Tiles {
                column_widths,
                row_heights,
                num_columns,
                num_rows,
                loop_filter_across_tiles_enabled_flag: r.flag()?,
            })
        } else {
            None
        };

        let pps_loop_filter_across_slices_enabled_flag = r.flag()?;
        let (mut deblocking_filter_override_enabled_flag, mut pps_deblocking_filter_disabled_flag) =
            (false, false);
        let (mut pps_beta_offset_div2, mut pps_tc_offset_div2) = (0, 0);
        if r.flag()? {
            // deblocking_filter_control_present_flag
            deblocking_filter_override_enabled_flag = r.flag()?;
            pps_deblocking_filter_disabled_flag = r.flag()?;
            if !pps_deblocking_filter_disabled_flag {
                pps_beta_offset_div2 = r.se_range(-6, 6, "pps_beta_offset_div2")? as i8;
                pps_tc_offset_div2 = r.se_range(-6, 6, "pps_tc_offset_div2")? as i8;
            }
        }
        let scaling_list = if r.flag()? {
            Some(ScalingList::parse(&mut r)?)
        } else {
            None
        };
        let lists_modification_present_flag = r.flag()?;
        let log2_parallel_merge_level = r.ue_max(
            u32::from(sps.log2_ctb_size) - 2,
            "log2_parallel_merge_level_minus2",
        )? as u8
            + 2;
        let slice_segment_header_extension_present_flag = r.flag()?;

        let mut range_extension = PpsRangeExtension {
            log2_max_transform_skip_block_size: 2,
            ..Default::default()
        };
        if r.flag()? {
            // pps_extension_present_flag
            let pps_range_extension_flag = r.flag()?;
            r.skip(3 + 4)?; // multilayer, 3d, scc, extension_4bits: ignored
            if pps_range_extension_flag {
                if transform_skip_enabled_flag {
                    range_extension.log2_max_transform_skip_block_size =
                        r.ue_max(3, "log2_max_transform_skip_block_size_minus2")? as u8 + 2;
                }
                range_extension.cross_component_prediction_enabled_flag = r.flag()?;
                if r.flag()? {
                    // chroma_qp_offset_list_enabled_flag
                    let max = u32::from(sps.log2_ctb_size - sps.log2_min_luma_coding_block_size);
                    range_extension.diff_cu_chroma_qp_offset_depth =
                        Some(r.ue_max(max, "diff_cu_chroma_qp_offset_depth")? as u8);
                    let len = r.ue_max(5, "chroma_qp_offset_list_len_minus1")? + 1;
                    for _ in 0..len {
                        let cb = r.se_range(-12, 12, "cb_qp_offset_list")? as i8;
                        let cr = r.se_range(-12, 12, "cr_qp_offset_list")? as i8;
                        range_extension.chroma_qp_offset_list.push((cb, cr));
                    }
                }
                let max_luma = u32::from(sps.bit_depth_luma.saturating_sub(10));
                let max_chroma = u32::from(sps.bit_depth_chroma.saturating_sub(10));
                range_extension.log2_sao_offset_scale_luma =
                    r.ue_max(max_luma, "log2_sao_offset_scale_luma")? as u8;
                range_extension.log2_sao_offset_scale_chroma =
                    r.ue_max(max_chroma, "log2_sao_offset_scale_chroma")? as u8;
            }
        }

        Ok(Self {
            pps_pic_parameter_set_id,
            pps_seq_parameter_set_id,
            dependent_slice_segments_enabled_flag,
            output_flag_present_flag,
            num_extra_slice_header_bits,
            sign_data_hiding_enabled_flag,
            cabac_init_present_flag,
            num_ref_idx_l0_default_active_minus1,
            num_ref_idx_l1_default_active_minus1,
            init_qp_minus26,
            constrained_intra_pred_flag,
            transform_skip_enabled_flag,
            diff_cu_qp_delta_depth,
            pps_cb_qp_offset,
            pps_cr_qp_offset,
            pps_slice_chroma_qp_offsets_present_flag,
            weighted_pred_flag,
            weighted_bipred_flag,
            transquant_bypass_enabled_flag,
            tiles,
            entropy_coding_sync_enabled_flag,
            pps_loop_filter_across_slices_enabled_flag,
            deblocking_filter_override_enabled_flag,
            pps_deblocking_filter_disabled_flag,
            pps_beta_offset_div2,
            pps_tc_offset_div2,
            scaling_list,
            lists_modification_present_flag,
            log2_parallel_merge_level,
            slice_segment_header_extension_present_flag,
            range_extension,
        })
    }
}
