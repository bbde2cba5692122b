//! Context variables (§9.3.2.2): a probability state each, and how it moves on (§9.3.4.3.2).

/// `rangeTabLps[pStateIdx][qRangeIdx]` (Table 9-52).
#[rustfmt::skip]
const RANGE_TAB_LPS: [[u8; 4]; 64] = [
    [128, 176, 208, 240], [128, 167, 197, 227], [128, 158, 187, 216], [123, 150, 178, 205],
    [116, 142, 169, 195], [111, 135, 160, 185], [105, 128, 152, 175], [100, 122, 144, 166],
    [95, 116, 137, 158], [90, 110, 130, 150], [85, 104, 123, 142], [81, 99, 117, 135],
    [77, 94, 111, 128], [73, 89, 105, 122], [69, 85, 100, 116], [66, 80, 95, 110],
    [62, 76, 90, 104], [59, 72, 86, 99], [56, 69, 81, 94], [53, 65, 77, 89],
    [51, 62, 73, 85], [48, 59, 69, 80], [46, 56, 66, 76], [43, 53, 63, 72],
    [41, 50, 59, 69], [39, 48, 56, 65], [37, 45, 54, 62], [35, 43, 51, 59],
    [33, 41, 48, 56], [32, 39, 46, 53], [30, 37, 43, 50], [29, 35, 41, 48],
    [27, 33, 39, 45], [26, 31, 37, 43], [24, 30, 35, 41], [23, 28, 33, 39],
    [22, 27, 32, 37], [21, 26, 30, 35], [20, 24, 29, 33], [19, 23, 27, 31],
    [18, 22, 26, 30], [17, 21, 25, 28], [16, 20, 23, 27], [15, 19, 22, 25],
    [14, 18, 21, 24], [14, 17, 20, 23], [13, 16, 19, 22], [12, 15, 18, 21],
    [12, 14, 17, 20], [11, 14, 16, 19], [11, 13, 15, 18], [10, 12, 15, 17],
    [10, 12, 14, 16], [9, 11, 13, 15], [9, 11, 12, 14], [8, 10, 12, 14],
    [8, 9, 11, 13], [7, 9, 11, 12], [7, 9, 10, 12], [7, 8, 10, 11],
    [6, 8, 9, 11], [6, 7, 9, 10], [6, 7, 8, 9], [2, 2, 2, 2],
];

/// `transIdxLps[pStateIdx]` (Table 9-53): next state after a least probable symbol.
#[rustfmt::skip]
const TRANS_IDX_LPS: [u8; 64] = [
    0, 0, 1, 2, 2, 4, 4, 5, 6, 7, 8, 9, 9, 11, 11, 12,
    13, 13, 15, 15, 16, 16, 18, 18, 19, 19, 21, 21, 22, 22, 23, 24,
    24, 25, 26, 26, 27, 27, 28, 29, 29, 30, 30, 30, 31, 32, 32, 33,
    33, 33, 34, 34, 35, 35, 35, 36, 36, 36, 37, 37, 37, 38, 38, 63,
];

/// `RANGE_TAB_LPS` with the four ranges of a state in one number, the first lowest: it can be fetched before the range
/// is known.
pub(super) const LPS_BY_STATE: [u32; 64] = {
    let mut packed = [0; 64];
    let mut state = 0;
    while state < 64 {
        packed[state] = u32::from_le_bytes(RANGE_TAB_LPS[state]);
        state += 1;
    }
    packed
};

/// The next value of a context (see [`ContextModel`]), by its value and, below that, by whether the bin was the least
/// probable symbol.
pub(super) const NEXT: [u8; 256] = {
    let mut next = [0; 256];
    let mut value = 0;
    while value < 128 {
        let (state, mps) = (value as u8 >> 1, value as u8 & 1);
        let after_mps = if state < 62 { state + 1 } else { 62 };
        next[value << 1] = after_mps << 1 | mps;
        let mps_after_lps = if state == 0 { 1 - mps } else { mps };
        next[value << 1 | 1] = (TRANS_IDX_LPS[state as usize] & 63) << 1 | mps_after_lps;
        value += 1;
    }
    next
};

/// One context variable: a probability state and the value of the most probable symbol, as `pStateIdx << 1 | valMps`
/// (0..=62 for the former; 63 is reserved for the terminate procedure).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContextModel(pub(super) u8);

impl ContextModel {
    /// Initializes a context from its `initValue` and the slice QP (§9.3.2.2).
    pub fn new(init_value: u8, slice_qp_y: i32) -> Self {
        let slope_idx = i32::from(init_value >> 4);
        let offset_idx = i32::from(init_value & 15);
        let m = slope_idx * 5 - 45;
        let n = (offset_idx << 3) - 16;
        let pre_ctx_state = (((m * slice_qp_y.clamp(0, 51)) >> 4) + n).clamp(1, 126);
        if pre_ctx_state <= 63 {
            Self(((63 - pre_ctx_state) << 1) as u8)
        } else {
            Self(((pre_ctx_state - 64) << 1 | 1) as u8)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model(state: u8, mps: u8) -> ContextModel {
        ContextModel(state << 1 | mps)
    }

    fn after(model: ContextModel, is_lps: bool) -> ContextModel {
        ContextModel(NEXT[usize::from(model.0) << 1 | usize::from(is_lps)])
    }

    #[test]
    fn context_init_examples() {
        // initValue 154 is "equiprobable": m = 0, n = 64 -> preCtxState 64 -> state 0, MPS 1.
        assert_eq!(ContextModel::new(154, 26), model(0, 1));
        // initValue 139 (split_cu_flag ctx 0) at QP 22: slope 8 -> m = -5; offset 11 -> n = 72.
        // preCtxState = ((-5 * 22) >> 4) + 72 = -7 + 72 = 65 -> state 1, MPS 1.
        assert_eq!(ContextModel::new(139, 22), model(1, 1));
        // QP is clipped to 0..=51 and the state to 1..=126.
        assert_eq!(ContextModel::new(0, -10), ContextModel::new(0, 0));
        assert_eq!(ContextModel::new(0, 0), model(62, 0));
    }

    #[test]
    fn state_transitions() {
        assert_eq!(
            after(model(0, 0), true),
            model(0, 1),
            "LPS at state 0 flips the MPS"
        );
        assert_eq!(after(model(0, 1), false), model(1, 1));
        assert_eq!(
            after(model(62, 1), false),
            model(62, 1),
            "MPS state saturates at 62"
        );
        assert_eq!(after(model(62, 1), true), model(38, 1));
    }
}
