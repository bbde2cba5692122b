//! Slice segment headers written bit by bit.

use super::*;
use crate::nal::NalUnit;
use crate::params::tests::small_sps;
use crate::testutil::BitWriter;

/// SPS from the params tests (2×2 CTBs of 32, one short-term RPS, SAO on) and a PPS with
/// dependent slices, slice-level chroma QP offsets and deblocking override.
fn sets() -> ParameterSets {
    let mut w = BitWriter::default();
    w.ue(0)
        .ue(0)
        .bit(true)
        .bit(false)
        .bits(0, 3)
        .bit(true)
        .bit(true);
    w.ue(0).ue(0).se(0).bit(false).bit(false).bit(false);
    w.se(0).se(0).bit(true).bit(false).bit(false).bit(false);
    w.bit(false).bit(false); // no tiles, no WPP
    w.bit(true).bit(true).bit(true).bit(false).se(1).se(-1);
    w.bit(false).bit(false).ue(0).bit(false).bit(false);
    let pps = w.finish();

    let mut sets = ParameterSets::default();
    for (t, rbsp) in [(33u8, small_sps()), (34, pps)] {
        let mut nal = vec![t << 1, 1];
        nal.extend_from_slice(&rbsp);
        sets.add(&NalUnit::parse(&nal).unwrap()).unwrap();
    }
    sets
}

fn cra() -> NalHeader {
    NalHeader::parse(&[21 << 1, 1]).unwrap()
}

fn cra_slice() -> Vec<u8> {
    let mut w = BitWriter::default();
    w.bit(true).bit(false).ue(0).ue(2); // first, no_output, pps 0, I slice
    w.bits(5, 8); // slice_pic_order_cnt_lsb
    // st_ref_pic_set coded in the slice, predicted from SPS set 0 (which has 1 picture).
    w.bit(false).bit(true).ue(0).bit(false).ue(0);
    w.bit(true).bit(false).bit(false);
    w.bit(true).bit(false); // SAO luma on, chroma off
    w.se(-3).se(2).se(-1); // slice_qp_delta, cb, cr offsets
    w.bit(true).bit(false).se(3).se(-2); // deblocking override
    w.bit(false); // slice_loop_filter_across_slices_enabled_flag
    w.finish()
}

#[test]
fn independent_cra_slice() {
    let sets = sets();
    let h = SliceHeader::parse(&cra_slice(), &cra(), &sets, None).unwrap();
    assert_eq!(h.slice_type, SliceType::I);
    assert_eq!(h.slice_pic_order_cnt_lsb, 5);
    assert!(h.slice_sao_luma_flag && !h.slice_sao_chroma_flag);
    assert_eq!(h.slice_qp_delta, -3);
    assert_eq!(h.slice_qp_y(&sets), Ok(23));
    assert_eq!((h.slice_cb_qp_offset, h.slice_cr_qp_offset), (2, -1));
    assert_eq!((h.slice_beta_offset_div2, h.slice_tc_offset_div2), (3, -2));
    assert!(!h.slice_loop_filter_across_slices_enabled_flag);
    assert_eq!(h.header_size, cra_slice().len());
}

#[test]
fn dependent_slice_copies_previous_header() {
    let sets = sets();
    let first = SliceHeader::parse(&cra_slice(), &cra(), &sets, None).unwrap();
    let mut w = BitWriter::default();
    w.bit(false).bit(false).ue(0).bit(true).bits(3, 2); // not first, dependent, address 3
    let h = SliceHeader::parse(&w.finish(), &cra(), &sets, Some(&first)).unwrap();
    assert!(h.dependent_slice_segment_flag);
    assert_eq!(h.slice_segment_address, 3);
    assert_eq!(h.slice_qp_delta, -3);
    assert_eq!(h.slice_beta_offset_div2, 3);
    assert!(SliceHeader::parse(&w.finish(), &cra(), &sets, None).is_err());
}

#[test]
fn rejects_inter_slices_and_bad_addresses() {
    let sets = sets();
    let mut w = BitWriter::default();
    w.bit(true).bit(false).ue(0).ue(1); // P slice
    assert_eq!(
        SliceHeader::parse(&w.finish(), &cra(), &sets, None),
        Err(Error::Unimplemented("P and B slices (inter prediction)"))
    );
    let mut w = BitWriter::default();
    w.bit(false).bit(false).ue(0).bit(false).bits(3, 2).ue(2); // address 3 is valid...
    assert!(SliceHeader::parse(&w.finish(), &cra(), &sets, None).is_err()); // ...but header truncated
}
