//! The inverse transforms (§8.6.4.2).

/// Magnitudes of the 32-point DCT coefficients, indexed by `a = k(2n+1) mod 128` folded to 0..=32.
const DCT_C: [i32; 33] = [
    64, 90, 90, 90, 89, 88, 87, 85, 83, 82, 80, 78, 75, 73, 70, 67, 64, 61, 57, 54, 50, 46, 43, 38,
    36, 31, 25, 22, 18, 13, 9, 4, 0,
];

/// `transMatrix` coefficient for frequency `k` and position `n` of the 32-point DCT (§8.6.4.2).
const fn dct_coef(k: usize, n: usize) -> i32 {
    if k == 0 {
        return 64;
    }
    let a = (k * (2 * n + 1)) % 128;
    match a {
        0..=32 => DCT_C[a],
        33..=64 => -DCT_C[64 - a],
        65..=96 => -DCT_C[a - 64],
        _ => DCT_C[128 - a],
    }
}

/// The 32-point DCT matrix, `DCT32[k][n]`; smaller sizes use every `32 / size`-th row.
const DCT32: [[i32; 32]; 32] = {
    let mut m = [[0; 32]; 32];
    let mut k = 0;
    while k < 32 {
        let mut n = 0;
        while n < 32 {
            m[k][n] = dct_coef(k, n);
            n += 1;
        }
        k += 1;
    }
    m
};

/// 4×4 DST-VII used for intra luma 4×4 blocks (8-317).
const DST4: [[i32; 4]; 4] = [
    [29, 55, 74, 84],
    [74, 74, 0, -74],
    [84, -29, -74, 55],
    [55, -84, 74, -29],
];

/// The left half of the `N`-point DCT matrix: rows `k * 32 / N` of [`DCT32`], first `H` columns.
/// The right half mirrors it, rows of odd `k` with the sign changed.
const fn half_matrix<const N: usize, const H: usize>() -> [[i32; H]; N] {
    let mut m = [[0; H]; N];
    let mut k = 0;
    while k < N {
        let mut n = 0;
        while n < H {
            m[k][n] = DCT32[k * (32 / N)][n];
            n += 1;
        }
        k += 1;
    }
    m
}

pub(super) static DCT4: [[i32; 2]; 4] = half_matrix();
pub(super) static DCT8: [[i32; 4]; 8] = half_matrix();
pub(super) static DCT16: [[i32; 8]; 16] = half_matrix();
pub(super) static DCT32_HALF: [[i32; 16]; 32] = half_matrix();

/// Between the two passes values are cut to 16 bits.
#[inline(always)]
pub(super) fn intermediate(sum: i32) -> i32 {
    ((sum + 64) >> 7).clamp(-32768, 32767)
}

/// 2-D inverse DCT (§8.6.4.2) of an `N`×`N` block of scaled coefficients `d` whose non-zero
/// values all lie in the top-left `rows`×`cols` corner: a column pass with clipping to 16 bits,
/// then a row pass shifted by `bd_shift`. `H` is half of `N`.
///
/// Even rows of the matrix are symmetric and odd ones antisymmetric, so half of the sums give all
/// (a butterfly). Both passes sum only over the rectangle, and keep `L` sums side by side, which
/// the compiler makes vectors of.
///
/// Inputs are 16-bit and coefficients at most 90 in magnitude, so the sums fit in `i32`
/// (`32 * 32768 * 90` is well inside it).
pub(super) fn inverse_dct<const N: usize, const H: usize, const L: usize>(
    m: &[[i32; H]; N],
    d: &[i32],
    (rows, cols): (usize, usize),
    bd_shift: i32,
    out: &mut [i32],
) {
    let (d, out) = (
        d[..N * N].as_chunks::<N>().0,
        out[..N * N].as_chunks_mut::<N>().0,
    );
    let (row_pairs, col_pairs) = (rows.min(N).div_ceil(2), cols.min(N).div_ceil(2));
    let mut g = [[0i32; N]; N];
    for left in (0..cols.min(N)).step_by(L) {
        for i in 0..H {
            let (mut even, mut odd) = ([0i32; L], [0i32; L]);
            for (m, d) in m
                .as_chunks::<2>()
                .0
                .iter()
                .zip(d.as_chunks::<2>().0)
                .take(row_pairs)
            {
                let (first, second) = (&d[0][left..left + L], &d[1][left..left + L]);
                for lane in 0..L {
                    even[lane] += m[0][i] * first[lane];
                    odd[lane] += m[1][i] * second[lane];
                }
            }
            for lane in 0..L {
                g[i][left + lane] = intermediate(even[lane] + odd[lane]);
                g[N - 1 - i][left + lane] = intermediate(even[lane] - odd[lane]);
            }
        }
    }
    let half = 1 << (bd_shift - 1);
    for (g, out) in g.iter().zip(out) {
        let (mut even, mut odd) = ([half; H], [0i32; H]);
        for (m, g) in m
            .as_chunks::<2>()
            .0
            .iter()
            .zip(g.as_chunks::<2>().0)
            .take(col_pairs)
        {
            for i in 0..H {
                even[i] += m[0][i] * g[0];
                odd[i] += m[1][i] * g[1];
            }
        }
        for i in 0..H {
            out[i] = (even[i] + odd[i]) >> bd_shift;
            out[N - 1 - i] = (even[i] - odd[i]) >> bd_shift;
        }
    }
}

/// As [`inverse_dct`], of a 4×4 block by the matrix [`DST4`].
pub(super) fn inverse_dst(d: &[i32], bd_shift: i32, out: &mut [i32]) {
    let (d, out) = (d[..16].as_chunks::<4>().0, out[..16].as_chunks_mut::<4>().0);
    let mut g = [[0i32; 4]; 4];
    for (y, g) in g.iter_mut().enumerate() {
        for (m, d) in DST4.iter().zip(d) {
            for x in 0..4 {
                g[x] += m[y] * d[x];
            }
        }
        *g = g.map(intermediate);
    }
    let half = 1 << (bd_shift - 1);
    for (g, out) in g.iter().zip(out) {
        let mut sums = [half; 4];
        for (m, g) in DST4.iter().zip(g) {
            for i in 0..4 {
                sums[i] += m[i] * g;
            }
        }
        *out = sums.map(|sum| sum >> bd_shift);
    }
}
