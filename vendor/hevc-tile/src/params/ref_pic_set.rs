//! Short-term reference picture sets (§7.3.7), which only have to be passed over.

use crate::Error;
use crate::bitreader::BitReader;

/// Reads one `st_ref_pic_set(stRpsIdx)` (§7.3.7) and returns its `NumDeltaPocs`.
/// Contents are discarded: they only matter for inter prediction.
///
/// `num_delta_pocs` holds `NumDeltaPocs` of the sets decoded so far. In a slice header
/// (`in_slice_header`), `delta_idx_minus1` selects the reference set; in the SPS it is always
/// the previous set.
pub(crate) fn skip_st_ref_pic_set(
    r: &mut BitReader<'_>,
    idx: usize,
    num_delta_pocs: &[u32],
    in_slice_header: bool,
) -> Result<u32, Error> {
    let inter_ref_pic_set_prediction_flag = idx != 0 && r.flag()?;
    if inter_ref_pic_set_prediction_flag {
        let delta_idx = if in_slice_header {
            r.ue_max(idx as u32 - 1, "delta_idx_minus1")? as usize + 1
        } else {
            1
        };
        let ref_num = num_delta_pocs[idx - delta_idx];
        r.flag()?; // delta_rps_sign
        r.ue_max(32767, "abs_delta_rps_minus1")?;
        let mut count = 0;
        for _ in 0..=ref_num {
            let used_by_curr_pic_flag = r.flag()?;
            let use_delta_flag = used_by_curr_pic_flag || r.flag()?;
            if use_delta_flag {
                count += 1;
            }
        }
        Ok(count)
    } else {
        let num_negative_pics = r.ue_max(16, "num_negative_pics")?;
        let num_positive_pics = r.ue_max(16, "num_positive_pics")?;
        for _ in 0..num_negative_pics + num_positive_pics {
            r.ue_max(32767, "delta_poc_minus1")?;
            r.flag()?; // used_by_curr_pic_flag
        }
        Ok(num_negative_pics + num_positive_pics)
    }
}
