// How good an answer is: beside the full picture, made small by a Lanczos filter in floats.
//
// The reference's pixels are the browser's own (JPEG, PNG, WebP, turned and converted to sRGB by it) or libheif's (HEIC),
// with Display P3 converted here by the published formulas. A WebP is turned here: browsers ignore what its EXIF says. Of a
// HEIC in limited range the reference is a 255th too light: its white comes out above white. That is 0.2 of L*, and some
// 0.03 of our ΔE.

const LONG_SIDE = 1920;
const references = {};

/** PSNR and SSIM of the luma, and the mean ΔE2000 of areas of eight by eight pixels, so that coding noise stays out of it. */
export async function judge(name, file, answer) {
  references[name] ??= reference(name, file);
  const want = await references[name];
  const bitmap = await createImageBitmap(new Blob([answer], { type: 'image/jpeg' }));
  const got = pixelsOf(bitmap);
  if (got.width !== want.width || got.height !== want.height) {
    return { size: [got.width, got.height], wanted: [want.width, want.height] };
  }
  const [a, b] = [luma(want), luma(got)];
  return { size: [got.width, got.height], psnr: psnr(a, b), ssim: ssim(a, b, got.width, got.height), deltaE: mean(areasApart(want, got)) };
}

/** Sizes of two pictures; where they are equal, ΔE2000 of their areas: the mean, and the one farthest off. */
export async function difference(one, other) {
  const [a, b] = await Promise.all([one, other].map(async (file) => pixelsOf(await createImageBitmap(file))));
  const [size, wanted] = [[a.width, a.height], [b.width, b.height]];
  if (String(size) !== String(wanted)) return { size, wanted };
  const areas = areasApart(a, b);
  return { size, wanted, mean: mean(areas), worst: Math.max(...areas) };
}

function pixelsOf(bitmap, orientation = 1) {
  const { width, height } = bitmap;
  const canvas = orientation < 5 ? new OffscreenCanvas(width, height) : new OffscreenCanvas(height, width);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context.fillStyle = 'white';
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.setTransform(...UPRIGHT[orientation](width, height));
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

/** How a canvas turns a picture of so many columns and rows upright, by the orientation of EXIF. */
const UPRIGHT = {
  1: () => [1, 0, 0, 1, 0, 0],
  2: (width) => [-1, 0, 0, 1, width, 0],
  3: (width, height) => [-1, 0, 0, -1, width, height],
  4: (_, height) => [1, 0, 0, -1, 0, height],
  5: () => [0, 1, 1, 0, 0, 0],
  6: (_, height) => [0, 1, -1, 0, height, 0],
  7: (width, height) => [0, -1, -1, 0, height, width],
  8: (width) => [0, -1, 1, 0, 0, width],
};

/** The orientation in a WebP's EXIF; 1 when it says nothing. */
async function orientationOfWebp(file) {
  const view = new DataView(await file.arrayBuffer());
  const text = (at) => String.fromCharCode(...new Uint8Array(view.buffer, at, 4));
  let at = 12;
  while (at + 8 <= view.byteLength && text(at) !== 'EXIF') at += 8 + view.getUint32(at + 4, true) + (view.getUint32(at + 4, true) % 2);
  if (at + 8 > view.byteLength) return 1;
  const tiff = text(at + 8) === 'Exif' ? at + 14 : at + 8;
  const little = text(tiff).startsWith('II');
  const directory = tiff + view.getUint32(tiff + 4, little);
  const entries = Array.from({ length: view.getUint16(directory, little) }, (_, index) => directory + 2 + index * 12);
  const entry = entries.find((place) => view.getUint16(place, little) === 0x0112);
  return entry ? view.getUint16(entry + 8, little) : 1;
}

async function reference(name, file) {
  const isHeic = /\.hei[cf]$/.test(name);
  const orientation = name.endsWith('.webp') ? await orientationOfWebp(file) : 1;
  const full = isHeic ? await byLibheif(file) : pixelsOf(await createImageBitmap(file), orientation);
  const scale = Math.min(1, LONG_SIDE / Math.max(full.width, full.height));
  const small = resized(full, Math.round(full.width * scale), Math.round(full.height * scale));
  const text = new TextDecoder('latin1').decode(await file.arrayBuffer());
  const isP3 = text.includes('Display P3') || text.includes([...'Display P3'].join('\0'));
  if (isHeic && isP3) toSrgb(small.data);
  return small;
}

async function byLibheif(file) {
  const { default: start } = await import('/m/libheif-js/libheif-wasm/libheif-bundle.mjs');
  const library = await start();
  const [image] = new library.HeifDecoder().decode(await file.arrayBuffer());
  const picture = new ImageData(image.get_width(), image.get_height());
  await new Promise((resolve) => image.display(picture, resolve));
  return picture;
}

function resized({ data, width, height }, newWidth, newHeight) {
  const across = taps(width, newWidth);
  const rows = new Float32Array(newWidth * height * 3);
  for (let y = 0; y < height; y += 1) {
    across.forEach(({ first, weights }, x) => {
      const sum = [0, 0, 0];
      weights.forEach((weight, index) => {
        const at = (y * width + first + index) * 4;
        for (let c = 0; c < 3; c += 1) sum[c] += weight * data[at + c];
      });
      rows.set(sum, (y * newWidth + x) * 3);
    });
  }
  const out = new Float32Array(newWidth * newHeight * 4);
  taps(height, newHeight).forEach(({ first, weights }, y) => {
    for (let x = 0; x < newWidth; x += 1) {
      for (let c = 0; c < 3; c += 1) {
        let sum = 0;
        weights.forEach((weight, index) => { sum += weight * rows[((first + index) * newWidth + x) * 3 + c]; });
        out[(y * newWidth + x) * 4 + c] = Math.min(255, Math.max(0, sum));
      }
    }
  });
  return { data: out, width: newWidth, height: newHeight };
}

function taps(from, to) {
  const scale = Math.max(1, from / to);
  const lanczos = (x) => {
    if (x === 0) return 1;
    const p = Math.PI * x;
    return Math.abs(x) < 3 ? (3 * Math.sin(p) * Math.sin(p / 3)) / (p * p) : 0;
  };
  return Array.from({ length: to }, (_, place) => {
    const centre = ((place + 0.5) * from) / to;
    const first = Math.max(0, Math.floor(centre - 3 * scale));
    const last = Math.min(from, Math.ceil(centre + 3 * scale));
    const weights = Float32Array.from({ length: last - first }, (__, i) => lanczos((first + i + 0.5 - centre) / scale));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}

const linear = (v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const encoded = (v) => (v <= 0.0031308 ? v * 12.92 : 1.055 * v ** (1 / 2.4) - 0.055);

/** Display P3 to sRGB, in place (CSS Color 4's matrices, multiplied). */
function toSrgb(data) {
  for (let at = 0; at < data.length; at += 4) {
    const [r, g, b] = [0, 1, 2].map((c) => linear(data[at + c] / 255));
    const out = [1.2249402 * r - 0.2249402 * g, -0.042057 * r + 1.042057 * g, -0.0196376 * r - 0.0786361 * g + 1.0982736 * b];
    out.forEach((v, c) => { data[at + c] = 255 * encoded(Math.min(1, Math.max(0, v))); });
  }
}

function luma({ data }) {
  const out = new Float32Array(data.length / 4);
  for (let i = 0; i < out.length; i += 1) out[i] = 0.299 * data[4 * i] + 0.587 * data[4 * i + 1] + 0.114 * data[4 * i + 2];
  return out;
}

function psnr(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i += 1) sum += (a[i] - b[i]) ** 2;
  return 10 * Math.log10((255 * 255 * a.length) / sum);
}

function ssim(a, b, width, height) {
  let total = 0;
  let count = 0;
  for (let top = 0; top + 8 <= height; top += 4) {
    for (let left = 0; left + 8 <= width; left += 4) {
      let [sa, sb, saa, sbb, sab] = [0, 0, 0, 0, 0];
      for (let y = top; y < top + 8; y += 1) {
        for (let at = y * width + left, end = at + 8; at < end; at += 1) {
          sa += a[at]; sb += b[at]; saa += a[at] * a[at]; sbb += b[at] * b[at]; sab += a[at] * b[at];
        }
      }
      const [ma, mb] = [sa / 64, sb / 64];
      const [va, vb, vab] = [saa / 64 - ma * ma, sbb / 64 - mb * mb, sab / 64 - ma * mb];
      total += ((2 * ma * mb + 6.5025) * (2 * vab + 58.5225)) / ((ma * ma + mb * mb + 6.5025) * (va + vb + 58.5225));
      count += 1;
    }
  }
  return total / count;
}

/** ΔE2000 of each area of eight by eight pixels; those at the right and lower edges are smaller. */
function areasApart(a, b) {
  const areas = [];
  for (let top = 0; top < a.height; top += 8) {
    for (let left = 0; left < a.width; left += 8) {
      areas.push(ciede2000(lab(meanOf(a, left, top)), lab(meanOf(b, left, top))));
    }
  }
  return areas;
}

const mean = (numbers) => numbers.reduce((sum, number) => sum + number, 0) / numbers.length;

function meanOf({ data, width, height }, left, top) {
  const sum = [0, 0, 0];
  const [right, bottom] = [Math.min(left + 8, width), Math.min(top + 8, height)];
  for (let y = top; y < bottom; y += 1) {
    for (let x = left; x < right; x += 1) {
      for (let c = 0; c < 3; c += 1) sum[c] += data[(y * width + x) * 4 + c];
    }
  }
  return sum.map((v) => v / ((right - left) * (bottom - top)) / 255);
}

function lab(rgb) {
  const [r, g, b] = rgb.map(linear);
  const f = (v) => (v > 216 / 24389 ? Math.cbrt(v) : (v * 24389 / 27 + 16) / 116);
  const x = f((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
  const y = f(0.2126729 * r + 0.7151522 * g + 0.072175 * b);
  const z = f((0.0193339 * r + 0.119192 * g + 0.9503041 * b) / 1.08883);
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** The colour difference of CIE 142-2001. */
function ciede2000([l1, a1, b1], [l2, a2, b2]) {
  const degrees = Math.PI / 180;
  const mean = (Math.hypot(a1, b1) + Math.hypot(a2, b2)) / 2;
  const g = 0.5 * (1 - Math.sqrt(mean ** 7 / (mean ** 7 + 25 ** 7)));
  const [p1, p2] = [a1 * (1 + g), a2 * (1 + g)];
  const [c1, c2] = [Math.hypot(p1, b1), Math.hypot(p2, b2)];
  const hue = (b, p) => (b === 0 && p === 0 ? 0 : (Math.atan2(b, p) / degrees + 360) % 360);
  const [h1, h2] = [hue(b1, p1), hue(b2, p2)];
  let dh = h2 - h1;
  if (c1 * c2 === 0) dh = 0;
  else if (dh > 180) dh -= 360;
  else if (dh < -180) dh += 360;
  const [dl, dc] = [l2 - l1, c2 - c1];
  const dH = 2 * Math.sqrt(c1 * c2) * Math.sin((dh / 2) * degrees);
  const [lm, cm] = [(l1 + l2) / 2, (c1 + c2) / 2];
  let hm = h1 + h2;
  if (c1 * c2 !== 0) hm = (Math.abs(h1 - h2) <= 180 ? hm : hm + (hm < 360 ? 360 : -360)) / 2;
  const t = 1 - 0.17 * Math.cos((hm - 30) * degrees) + 0.24 * Math.cos(2 * hm * degrees)
    + 0.32 * Math.cos((3 * hm + 6) * degrees) - 0.2 * Math.cos((4 * hm - 63) * degrees);
  const sl = 1 + (0.015 * (lm - 50) ** 2) / Math.sqrt(20 + (lm - 50) ** 2);
  const [sc, sh] = [1 + 0.045 * cm, 1 + 0.015 * cm * t];
  const rt = -2 * Math.sqrt(cm ** 7 / (cm ** 7 + 25 ** 7)) * Math.sin(60 * Math.exp(-(((hm - 275) / 25) ** 2)) * degrees);
  return Math.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dH / sh) ** 2 + rt * (dc / sc) * (dH / sh));
}
