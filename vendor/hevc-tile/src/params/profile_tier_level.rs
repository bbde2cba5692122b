//! `profile_tier_level()` (§7.3.3): in what a VPS and an SPS begin alike.

use crate::Error;
use crate::bitreader::BitReader;

/// `profile_tier_level()` (§7.3.3), general part only.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProfileTierLevel {
    /// `general_profile_space`.
    pub general_profile_space: u8,
    /// `general_tier_flag`.
    pub general_tier_flag: bool,
    /// `general_profile_idc` (1 = Main, 2 = Main 10, 3 = Main Still Picture, 4 = Range Extensions).
    pub general_profile_idc: u8,
    /// `general_profile_compatibility_flag[j]`, bit `31 - j`.
    pub general_profile_compatibility_flags: u32,
    /// `general_level_idc` (30 × level number, e.g. 186 = level 6.2).
    pub general_level_idc: u8,
}

pub(super) fn profile_tier_level(
    r: &mut BitReader<'_>,
    max_sub_layers_minus1: u32,
) -> Result<ProfileTierLevel, Error> {
    let ptl = ProfileTierLevel {
        general_profile_space: r.bits(2)? as u8,
        general_tier_flag: r.flag()?,
        general_profile_idc: r.bits(5)? as u8,
        general_profile_compatibility_flags: r.bits(32)?,
        general_level_idc: {
            // progressive, interlaced, non_packed, frame_only + 43 constraint bits + 1 bit.
            r.skip(4 + 43 + 1)?;
            r.bits(8)? as u8
        },
    };
    let mut profile_present = [false; 8];
    let mut level_present = [false; 8];
    for i in 0..max_sub_layers_minus1 as usize {
        profile_present[i] = r.flag()?;
        level_present[i] = r.flag()?;
    }
    if max_sub_layers_minus1 > 0 {
        r.skip(2 * (8 - max_sub_layers_minus1 as usize))?; // reserved_zero_2bits
    }
    for i in 0..max_sub_layers_minus1 as usize {
        if profile_present[i] {
            r.skip(88)?;
        }
        if level_present[i] {
            r.skip(8)?;
        }
    }
    Ok(ptl)
}
