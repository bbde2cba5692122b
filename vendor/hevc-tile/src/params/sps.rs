//! The sequence parameter set (§7.3.2.2) with its range extension (§7.3.2.2.2).

use super::profile_tier_level::{ProfileTierLevel, profile_tier_level};
use super::ref_pic_set::skip_st_ref_pic_set;
use super::scaling_list::ScalingList;
use super::vui::{Vui, parse_vui};
use crate::Error;
use crate::bitreader::BitReader;

/// `sps_range_extension()` (§7.3.2.2.2), used by Range Extensions profiles (4:4:4, high bit depths).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpsRangeExtension {
    /// `transform_skip_rotation_enabled_flag`.
    pub transform_skip_rotation_enabled_flag: bool,
    /// `transform_skip_context_enabled_flag`.
    pub transform_skip_context_enabled_flag: bool,
    /// `implicit_rdpcm_enabled_flag`.
    pub implicit_rdpcm_enabled_flag: bool,
    /// `explicit_rdpcm_enabled_flag`.
    pub explicit_rdpcm_enabled_flag: bool,
    /// `extended_precision_processing_flag`.
    pub extended_precision_processing_flag: bool,
    /// `intra_smoothing_disabled_flag`.
    pub intra_smoothing_disabled_flag: bool,
    /// `high_precision_offsets_enabled_flag`.
    pub high_precision_offsets_enabled_flag: bool,
    /// `persistent_rice_adaptation_enabled_flag`.
    pub persistent_rice_adaptation_enabled_flag: bool,
    /// `cabac_bypass_alignment_enabled_flag`.
    pub cabac_bypass_alignment_enabled_flag: bool,
}

/// PCM parameters, present when `pcm_enabled_flag` is set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pcm {
    /// `pcm_sample_bit_depth_luma_minus1 + 1`.
    pub bit_depth_luma: u8,
    /// `pcm_sample_bit_depth_chroma_minus1 + 1`.
    pub bit_depth_chroma: u8,
    /// `Log2MinIpcmCbSizeY`.
    pub log2_min_size: u8,
    /// `Log2MaxIpcmCbSizeY`.
    pub log2_max_size: u8,
    /// `pcm_loop_filter_disabled_flag`.
    pub loop_filter_disabled_flag: bool,
}

/// Sequence parameter set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sps {
    /// `sps_video_parameter_set_id`.
    pub sps_video_parameter_set_id: u8,
    /// `sps_max_sub_layers_minus1`.
    pub sps_max_sub_layers_minus1: u8,
    /// Profile, tier and level.
    pub profile_tier_level: ProfileTierLevel,
    /// `sps_seq_parameter_set_id` (0..=15).
    pub sps_seq_parameter_set_id: u8,
    /// `chroma_format_idc`: 0 = monochrome, 1 = 4:2:0, 2 = 4:2:2, 3 = 4:4:4.
    pub chroma_format_idc: u8,
    /// `separate_colour_plane_flag`.
    pub separate_colour_plane_flag: bool,
    /// `pic_width_in_luma_samples` (coded width, before cropping).
    pub pic_width_in_luma_samples: u32,
    /// `pic_height_in_luma_samples` (coded height, before cropping).
    pub pic_height_in_luma_samples: u32,
    /// Conformance window `[left, right, top, bottom]`, in chroma sample units.
    pub conf_win_offsets: [u32; 4],
    /// `BitDepthY`.
    pub bit_depth_luma: u8,
    /// `BitDepthC`.
    pub bit_depth_chroma: u8,
    /// `log2_max_pic_order_cnt_lsb_minus4 + 4`, needed to parse slice headers.
    pub log2_max_pic_order_cnt_lsb: u8,
    /// `MinCbLog2SizeY`.
    pub log2_min_luma_coding_block_size: u8,
    /// `CtbLog2SizeY`.
    pub log2_ctb_size: u8,
    /// `MinTbLog2SizeY`.
    pub log2_min_luma_transform_block_size: u8,
    /// `MaxTbLog2SizeY`.
    pub log2_max_luma_transform_block_size: u8,
    /// `max_transform_hierarchy_depth_intra`.
    pub max_transform_hierarchy_depth_intra: u8,
    /// Scaling lists in use, if `scaling_list_enabled_flag` is set.
    pub scaling_list: Option<ScalingList>,
    /// `amp_enabled_flag`.
    pub amp_enabled_flag: bool,
    /// `sample_adaptive_offset_enabled_flag`.
    pub sample_adaptive_offset_enabled_flag: bool,
    /// PCM parameters, if `pcm_enabled_flag` is set.
    pub pcm: Option<Pcm>,
    /// `NumDeltaPocs` of each short-term reference picture set; its length is
    /// `num_short_term_ref_pic_sets`. Needed to parse slice headers.
    pub st_rps_num_delta_pocs: Vec<u32>,
    /// `long_term_ref_pics_present_flag`.
    pub long_term_ref_pics_present_flag: bool,
    /// `num_long_term_ref_pics_sps`, needed to parse slice headers.
    pub num_long_term_ref_pics_sps: u8,
    /// `sps_temporal_mvp_enabled_flag`.
    pub sps_temporal_mvp_enabled_flag: bool,
    /// `strong_intra_smoothing_enabled_flag`.
    pub strong_intra_smoothing_enabled_flag: bool,
    /// Video usability information, if present.
    pub vui: Option<Vui>,
    /// Range extension flags (all false when absent).
    pub range_extension: SpsRangeExtension,
}

impl Sps {
    /// Parses an SPS RBSP.
    pub fn parse(rbsp: &[u8]) -> Result<Self, Error> {
        let mut r = BitReader::new(rbsp);
        let sps_video_parameter_set_id = r.bits(4)? as u8;
        let max_sub_layers_minus1 = r.bits(3)?;
        if max_sub_layers_minus1 > 6 {
            return Err(Error::Invalid("sps_max_sub_layers_minus1 > 6"));
        }
        r.flag()?; // sps_temporal_id_nesting_flag
        let profile_tier_level = profile_tier_level(&mut r, max_sub_layers_minus1)?;
        let sps_seq_parameter_set_id = r.ue_max(15, "sps_seq_parameter_set_id")? as u8;
        let chroma_format_idc = r.ue_max(3, "chroma_format_idc")? as u8;
        let separate_colour_plane_flag = chroma_format_idc == 3 && r.flag()?;
        let pic_width_in_luma_samples = r.ue()?;
        let pic_height_in_luma_samples = r.ue()?;
        if pic_width_in_luma_samples == 0 || pic_height_in_luma_samples == 0 {
            return Err(Error::Invalid("picture size is 0"));
        }
        let mut conf_win_offsets = [0; 4];
        if r.flag()? {
            for o in &mut conf_win_offsets {
                *o = r.ue()?;
            }
        }
        let bit_depth_luma = r.ue_max(8, "bit_depth_luma_minus8")? as u8 + 8;
        let bit_depth_chroma = r.ue_max(8, "bit_depth_chroma_minus8")? as u8 + 8;
        let log2_max_pic_order_cnt_lsb =
            r.ue_max(12, "log2_max_pic_order_cnt_lsb_minus4")? as u8 + 4;
        let sub_layer_ordering_info_present_flag = r.flag()?;
        let first = if sub_layer_ordering_info_present_flag {
            0
        } else {
            max_sub_layers_minus1
        };
        for _ in first..=max_sub_layers_minus1 {
            r.ue()?; // sps_max_dec_pic_buffering_minus1
            r.ue()?; // sps_max_num_reorder_pics
            r.ue()?; // sps_max_latency_increase_plus1
        }
        let log2_min_cb = r.ue_max(3, "log2_min_luma_coding_block_size_minus3")? + 3;
        let log2_ctb = log2_min_cb + r.ue_max(3, "log2_diff_max_min_luma_coding_block_size")?;
        let log2_min_tb = r.ue_max(3, "log2_min_luma_transform_block_size_minus2")? + 2;
        let log2_max_tb =
            log2_min_tb + r.ue_max(3, "log2_diff_max_min_luma_transform_block_size")?;
        if !(4..=6).contains(&log2_ctb) {
            return Err(Error::Invalid("CTB size must be 16, 32 or 64"));
        }
        if log2_min_tb >= log2_min_cb || log2_max_tb > log2_ctb.min(5) {
            return Err(Error::Invalid("inconsistent transform block sizes"));
        }
        if pic_width_in_luma_samples % (1 << log2_min_cb) != 0
            || pic_height_in_luma_samples % (1 << log2_min_cb) != 0
        {
            return Err(Error::Invalid(
                "picture size is not a multiple of the minimum coding block size",
            ));
        }
        let depth_max = log2_ctb - log2_min_tb;
        r.ue_max(depth_max, "max_transform_hierarchy_depth_inter")?;
        let max_transform_hierarchy_depth_intra =
            r.ue_max(depth_max, "max_transform_hierarchy_depth_intra")? as u8;

        let scaling_list = if r.flag()? {
            Some(if r.flag()? {
                ScalingList::parse(&mut r)?
            } else {
                ScalingList::default_lists()
            })
        } else {
            None
        };
        let amp_enabled_flag = r.flag()?;
        let sample_adaptive_offset_enabled_flag = r.flag()?;
        let pcm = if r.flag()? {
            let bit_depth_luma_pcm = r.bits(4)? as u8 + 1;
            let bit_depth_chroma_pcm = r.bits(4)? as u8 + 1;
            let log2_min_size =
                r.ue_max(2, "log2_min_pcm_luma_coding_block_size_minus3")? as u8 + 3;
            let log2_max_size =
                log2_min_size + r.ue_max(2, "log2_diff_max_min_pcm_luma_coding_block_size")? as u8;
            if bit_depth_luma_pcm > bit_depth_luma || bit_depth_chroma_pcm > bit_depth_chroma {
                return Err(Error::Invalid(
                    "PCM bit depth larger than picture bit depth",
                ));
            }
            Some(Pcm {
                bit_depth_luma: bit_depth_luma_pcm,
                bit_depth_chroma: bit_depth_chroma_pcm,
                log2_min_size,
                log2_max_size,
                loop_filter_disabled_flag: r.flag()?,
            })
        } else {
            None
        };

        let num_short_term_ref_pic_sets = r.ue_max(64, "num_short_term_ref_pic_sets")? as usize;
        let mut num_delta_pocs = Vec::with_capacity(num_short_term_ref_pic_sets);
        for i in 0..num_short_term_ref_pic_sets {
            let n = skip_st_ref_pic_set(&mut r, i, &num_delta_pocs, false)?;
            num_delta_pocs.push(n);
        }
        let long_term_ref_pics_present_flag = r.flag()?;
        let mut num_long_term_ref_pics_sps = 0;
        if long_term_ref_pics_present_flag {
            num_long_term_ref_pics_sps = r.ue_max(32, "num_long_term_ref_pics_sps")? as u8;
            for _ in 0..num_long_term_ref_pics_sps {
                r.skip(usize::from(log2_max_pic_order_cnt_lsb) + 1)?;
            }
        }
        let sps_temporal_mvp_enabled_flag = r.flag()?;
        let strong_intra_smoothing_enabled_flag = r.flag()?;
        let vui = if r.flag()? {
            Some(parse_vui(&mut r, max_sub_layers_minus1)?)
        } else {
            None
        };

        let mut range_extension = SpsRangeExtension::default();
        if r.flag()? {
            // sps_extension_present_flag
            let sps_range_extension_flag = r.flag()?;
            r.skip(3 + 4)?; // multilayer, 3d, scc, extension_4bits: ignored
            if sps_range_extension_flag {
                range_extension = SpsRangeExtension {
                    transform_skip_rotation_enabled_flag: r.flag()?,
                    transform_skip_context_enabled_flag: r.flag()?,
                    implicit_rdpcm_enabled_flag: r.flag()?,
                    explicit_rdpcm_enabled_flag: r.flag()?,
                    extended_precision_processing_flag: r.flag()?,
                    intra_smoothing_disabled_flag: r.flag()?,
                    high_precision_offsets_enabled_flag: r.flag()?,
                    persistent_rice_adaptation_enabled_flag: r.flag()?,
                    cabac_bypass_alignment_enabled_flag: r.flag()?,
                };
            }
        }

        let sps = Self {
            sps_video_parameter_set_id,
            sps_max_sub_layers_minus1: max_sub_layers_minus1 as u8,
            profile_tier_level,
            sps_seq_parameter_set_id,
            chroma_format_idc,
            separate_colour_plane_flag,
            pic_width_in_luma_samples,
            pic_height_in_luma_samples,
            conf_win_offsets,
            bit_depth_luma,
            bit_depth_chroma,
            log2_max_pic_order_cnt_lsb,
            log2_min_luma_coding_block_size: log2_min_cb as u8,
            log2_ctb_size: log2_ctb as u8,
            log2_min_luma_transform_block_size: log2_min_tb as u8,
            log2_max_luma_transform_block_size: log2_max_tb as u8,
            max_transform_hierarchy_depth_intra,
            scaling_list,
            amp_enabled_flag,
            sample_adaptive_offset_enabled_flag,
            pcm,
            st_rps_num_delta_pocs: num_delta_pocs,
            long_term_ref_pics_present_flag,
            num_long_term_ref_pics_sps,
            sps_temporal_mvp_enabled_flag,
            strong_intra_smoothing_enabled_flag,
            vui,
            range_extension,
        };
        let (w, h) = sps.output_size();
        if w == 0 || h == 0 {
            return Err(Error::Invalid("conformance window crops the whole picture"));
        }
        Ok(sps)
    }

    /// `ChromaArrayType`: 0 for monochrome or separate colour planes, else `chroma_format_idc`.
    pub fn chroma_array_type(&self) -> u8 {
        if self.separate_colour_plane_flag {
            0
        } else {
            self.chroma_format_idc
        }
    }

    /// (`SubWidthC`, `SubHeightC`) from Table 6-1.
    pub fn chroma_subsampling(&self) -> (u32, u32) {
        match self.chroma_array_type() {
            1 => (2, 2),
            2 => (2, 1),
            _ => (1, 1),
        }
    }

    /// CTB size in luma samples (`CtbSizeY`).
    pub fn ctb_size(&self) -> u32 {
        1 << self.log2_ctb_size
    }

    /// Picture size in CTBs (`PicWidthInCtbsY`, `PicHeightInCtbsY`).
    pub fn pic_size_in_ctbs(&self) -> (u32, u32) {
        (
            self.pic_width_in_luma_samples.div_ceil(self.ctb_size()),
            self.pic_height_in_luma_samples.div_ceil(self.ctb_size()),
        )
    }

    /// Displayed size, after applying the conformance window.
    pub fn output_size(&self) -> (u32, u32) {
        let (sw, sh) = self.chroma_subsampling();
        let [l, r, t, b] = self.conf_win_offsets;
        let crop_w = sw.saturating_mul(l.saturating_add(r));
        let crop_h = sh.saturating_mul(t.saturating_add(b));
        (
            self.pic_width_in_luma_samples.saturating_sub(crop_w),
            self.pic_height_in_luma_samples.saturating_sub(crop_h),
        )
    }
}
