//! Video usability information (§E.2.1), and the HRD parameters within it (§E.2.2).

use crate::Error;
use crate::bitreader::BitReader;

fn skip_sub_layer_hrd(r: &mut BitReader<'_>, cpb_cnt: u32, sub_pic: bool) -> Result<(), Error> {
    for _ in 0..cpb_cnt {
        r.ue()?; // bit_rate_value_minus1
        r.ue()?; // cpb_size_value_minus1
        if sub_pic {
            r.ue()?; // cpb_size_du_value_minus1
            r.ue()?; // bit_rate_du_value_minus1
        }
        r.flag()?; // cbr_flag
    }
    Ok(())
}

/// Skips `hrd_parameters(commonInfPresentFlag, maxNumSubLayersMinus1)` (§E.2.2).
fn skip_hrd_parameters(
    r: &mut BitReader<'_>,
    common: bool,
    max_sub_layers_minus1: u32,
) -> Result<(), Error> {
    let (mut nal, mut vcl, mut sub_pic) = (false, false, false);
    if common {
        nal = r.flag()?;
        vcl = r.flag()?;
        if nal || vcl {
            sub_pic = r.flag()?;
            if sub_pic {
                r.skip(8 + 5 + 1 + 5)?;
            }
            r.skip(4 + 4)?; // bit_rate_scale, cpb_size_scale
            if sub_pic {
                r.skip(4)?; // cpb_size_du_scale
            }
            r.skip(5 + 5 + 5)?;
        }
    }
    for _ in 0..=max_sub_layers_minus1 {
        let fixed_pic_rate_general_flag = r.flag()?;
        let fixed_pic_rate_within_cvs_flag = fixed_pic_rate_general_flag || r.flag()?;
        let mut low_delay_hrd_flag = false;
        if fixed_pic_rate_within_cvs_flag {
            r.ue()?; // elemental_duration_in_tc_minus1
        } else {
            low_delay_hrd_flag = r.flag()?;
        }
        let mut cpb_cnt = 1;
        if !low_delay_hrd_flag {
            cpb_cnt = r.ue_max(31, "cpb_cnt_minus1")? + 1;
        }
        if nal {
            skip_sub_layer_hrd(r, cpb_cnt, sub_pic)?;
        }
        if vcl {
            skip_sub_layer_hrd(r, cpb_cnt, sub_pic)?;
        }
    }
    Ok(())
}

/// Video usability information (§E.2.1). Only colour-related fields are kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Vui {
    /// `video_full_range_flag`.
    pub video_full_range_flag: bool,
    /// `colour_primaries` (2 = unspecified).
    pub colour_primaries: u8,
    /// `transfer_characteristics` (2 = unspecified).
    pub transfer_characteristics: u8,
    /// `matrix_coeffs` (2 = unspecified).
    pub matrix_coeffs: u8,
}

pub(super) fn parse_vui(r: &mut BitReader<'_>, max_sub_layers_minus1: u32) -> Result<Vui, Error> {
    let mut vui = Vui {
        colour_primaries: 2,
        transfer_characteristics: 2,
        matrix_coeffs: 2,
        ..Vui::default()
    };
    if r.flag()? {
        // aspect_ratio_info_present_flag
        if r.bits(8)? == 255 {
            r.skip(32)?; // sar_width, sar_height
        }
    }
    if r.flag()? {
        r.flag()?; // overscan_appropriate_flag
    }
    if r.flag()? {
        // video_signal_type_present_flag
        r.bits(3)?; // video_format
        vui.video_full_range_flag = r.flag()?;
        if r.flag()? {
            vui.colour_primaries = r.bits(8)? as u8;
            vui.transfer_characteristics = r.bits(8)? as u8;
            vui.matrix_coeffs = r.bits(8)? as u8;
        }
    }
    if r.flag()? {
        r.ue()?; // chroma_sample_loc_type_top_field
        r.ue()?; // chroma_sample_loc_type_bottom_field
    }
    r.skip(3)?; // neutral_chroma_indication_flag, field_seq_flag, frame_field_info_present_flag
    if r.flag()? {
        // default_display_window_flag
        for _ in 0..4 {
            r.ue()?;
        }
    }
    if r.flag()? {
        // vui_timing_info_present_flag
        r.skip(64)?; // num_units_in_tick, time_scale
        if r.flag()? {
            r.ue()?; // num_ticks_poc_diff_one_minus1
        }
        if r.flag()? {
            skip_hrd_parameters(r, true, max_sub_layers_minus1)?;
        }
    }
    if r.flag()? {
        // bitstream_restriction_flag
        r.skip(3)?;
        for _ in 0..5 {
            r.ue()?;
        }
    }
    Ok(vui)
}
