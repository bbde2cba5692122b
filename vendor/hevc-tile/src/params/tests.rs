//! Parameter sets written bit by bit.

use super::*;
use crate::testutil::BitWriter;

pub(crate) fn ptl(w: &mut BitWriter) {
    w.bits(0, 2).bit(false).bits(1, 5).bits(0x6000_0000, 32);
    w.bits(0, 4 + 43 + 1).bits(93, 8);
}

/// A small SPS: 4:2:0, 64×48 cropped to 62×46, 8 bits, CTB 32, no tools.
pub(crate) fn small_sps() -> Vec<u8> {
    let mut w = BitWriter::default();
    w.bits(0, 4).bits(0, 3).bit(true);
    ptl(&mut w);
    w.ue(0).ue(1).ue(64).ue(48);
    w.bit(true).ue(0).ue(1).ue(0).ue(1); // conformance window: right 1, bottom 1 (×2)
    w.ue(0).ue(0).ue(4);
    w.bit(true).ue(0).ue(0).ue(0);
    w.ue(0).ue(2).ue(0).ue(3).ue(1).ue(1); // CB 8..32, TB 4..32
    w.bit(false).bit(false).bit(true).bit(false); // scaling, amp, sao, pcm
    w.ue(1).ue(1).ue(0).ue(0).bit(true); // one st_ref_pic_set: 1 negative pic, used
    w.bit(false).bit(false).bit(true); // long term, tmvp, strong smoothing
    w.bit(false).bit(false); // vui, extension
    w.finish()
}

#[test]
fn parses_small_sps() {
    let sps = Sps::parse(&small_sps()).unwrap();
    assert_eq!(sps.chroma_format_idc, 1);
    assert_eq!(
        (
            sps.pic_width_in_luma_samples,
            sps.pic_height_in_luma_samples
        ),
        (64, 48)
    );
    assert_eq!(sps.output_size(), (62, 46));
    assert_eq!(sps.ctb_size(), 32);
    assert_eq!(sps.pic_size_in_ctbs(), (2, 2));
    assert_eq!(
        (
            sps.log2_min_luma_transform_block_size,
            sps.log2_max_luma_transform_block_size
        ),
        (2, 5)
    );
    assert!(sps.sample_adaptive_offset_enabled_flag);
    assert!(sps.strong_intra_smoothing_enabled_flag);
    assert_eq!(sps.st_rps_num_delta_pocs, vec![1]);
}

#[test]
fn parses_pps_with_tiles() {
    let mut sps_list: [Option<Sps>; 16] = Default::default();
    sps_list[0] = Some(Sps::parse(&small_sps()).unwrap());
    let mut w = BitWriter::default();
    w.ue(3)
        .ue(0)
        .bit(false)
        .bit(false)
        .bits(0, 3)
        .bit(true)
        .bit(false);
    w.ue(0).ue(0).se(-4).bit(false).bit(true);
    w.bit(true).ue(1); // cu_qp_delta, depth 1
    w.se(2).se(-3).bit(false).bit(false).bit(false).bit(false);
    w.bit(true).bit(false); // tiles, no wpp
    w.ue(1).ue(0).bit(false).ue(0).bit(true); // 2 columns (1 + 1 CTB), 1 row
    w.bit(true).bit(true).bit(false).bit(false).se(-2).se(3); // deblocking
    w.bit(false).bit(false).ue(0).bit(false).bit(false);
    let pps = Pps::parse(&w.finish(), &sps_list).unwrap();
    assert_eq!(pps.pps_pic_parameter_set_id, 3);
    assert_eq!(pps.init_qp_minus26, -4);
    assert_eq!(pps.diff_cu_qp_delta_depth, Some(1));
    assert_eq!((pps.pps_cb_qp_offset, pps.pps_cr_qp_offset), (2, -3));
    let tiles = pps.tiles.unwrap();
    assert_eq!(tiles.column_widths, Some(vec![1, 1]));
    assert_eq!(tiles.row_heights, Some(vec![2]));
    assert_eq!((pps.pps_beta_offset_div2, pps.pps_tc_offset_div2), (-2, 3));
}

#[test]
fn pps_requires_its_sps() {
    let mut w = BitWriter::default();
    w.ue(0).ue(5);
    let sps_list: [Option<Sps>; 16] = Default::default();
    assert!(Pps::parse(&w.finish(), &sps_list).is_err());
}

#[test]
fn rejects_bad_ctb_size() {
    let mut w = BitWriter::default();
    w.bits(0, 4).bits(0, 3).bit(true);
    ptl(&mut w);
    w.ue(0).ue(1).ue(64).ue(48).bit(false);
    w.ue(0).ue(0).ue(4).bit(true).ue(0).ue(0).ue(0);
    w.ue(0).ue(0).ue(0).ue(1); // CTB 8x8: forbidden
    assert!(Sps::parse(&w.finish()).is_err());
}
