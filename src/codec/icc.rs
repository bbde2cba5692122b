//! Reading the ICC profiles that cameras embed: RGB, a tone curve a channel and a matrix to XYZ; and grey, a tone curve.
//!
//! Everything is read within bounds; a profile that is anything else gives no conversion. Those of tables are for `table`.

#[cfg(feature = "codec")]
pub(super) mod table;

use super::conversion::{Conversion, Matrix};

/// XYZ as ICC gives it (relative to D50) to linear sRGB.
const XYZ_TO_SRGB: Matrix = [
    [3.133_856, -1.616_866_7, -0.490_614_6],
    [-0.978_768_4, 1.916_141_5, 0.033_454],
    [0.071_945_3, -0.228_991_4, 1.405_242_7],
];
/// More tags than any profile has; a bound for hostile files.
const MOST_TAGS: usize = 128;
/// The white of the profile connection space, and how far a profile's own white may be from it.
const D50: [f32; 3] = [0.9642, 1.0, 0.8249];
const WHITE_TOLERANCE: f32 = 0.05;

/// The conversion a profile describes, when it is an RGB profile of curves and a matrix.
pub(super) fn conversion(profile: &[u8]) -> Option<Conversion> {
    if profile.get(16..20)? != b"RGB "
        || profile.get(20..24)? != b"XYZ "
        || profile.get(36..40)? != b"acsp"
    {
        return None;
    }
    let columns = [
        xyz(profile, b"rXYZ")?,
        xyz(profile, b"gXYZ")?,
        xyz(profile, b"bXYZ")?,
    ];
    let white_is_off = (0..3).any(|axis| {
        let white: f32 = columns.iter().map(|column| column[axis]).sum();
        (white - D50[axis]).abs() > WHITE_TOLERANCE
    });
    if white_is_off {
        return None;
    }
    let matrix = XYZ_TO_SRGB.map(|row| {
        columns.map(|column| row[0] * column[0] + row[1] * column[1] + row[2] * column[2])
    });
    let curves = [
        curve(profile, b"rTRC")?,
        curve(profile, b"gTRC")?,
        curve(profile, b"bTRC")?,
    ];
    Some(Conversion { curves, matrix })
}

/// The conversion of a grey profile, for pixels whose red, green and blue are that grey.
pub(super) fn grey(profile: &[u8]) -> Option<Conversion> {
    if profile.get(16..20)? != b"GRAY" || profile.get(36..40)? != b"acsp" {
        return None;
    }
    Some(Conversion {
        curves: [curve(profile, b"kTRC")?; 3],
        matrix: [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]],
    })
}

/// The content of a tag, from its type signature on.
fn tag<'p>(profile: &'p [u8], name: &[u8; 4]) -> Option<&'p [u8]> {
    let count = (long(profile, 128)? as usize).min(MOST_TAGS);
    let at = (0..count)
        .map(|index| 132 + 12 * index)
        .find(|&at| profile.get(at..at + 4).is_some_and(|found| found == name))?;
    let (start, length) = (
        long(profile, at + 4)? as usize,
        long(profile, at + 8)? as usize,
    );
    profile.get(start..start.checked_add(length)?)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(
        bytes.get(at..at.checked_add(2)?)?.try_into().ok()?,
    ))
}

fn long(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(
        bytes.get(at..at.checked_add(4)?)?.try_into().ok()?,
    ))
}

/// A number with sixteen bits behind the point.
fn fixed(bytes: &[u8], at: usize) -> Option<f32> {
    long(bytes, at).map(|bits| bits.cast_signed() as f32 / 65536.0)
}

fn xyz(profile: &[u8], name: &[u8; 4]) -> Option<[f32; 3]> {
    let content = tag(profile, name)?;
    if content.get(..4)? != b"XYZ " {
        return None;
    }
    Some([fixed(content, 8)?, fixed(content, 12)?, fixed(content, 16)?])
}

/// A tone curve as linear light for each of the 256 encoded values.
fn curve(profile: &[u8], name: &[u8; 4]) -> Option<[f32; 256]> {
    let content = tag(profile, name)?;
    let light: Box<dyn Fn(f32) -> f32> = match content.get(..4)? {
        b"curv" => sampled(content)?,
        b"para" => parametric(content)?,
        _ => return None,
    };
    let table: [f32; 256] = std::array::from_fn(|value| light(value as f32 / 255.0));
    table
        .iter()
        .all(|light| light.is_finite())
        .then(|| table.map(|light| light.clamp(0.0, 1.0)))
}

/// `curv`: nothing (linear), one number (a gamma), or a table at even distances.
fn sampled(content: &[u8]) -> Option<Box<dyn Fn(f32) -> f32>> {
    let count = long(content, 8)? as usize;
    let table = content.get(12..12_usize.checked_add(count.checked_mul(2)?)?)?;
    match count {
        0 => Some(Box::new(|x| x)),
        1 => {
            let gamma = f32::from(short(table, 0)?) / 256.0;
            Some(Box::new(move |x| x.powf(gamma)))
        }
        _ => {
            let points: Vec<f32> = table
                .as_chunks::<2>()
                .0
                .iter()
                .map(|pair| f32::from(u16::from_be_bytes(*pair)) / 65535.0)
                .collect();
            Some(Box::new(move |x| {
                let place = x * (points.len() - 1) as f32;
                let below = (place as usize).min(points.len() - 2);
                let share = place - below as f32;
                points[below] * (1.0 - share) + points[below + 1] * share
            }))
        }
    }
}

/// `para`: one of five formulas, each a power with a straight piece below a threshold.
fn parametric(content: &[u8]) -> Option<Box<dyn Fn(f32) -> f32>> {
    let p = |index: usize| fixed(content, 12 + 4 * index);
    let gamma = p(0)?;
    // All five are: (a·x + b)^gamma + e from the threshold on, c·x + f below it.
    let (a, b, c, threshold, e, f) = match short(content, 8)? {
        0 => (1.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        1 => (p(1)?, p(2)?, 0.0, -p(2)? / p(1)?, 0.0, 0.0),
        2 => (p(1)?, p(2)?, 0.0, -p(2)? / p(1)?, p(3)?, p(3)?),
        3 => (p(1)?, p(2)?, p(3)?, p(4)?, 0.0, 0.0),
        4 => (p(1)?, p(2)?, p(3)?, p(4)?, p(5)?, p(6)?),
        _ => return None,
    };
    Some(Box::new(move |x| {
        if x >= threshold {
            (a * x + b).max(0.0).powf(gamma) + e
        } else {
            c * x + f
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A profile of three colorants and one curve for all channels, laid out as the standard says.
    fn profile(colorants: [[f32; 3]; 3], curve: &[u8]) -> Vec<u8> {
        let mut head = vec![0; 128];
        head[16..24].copy_from_slice(b"RGB XYZ ");
        head[36..40].copy_from_slice(b"acsp");
        let mut table = 6_u32.to_be_bytes().to_vec();
        let mut data = Vec::new();
        let start = 128 + 4 + 6 * 12;
        let mut add = |name: &[u8; 4], content: &[u8]| {
            table.extend_from_slice(name);
            table.extend(((start + data.len()) as u32).to_be_bytes());
            table.extend((content.len() as u32).to_be_bytes());
            data.extend_from_slice(content);
        };
        for (name, colorant) in [b"rXYZ", b"gXYZ", b"bXYZ"].into_iter().zip(colorants) {
            let numbers = colorant.map(|n| ((n * 65536.0).round() as i32).to_be_bytes());
            add(name, &[b"XYZ \0\0\0\0", &numbers.concat()[..]].concat());
        }
        for name in [b"rTRC", b"gTRC", b"bTRC"] {
            add(name, curve);
        }
        [head, table, data].concat()
    }

    const P3: [[f32; 3]; 3] = [
        [0.515_12, 0.241_2, -0.001_05],
        [0.291_98, 0.692_25, 0.041_89],
        [0.157_1, 0.066_57, 0.784_07],
    ];

    fn srgb_curve() -> Vec<u8> {
        let numbers = [2.4, 1.0 / 1.055, 0.055 / 1.055, 1.0 / 12.92, 0.040_45_f64];
        let fixed = numbers.map(|n| ((n * 65536.0).round() as i32).to_be_bytes());
        [b"para\0\0\0\0\0\x03\0\0", &fixed.concat()[..]].concat()
    }

    #[test]
    fn a_display_p3_profile_gives_the_display_p3_matrix() {
        let found = conversion(&profile(P3, &srgb_curve())).unwrap();
        let want = [
            [1.2249, -0.2249, 0.0],
            [-0.0421, 1.0421, 0.0],
            [-0.0196, -0.0786, 1.0983],
        ];
        for (row, want) in found.matrix.iter().flatten().zip(want.iter().flatten()) {
            assert!((row - want).abs() < 0.003, "{:?}", found.matrix);
        }
        assert!((found.curves[1][128] - 0.215_86).abs() < 1e-4);
    }

    #[test]
    fn all_kinds_of_curves_are_read() {
        let gamma = [b"curv\0\0\0\0\0\0\0\x01", &[2, 51][..]].concat();
        assert!((conversion(&profile(P3, &gamma)).unwrap().curves[0][128] - 0.2195).abs() < 1e-3);
        let table = [b"curv\0\0\0\0\0\0\0\x03", &[0, 0, 0x40, 0, 0xFF, 0xFF][..]].concat();
        assert!((conversion(&profile(P3, &table)).unwrap().curves[2][64] - 0.1255).abs() < 1e-3);
        let straight = b"curv\0\0\0\0\0\0\0\0";
        assert!((conversion(&profile(P3, straight)).unwrap().curves[2][51] - 0.2).abs() < 1e-6);
    }

    #[test]
    fn cut_off_odd_or_implausible_profiles_give_nothing() {
        let good = profile(P3, &srgb_curve());
        for cut in 0..good.len() {
            assert!(conversion(&good[..cut]).is_none(), "cut at {cut}");
        }
        assert!(conversion(&profile([[0.9; 3]; 3], &srgb_curve())).is_none());
        assert!(conversion(&profile(P3, b"curv\0\0\0\0\xFF\xFF\xFF\xFF")).is_none());
    }
}
