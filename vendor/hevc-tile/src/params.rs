//! Parameter sets: VPS (§7.3.2.1), SPS (§7.3.2.2) and PPS (§7.3.2.3) of ITU-T H.265.
//!
//! Field names follow the specification so they can be looked up directly.
//! Syntax that only matters for video (reference picture sets, HRD, timing) is parsed
//! so that the following fields can be reached, but only kept where it may be useful.

mod pps;
mod profile_tier_level;
mod ref_pic_set;
mod scaling_list;
mod sps;
#[cfg(test)]
pub(crate) mod tests;
mod vps;
mod vui;

pub use pps::{Pps, PpsRangeExtension, Tiles};
pub use profile_tier_level::ProfileTierLevel;
pub(crate) use ref_pic_set::skip_st_ref_pic_set;
pub use scaling_list::ScalingList;
pub use sps::{Pcm, Sps, SpsRangeExtension};
pub use vps::Vps;
pub use vui::Vui;

use crate::Error;

/// All active parameter sets, indexed by their ID.
#[derive(Debug, Clone, Default)]
pub struct ParameterSets {
    /// VPS by `vps_video_parameter_set_id`.
    pub vps: [Option<Vps>; 16],
    /// SPS by `sps_seq_parameter_set_id`.
    pub sps: [Option<Sps>; 16],
    /// PPS by `pps_pic_parameter_set_id`.
    pub pps: Vec<Option<Pps>>,
}

impl ParameterSets {
    /// Parses a parameter set NAL unit and stores it. Other NAL units are ignored.
    /// Returns whether the NAL unit was a parameter set.
    pub fn add(&mut self, nal: &crate::nal::NalUnit<'_>) -> Result<bool, Error> {
        use crate::nal::NalUnitType;
        match nal.header.unit_type {
            NalUnitType::Vps => {
                let vps = Vps::parse(&nal.rbsp)?;
                let id = usize::from(vps.vps_video_parameter_set_id);
                self.vps[id] = Some(vps);
            }
            NalUnitType::Sps => {
                let sps = Sps::parse(&nal.rbsp)?;
                let id = usize::from(sps.sps_seq_parameter_set_id);
                self.sps[id] = Some(sps);
            }
            NalUnitType::Pps => {
                let pps = Pps::parse(&nal.rbsp, &self.sps)?;
                let id = usize::from(pps.pps_pic_parameter_set_id);
                if self.pps.len() <= id {
                    self.pps.resize(id + 1, None);
                }
                self.pps[id] = Some(pps);
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Returns a PPS and the SPS it refers to.
    pub fn get(&self, pps_id: usize) -> Result<(&Pps, &Sps), Error> {
        let pps = self
            .pps
            .get(pps_id)
            .and_then(Option::as_ref)
            .ok_or(Error::Invalid("missing PPS"))?;
        let sps = self.sps[usize::from(pps.pps_seq_parameter_set_id)]
            .as_ref()
            .ok_or(Error::Invalid("missing SPS"))?;
        Ok((pps, sps))
    }
}
