//! The luma quantization parameter of a coding unit (§8.6.1), of which the syntax has only the difference from what its
//! neighbours let expect.

use super::Parser;

impl Parser<'_, '_> {
    /// `Log2MinCuQpDeltaSize`: size of a quantization group.
    pub(super) fn log2_min_qg(&self) -> u8 {
        self.sps.log2_ctb_size - self.pps.diff_cu_qp_delta_depth.unwrap_or(0)
    }

    /// QP prediction (§8.6.1), done once per quantization group, at its first coding unit.
    pub(super) fn predict_qp(&mut self, x_cu: u32, y_cu: u32) {
        let mask = !((1u32 << self.log2_min_qg()) - 1);
        let (xq, yq) = (x_cu & mask, y_cu & mask);
        if self.current_qg == Some((xq, yq)) {
            return;
        }
        self.current_qg = Some((xq, yq));
        let prev = if self.first_qg_in_substream {
            self.slice_qp_y
        } else {
            self.last_qp_y
        };
        self.first_qg_in_substream = false;
        let ctb_mask = !((1u32 << self.sps.log2_ctb_size) - 1);
        let same_ctb = |xn: u32, yn: u32| {
            (xn & ctb_mask) == (xq & ctb_mask) && (yn & ctb_mask) == (yq & ctb_mask)
        };
        let qp_a = if xq > 0
            && self.pic.available(xq, yq, i64::from(xq) - 1, i64::from(yq))
            && same_ctb(xq - 1, yq)
        {
            i32::from(self.pic.qp_y[self.pic.idx(xq - 1, yq)])
        } else {
            prev
        };
        let qp_b = if yq > 0
            && self.pic.available(xq, yq, i64::from(xq), i64::from(yq) - 1)
            && same_ctb(xq, yq - 1)
        {
            i32::from(self.pic.qp_y[self.pic.idx(xq, yq - 1)])
        } else {
            prev
        };
        self.qp_y_pred = (qp_a + qp_b + 1) >> 1;
    }

    pub(super) fn current_qp_y(&self) -> i32 {
        let b = self.qp_bd_offset;
        ((self.qp_y_pred + self.cu_qp_delta_val + 52 + 2 * b) % (52 + b)) - b
    }
}
