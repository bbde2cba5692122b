//! One tile: an HEVC picture, as planes of eight bits.

use super::super::Unusable;
use super::super::planes::{Matrix, Plane, Planes};
use hevc_tile::Error;
use hevc_tile::decoder::{DecodeOptions, decode_picture};

/// A decoded tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tile {
    /// Its samples.
    pub planes: Planes,
    /// What they mean.
    pub matrix: Matrix,
}

/// Decodes the HEVC stream of one tile. `matrix` is what the container says of the colours, which counts before what the
/// stream says.
///
/// # Errors
/// [`Unusable`] when the stream is cut off, contradicts itself or has more than `most_pixels`.
pub fn decode(
    stream: &[u8],
    matrix: Option<(u16, bool)>,
    most_pixels: u64,
) -> Result<Tile, Unusable> {
    let options = DecodeOptions {
        max_pixels: most_pixels,
        ..DecodeOptions::default()
    };
    let frame = decode_picture(stream, options).map_err(refusal)?;
    let by_stream = (u16::from(frame.matrix_coeffs), frame.full_range);
    let (coefficients, full_range) = matrix.unwrap_or(by_stream);
    if coefficients == 0 {
        return Err(Unusable::unsupported("this kind of colour"));
    }
    let [luma, blue, red] = frame.planes;
    let plane = |channel: usize, samples: Vec<u16>| Plane {
        width: frame.widths[channel],
        height: frame.heights[channel],
        samples: eight_bits(&samples, frame.bit_depth[channel.min(1)]),
    };
    let grey = frame.widths[1] == 0;
    let chroma = |channel, samples| {
        if grey {
            Plane::default()
        } else {
            plane(channel, samples)
        }
    };
    Ok(Tile {
        planes: Planes {
            channels: [plane(0, luma), chroma(1, blue), chroma(2, red)],
        },
        matrix: Matrix {
            coefficients,
            full_range,
        },
    })
}

/// Deeper samples to eight bits, to the nearest.
fn eight_bits(samples: &[u16], depth: u8) -> Vec<u8> {
    match depth.saturating_sub(8) {
        0 => samples.iter().map(|&sample| sample as u8).collect(),
        more => {
            let half = 1 << (more - 1);
            samples
                .iter()
                .map(|&sample| ((sample + half) >> more).min(255) as u8)
                .collect()
        }
    }
}

fn refusal(fault: Error) -> Unusable {
    match fault {
        Error::UnexpectedEof => Unusable::Truncated,
        other => Unusable::damaged(other),
    }
}
