//! Scaling lists (§7.3.4), which an SPS or a PPS may carry.

use crate::Error;
use crate::bitreader::BitReader;

/// Scaling matrices (`scaling_list_data()`, §7.3.4), indexed `[sizeId][matrixId]`.
///
/// `sizeId` 0..=3 is 4×4, 8×8, 16×16, 32×32; `matrixId` 0..=2 are intra Y/Cb/Cr, 3..=5 inter.
/// Coefficients are stored in coded order (up-right diagonal scan), as in the spec's
/// `ScalingList[sizeId][matrixId][i]`; the decoder maps them to positions later.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScalingList {
    /// `ScalingList[sizeId][matrixId][i]`, 16 coefficients for sizeId 0, 64 otherwise.
    pub lists: [[Vec<u8>; 6]; 4],
    /// `scaling_list_dc_coef_minus8 + 8` for sizeId 2 and 3 (16×16 and 32×32).
    pub dc: [[u8; 6]; 2],
}

/// Default 8×8 intra scaling list (Table 7-6), in up-right diagonal order.
#[rustfmt::skip]
const DEFAULT_INTRA_8X8: [u8; 64] = [
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 17, 16, 17, 16, 17, 18,
    17, 18, 18, 17, 18, 21, 19, 20, 21, 20, 19, 21, 24, 22, 22, 24,
    24, 22, 22, 24, 25, 25, 27, 30, 27, 25, 25, 29, 31, 35, 35, 31,
    29, 36, 41, 44, 41, 36, 47, 54, 54, 47, 65, 70, 65, 88, 88, 115,
];

/// Default 8×8 inter scaling list (Table 7-6), in up-right diagonal order.
#[rustfmt::skip]
const DEFAULT_INTER_8X8: [u8; 64] = [
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 17, 17, 17, 17, 17, 18,
    18, 18, 18, 18, 18, 20, 20, 20, 20, 20, 20, 20, 24, 24, 24, 24,
    24, 24, 24, 24, 25, 25, 25, 25, 25, 25, 25, 28, 28, 28, 28, 28,
    28, 33, 33, 33, 33, 33, 41, 41, 41, 41, 54, 54, 54, 71, 71, 91,
];

impl ScalingList {
    /// Default lists (Table 7-5 and 7-6), used when scaling lists are enabled but not transmitted.
    pub fn default_lists() -> Self {
        let lists = core::array::from_fn(|size_id| {
            core::array::from_fn(|matrix_id| Self::default_list(size_id, matrix_id))
        });
        Self {
            lists,
            dc: [[16; 6]; 2],
        }
    }

    fn default_list(size_id: usize, matrix_id: usize) -> Vec<u8> {
        match (size_id, matrix_id) {
            (0, _) => vec![16; 16],
            (_, 0..=2) => DEFAULT_INTRA_8X8.to_vec(),
            _ => DEFAULT_INTER_8X8.to_vec(),
        }
    }

    pub(super) fn parse(r: &mut BitReader<'_>) -> Result<Self, Error> {
        let mut s = Self::default_lists();
        for size_id in 0..4 {
            let step = if size_id == 3 { 3 } else { 1 };
            for matrix_id in (0..6).step_by(step) {
                let pred_mode_flag = r.flag()?;
                if !pred_mode_flag {
                    let delta = r.ue_max(
                        matrix_id as u32 / step as u32,
                        "scaling_list_pred_matrix_id_delta",
                    )? as usize;
                    if delta == 0 {
                        s.lists[size_id][matrix_id] = Self::default_list(size_id, matrix_id);
                        if size_id > 1 {
                            s.dc[size_id - 2][matrix_id] = 16;
                        }
                    } else {
                        let ref_id = matrix_id - delta * step;
                        s.lists[size_id][matrix_id] = s.lists[size_id][ref_id].clone();
                        if size_id > 1 {
                            s.dc[size_id - 2][matrix_id] = s.dc[size_id - 2][ref_id];
                        }
                    }
                } else {
                    let coef_num = if size_id == 0 { 16 } else { 64 };
                    let mut next_coef: i32 = 8;
                    if size_id > 1 {
                        let dc = r.se_range(-7, 247, "scaling_list_dc_coef_minus8")? + 8;
                        next_coef = dc;
                        s.dc[size_id - 2][matrix_id] = dc as u8;
                    }
                    let list = &mut s.lists[size_id][matrix_id];
                    list.clear();
                    for _ in 0..coef_num {
                        let delta = r.se_range(-128, 127, "scaling_list_delta_coef")?;
                        next_coef = (next_coef + delta + 256) % 256;
                        if next_coef == 0 {
                            return Err(Error::Invalid("scaling list coefficient is 0"));
                        }
                        list.push(next_coef as u8);
                    }
                }
            }
            if size_id == 3 {
                // Chroma 32×32 lists (only used with 4:4:4) are copied from the 16×16 ones (§7.4.5).
                for matrix_id in [1, 2, 4, 5] {
                    s.lists[3][matrix_id] = s.lists[2][matrix_id].clone();
                    s.dc[1][matrix_id] = s.dc[0][matrix_id];
                }
            }
        }
        Ok(s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testutil::BitWriter;

    #[test]
    fn scaling_list_prediction_and_explicit_values() {
        let mut w = BitWriter::default();
        // sizeId 0: matrix 0 explicit (16 deltas: first +2 -> 10, then 0), others copy previous.
        w.bit(true).se(2);
        for _ in 1..16 {
            w.se(0);
        }
        for _ in 1..6 {
            w.bit(false).ue(1);
        }
        // sizeId 1, 2: all default (delta 0).
        for _ in 0..12 {
            w.bit(false).ue(0);
        }
        // sizeId 3: matrix 0 default, matrix 3 copies matrix 0.
        w.bit(false).ue(0).bit(false).ue(1);
        let s = ScalingList::parse(&mut BitReader::new(&w.finish())).unwrap();
        assert_eq!(s.lists[0][0], vec![10; 16]);
        assert_eq!(s.lists[0][5], vec![10; 16]);
        assert_eq!(s.lists[1][3], DEFAULT_INTER_8X8.to_vec());
        assert_eq!(s.lists[3][3], DEFAULT_INTRA_8X8.to_vec());
    }
}
