// JPEG, PNG and WebP: the browser decodes, the codec's module makes small what came out, in shares where that is simple.

import { beginsBlue, copy, isNative, resized } from "./share.js";

const LONGEST_PROFILE = 4 << 20; // of the file, as the module's header readers have it
const WORTH_ASKING = 2_000_000; // pixels of a share: of a phone's JPEG the decoder gives three million

/** Writes the browser's pixels into the job; false when there are none, or they are not to be trusted. */
export async function byBrowser(job, { frame: coming, again, work, codec, memory, pool }) {
  const packed = job.packedProfile;
  if (packed) {
    const profile = await inflated(packed);
    if (!profile) return false;
    job.setProfile(profile);
  }
  if (!job.knowsProfile) return byBitmap(job, await again(), { work, memory });
  const small = job.inShares();
  // While the decoder is at work.
  if (coming && !small) job.makeRoom();
  const frame = await coming;
  if (!frame) return job.source === "jpeg" && byBitmap(job, await again(), { work, memory });
  try {
    await work.first();
    work.progress(0.5);
    const { width, height } = frame.visibleRect;
    const shrinks = small && isNative(frame) && width > small[0] && height > small[1];
    if (shrinks && (await byShares(job, { frame, small, codec, memory, pool }))) return true;
    await copy(frame, { top: 0, rows: height }, memory, () => job.room(width, height, beginsBlue(frame)));
  } catch (fault) {
    // The module broke, not the browser's decoder.
    if (fault instanceof WebAssembly.RuntimeError) throw fault;
    return false;
  } finally {
    frame.close();
  }
  return !job.isSuspect;
}

/** Has the helpers and this worker make the picture small, each a share of it; false when it must be made in one piece. */
async function byShares(job, { frame, small, codec, memory, pool }) {
  const { width, height } = frame.visibleRect;
  // To start them takes longer than they would save: a first picture is made here, and the next ones find them.
  const others = pool.started().slice(0, Math.ceil((width * height) / WORTH_ASKING) - 1);
  const parts = others.length + 1;
  // The helpers' begin first.
  const asked = others.map((helper, part) => {
    const theirs = frame.clone();
    return helper.ask({ frame: theirs, small, parts, part }, [theirs]);
  });
  const here = (part) => resized(codec, memory, { frame, small, parts, part });
  const last = await here(others.length);
  pool.all();
  const shares = [];
  // What a helper could not do is done here.
  for (const answer of await Promise.all(asked)) shares.push(answer.result ?? (await here(shares.length)));
  return job.join([...shares, last]);
}

/**
 * The frame that the browser's decoder is at work on, in the file's own colours and not turned. It comes to nothing where the
 * browser cannot, and there is none where it is not asked. The bytes are the decoder's then.
 */
export async function startDecoding(job, bytes) {
  if (!self.ImageDecoder || !job.decodable) return undefined;
  const [desiredWidth, desiredHeight] = job.scaled ?? [];
  const size = desiredWidth ? { desiredWidth, desiredHeight } : {};
  let decoder;
  try {
    const data = { data: bytes, transfer: [bytes.buffer], type: job.mime };
    // Colours as they are in the file, those of transparent pixels too.
    decoder = new ImageDecoder({ ...data, colorSpaceConversion: "none", premultiplyAlpha: "none", ...size });
    // It begins when it has seen the head; from then on it needs nothing of this thread.
    await decoder.tracks.ready;
    const frame = decoder.decode({ completeFramesOnly: true }).then(({ image }) => image, () => undefined);
    // Within an object, as a promise would be waited for by who waits for this one.
    return { coming: frame.finally(() => decoder.close()) };
  } catch {
    decoder?.close();
    return undefined;
  }
}

/** The browser's other decoder, `createImageBitmap`, which turns and converts by the file's metadata: hence the bare file. */
async function byBitmap(job, bytes, { work, memory }) {
  if (!self.OffscreenCanvas || job.transparent) return false;
  try {
    const file = new Blob([job.bare(bytes)], { type: job.mime });
    const bitmap = await createImageBitmap(file);
    await work.first();
    const { width, height } = bitmap;
    const context = new OffscreenCanvas(width, height).getContext("2d", { alpha: false, willReadFrequently: true });
    context.drawImage(bitmap, 0, 0);
    bitmap.close();
    const { data } = context.getImageData(0, 0, width, height);
    const start = job.room(width, height);
    new Uint8Array(memory.buffer, start, data.length).set(data);
    return !job.isSuspect;
  } catch {
    return false;
  }
}

/** Nothing when it is damaged, or when a few bytes unfold to more than any profile has. */
async function inflated(packed) {
  const whole = new Uint8Array(LONGEST_PROFILE);
  let length = 0;
  try {
    const parts = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate")).getReader();
    for (let part = await parts.read(); !part.done; part = await parts.read()) {
      whole.set(part.value, length);
      length += part.value.length;
    }
  } catch {
    return undefined;
  }
  return whole.slice(0, length);
}
