//! The video parameter set (§7.3.2.1).

use super::profile_tier_level::{ProfileTierLevel, profile_tier_level};
use crate::Error;
use crate::bitreader::BitReader;

/// Video parameter set. Only the fields useful to a single-layer still image decoder are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vps {
    /// `vps_video_parameter_set_id`.
    pub vps_video_parameter_set_id: u8,
    /// `vps_max_sub_layers_minus1`.
    pub vps_max_sub_layers_minus1: u8,
    /// Profile, tier and level.
    pub profile_tier_level: ProfileTierLevel,
}

impl Vps {
    /// Parses a VPS RBSP.
    pub fn parse(rbsp: &[u8]) -> Result<Self, Error> {
        let mut r = BitReader::new(rbsp);
        let vps_video_parameter_set_id = r.bits(4)? as u8;
        r.skip(2)?; // base_layer_internal_flag, base_layer_available_flag
        r.bits(6)?; // vps_max_layers_minus1
        let max_sub_layers_minus1 = r.bits(3)?;
        if max_sub_layers_minus1 > 6 {
            return Err(Error::Invalid("vps_max_sub_layers_minus1 > 6"));
        }
        r.flag()?; // vps_temporal_id_nesting_flag
        if r.bits(16)? != 0xFFFF {
            return Err(Error::Invalid("vps_reserved_0xffff_16bits"));
        }
        let profile_tier_level = profile_tier_level(&mut r, max_sub_layers_minus1)?;
        Ok(Self {
            vps_video_parameter_set_id,
            vps_max_sub_layers_minus1: max_sub_layers_minus1 as u8,
            profile_tier_level,
        })
    }
}
