//! The conversion of one RGB space to sRGB by a tone curve for each channel and a matrix, in linear light, and the sRGB curve.
//!
//! Must not know what a file says about its colours: [`super::colour`] and [`super::icc`] make conversions of that.

/// Rows give linear sRGB red, green and blue of linear red, green and blue in another space.
pub(super) type Matrix = [[f32; 3]; 3];

/// A way from one RGB space to sRGB.
pub(super) struct Conversion {
    /// Linear light for each encoded value, one table a channel.
    pub curves: [[f32; 256]; 3],
    /// To linear sRGB.
    pub matrix: Matrix,
}

/// Steps of the table back from linear light: fine enough that the darkest tones are not off by one.
pub(super) const STEPS: usize = 1 << 13;
/// Bits behind the point where steps are added up.
pub(super) const FRACTION: i32 = 14;

impl Conversion {
    fn linear_srgb(&self, [r, g, b]: [u8; 3]) -> [f32; 3] {
        let [red, green, blue] = &self.curves;
        let (r, g, b) = (
            red[usize::from(r)],
            green[usize::from(g)],
            blue[usize::from(b)],
        );
        self.matrix.map(|row| row[0] * r + row[1] * g + row[2] * b)
    }

    /// What each value of each channel adds to linear sRGB, counted in steps of the table back and half a step more for
    /// the rounding. Three look-ups and two additions of four lanes are then nearly all that a pixel costs.
    pub(super) fn shares(&self) -> [Vec<[i32; 4]>; 3] {
        std::array::from_fn(|channel| {
            let half = if channel == 0 { 0.5 } else { 0.0 };
            let share = |light: &f32| {
                let on = |row: usize| {
                    let steps = self.matrix[row][channel] * light * (STEPS - 1) as f32 + half;
                    (steps * (1 << FRACTION) as f32) as i32
                };
                [on(0), on(1), on(2), 0]
            };
            self.curves[channel].iter().map(share).collect()
        })
    }

    /// Whether no colour would move by more than one step: then the pixels are sRGB already, whatever the profile's name.
    pub(super) fn changes_nothing(&self) -> bool {
        const PROBES: [u8; 6] = [0, 40, 90, 150, 210, 255];
        PROBES.iter().all(|&r| {
            PROBES.iter().all(|&g| {
                PROBES.iter().all(|&b| {
                    let out = self
                        .linear_srgb([r, g, b])
                        .map(|light| encoded(light) * 255.0);
                    let moved = |now: f32, was: u8| (now - f32::from(was)).abs() > 1.0;
                    !(moved(out[0], r) || moved(out[1], g) || moved(out[2], b))
                })
            })
        })
    }
}

/// The sRGB curve, encoded to linear.
pub(super) fn linear(value: f32) -> f32 {
    if value <= 0.040_45 {
        value / 12.92
    } else {
        ((value + 0.055) / 1.055).powf(2.4)
    }
}

/// The sRGB curve, linear to encoded; light outside 0 to 1 is cut.
pub(super) fn encoded(light: f32) -> f32 {
    let light = light.clamp(0.0, 1.0);
    if light <= 0.003_130_8 {
        light * 12.92
    } else {
        1.055 * light.powf(1.0 / 2.4) - 0.055
    }
}
