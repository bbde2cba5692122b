// The codec worker: prepares files off the page's thread, and answers in the order in which they came. At most two are in
// work: while the browser decodes one, the one before it is made small. Start it as a module:
//   new Worker("/codec-worker.js", { type: "module" })
//
// page → worker   { id, file, turns, thumbnail }
//                                             a File or Blob; id is the page's own, any value that can be cloned;
//                                             turns: quarter turns clockwise after the picture is upright (0 if left out);
//                                             thumbnail: longest side of one, in pixels (none is made if left out)
//                 { id, cancel: true }        the answer is not wanted any more; none comes
//                 { warm: true }              a picture will come soon: fetch and compile, start the helpers
// worker → page   { id, stage: "preparing", share }   the file's turn has come; share of the work done, 0 to 1
//                 { id, ok: true, jpeg, width, height, quality, sha256, source, thumbnail }
//                                             jpeg is a transferred ArrayBuffer, sha256 its digest in hexadecimal;
//                                             thumbnail a JPEG likewise, when one was asked for
//                 { id, ok: false, refusal }  refusal is clinical_images::codec::Unusable: { kind, ... }
//                 { fatal: true }             the module broke over the file just refused as "damaged". Replace this
//                                             worker: it refuses everything from now on as "unavailable".
//                 { tired: true }             nothing is wrong, but a large picture has left this worker with much memory
//                                             that it cannot give back. Replace it.
//
// Modules are fetched when they are needed: /pkg/codec/clinical_codec.js with the first file, clinical_codec_general.js
// with the first file that the browser cannot decode. When one cannot be loaded, the file is answered with
// { ok: false, refusal: { kind: "unavailable", detail } }, and the next one tries again.
//
// The same script, started by this worker under the name "tiles", is a helper that decodes tiles of HEIC pictures:
// worker → helper { module }                  the compiled module
//                 { stream, matrix, mostPixels, room }   room is an earlier tile's, to be written over
// helper → worker { tile } or { refusal, trapped }, in the order of the asking; after a trap the helper is replaced

const LONGEST_FILE = 50_000_000; // clinical_images::codec::Limits, here before 50 MB are read in vain
const LONGEST_PROFILE = 4 << 20; // of the file, as the header readers have it
const MOST_WORKERS = 4; // with this one
const TIRED_AT = 256 << 20;
const MOST_BESIDE = 30_000_000; // pixels; a larger picture is in work alone
const PIPELINED = 4; // tiles on their way to a helper: while this worker makes a row of them small, it must not run dry

const at = (name) => new URL(`./pkg/codec/${name}`, self.location.href).href;

if (self.name === "tiles") serveTiles();
else servePage();

// ---------------------------------------------------------------------------------------------- pictures

function servePage() {
  const cancelled = new Set();
  let broken = false;
  let next = Promise.resolve(); // when the next file may begin
  let answered = Promise.resolve(); // when all files so far have been answered

  self.onmessage = ({ data }) => {
    if (data.warm) void load().then(helpers).catch(() => {});
    else if (data.cancel) cancelled.add(data.id);
    else {
      const before = answered;
      let share;
      const shared = new Promise((resolve) => { share = resolve; });
      answered = next.then(() => answer(data, before, share));
      next = Promise.race([Promise.all([shared, before]), answered]);
    }
  };

  async function answer({ id, file, turns, thumbnail: thumbnailSide }, before, share) {
    const refuse = (refusal) => self.postMessage({ id, ok: false, refusal });
    const goOn = () => {
      if (broken) throw { kind: "unavailable", detail: "the codec stopped at an earlier file" };
      if (cancelled.has(id)) throw CANCELLED;
    };
    const work = {
      turns: turns ?? 0,
      thumbnailSide,
      progress: (done) => self.postMessage({ id, stage: "preparing", share: done }),
      stopped: () => cancelled.has(id),
      /** From here on the next file may be in work too. */
      share,
      /** When all files before this one have been answered: then the modules are this one's. */
      first: () => before.then(goOn),
    };
    try {
      goOn();
      if (file.size > LONGEST_FILE) throw { kind: "tooManyBytes", bytes: file.size, limit: LONGEST_FILE };
      work.progress(0);
      const picture = await prepare(file, work);
      const { width, height, quality, sha256, source } = picture;
      const jpeg = picture.jpeg.buffer;
      const thumbnail = picture.thumbnail?.buffer;
      picture.free();
      const message = { id, ok: true, jpeg, width, height, quality, sha256, source, thumbnail };
      if (!work.stopped()) self.postMessage(message, thumbnail ? [jpeg, thumbnail] : [jpeg]);
    } catch (thrown) {
      await before;
      if (thrown === CANCELLED) return;
      const refusal = refusalOf(thrown);
      if (refusal) refuse(refusal);
      else {
        // A trap: the module's memory is not to be trusted any more.
        broken = true;
        refuse({ kind: "damaged", detail: String(thrown) });
        self.postMessage({ fatal: true });
      }
    } finally {
      cancelled.delete(id);
    }
    const heap = (memory?.buffer.byteLength ?? 0) + (generalMemory?.buffer.byteLength ?? 0);
    if (!broken && heap > TIRED_AT) self.postMessage({ tired: true });
  }
}

const CANCELLED = { kind: "cancelled" };

/** What a thrown value says about the file; nothing for a fault of the module. The module throws its refusals as JSON. */
function refusalOf(thrown) {
  if (typeof thrown === "string") return JSON.parse(thrown);
  return typeof thrown?.kind === "string" ? thrown : undefined;
}

async function prepare(file, work) {
  const codec = await load();
  const bytes = await read(file);
  if (!codec) return generally(bytes, work);
  // A decoder that has begun keeps the bytes for itself.
  const again = async () => (bytes.length ? bytes : read(file));
  const job = new codec.Job(bytes);
  let frame;
  let finished = false;
  try {
    // Of a large picture there is one frame at a time.
    if (job.pixels > MOST_BESIDE) await work.first();
    frame = await begun(job, bytes);
    job.read();
    const ways = { browser: byBrowser, tiles: byTiles, general: () => false };
    const done = await ways[job.way](job, { frame: frame?.coming, again, work });
    if (work.stopped()) throw CANCELLED;
    if (done) {
      finished = true;
      return job.finish(work.turns, work.thumbnailSide);
    }
  } finally {
    if (!finished) job.free();
    void frame?.coming.then((picture) => picture?.close());
  }
  return generally(await again(), work);
}

/** All of a file. FileReaderSync saves a millisecond, but a cloud drive that dawdles would hold up the file before it. */
async function read(file) {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (fault) {
    // The file was moved or deleted after it was chosen, or a cloud drive did not deliver it.
    throw { kind: "unreadable", detail: String(fault) };
  }
}

// ---------------------------------------------------------------------------------------------- the browser decodes

/** Writes the browser's pixels into the job; false when there are none, or they are not to be trusted. */
async function byBrowser(job, { frame: coming, again, work }) {
  const packed = job.packedProfile;
  if (packed) {
    const profile = await inflated(packed);
    if (!profile) return false;
    job.setProfile(profile);
  }
  if (job.pixels > MOST_BESIDE) await work.first();
  else work.share();
  if (!job.knowsProfile) return byBitmap(job, await again(), work);
  if (coming) job.makeRoom();
  const frame = await coming;
  if (!frame) return job.source === "jpeg" && byBitmap(job, await again(), work);
  try {
    await work.first();
    work.progress(0.5);
    const { width, height } = frame.visibleRect;
    // Its own order of colours, as to have them exchanged costs more than the copy.
    const blueFirst = frame.format === "BGRX";
    const format = blueFirst ? {} : { format: "RGBA" };
    const start = job.room(width, height, blueFirst);
    let buffer;
    do {
      buffer = memory.buffer;
      const room = new Uint8Array(buffer, start, width * height * 4);
      const copied = frame.copyTo(room, { ...format, layout: [{ offset: 0, stride: width * 4 }] });
      // The next file may have made the memory grow meanwhile, and so move: then once more.
      await copied.catch((fault) => { if (buffer === memory.buffer) throw fault; });
    } while (buffer !== memory.buffer);
  } catch {
    return false;
  } finally {
    frame.close();
  }
  return !job.isSuspect;
}

/**
 * The frame that the browser's decoder is at work on, in the file's own colours and not turned. It comes to nothing where the
 * browser cannot, and there is none where it is not asked. The bytes are the decoder's then.
 */
async function begun(job, bytes) {
  if (!self.ImageDecoder || !job.decodable) return undefined;
  const [desiredWidth, desiredHeight] = job.scaled ?? [];
  const size = desiredWidth ? { desiredWidth, desiredHeight } : {};
  let decoder;
  try {
    const data = { data: bytes, transfer: [bytes.buffer], type: job.mime };
    decoder = new ImageDecoder({ ...data, colorSpaceConversion: "none", ...size });
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

/** The other door to the browser's decoder, which turns and converts by what it finds: hence the bare file. */
async function byBitmap(job, bytes, work) {
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

// ---------------------------------------------------------------------------------------------- tiles

/** Has all tiles decoded, by the helpers and here. */
async function byTiles(job, { work }) {
  await work.first();
  const { tiles, matrix, mostPixels } = job;
  const others = tiles > 1 ? await helpers() : [];
  const used = []; // tiles that have been taken: new ones for all would be a picture's worth of garbage
  let next = 0;
  let placed = 0;
  let refused;
  /** Decodes tiles, one after the other, as long as there are any and all is well. */
  const lane = async (decode) => {
    while (next < tiles && !refused) {
      const index = next;
      next += 1;
      try {
        if (work.stopped()) throw CANCELLED;
        await decode(index);
        placed += 1;
      } catch (thrown) {
        refused ??= thrown;
      }
    }
  };
  const by = (helper) => async (index) => {
    const { tile, refusal } = await helper.decode({ stream: job.stream(index), matrix, mostPixels, room: used.pop() });
    if (refusal) throw refusal;
    // After a fault the job must be left alone.
    if (refused) return;
    job.place(index, tile);
    used.push(tile);
  };
  const here = async (index) => {
    job.decode(index);
    work.progress((0.8 * placed) / tiles);
    // Lets the helpers' tiles in.
    if (others.length) await breath();
  };
  // All lanes are waited for, whatever happens in one: a tile must not come to a job that is gone. The helpers' begin first.
  const lanes = others.flatMap((helper) => Array.from({ length: PIPELINED }, () => lane(by(helper))));
  await Promise.all([...lanes, lane(here)]);
  if (refused) throw refused;
  return true;
}

/** One turn of the worker's own loop. */
const channel = new MessageChannel();
function breath() {
  return new Promise((resolve) => {
    channel.port1.onmessage = resolve;
    channel.port2.postMessage(undefined);
  });
}

let team;

/** The helpers: as many as there are cores, less this worker; none where memory is short. */
function helpers() {
  team ??= load().then(() => {
    const wanted = Math.min(MOST_WORKERS, self.navigator.hardwareConcurrency || 1) - 1;
    const little = (self.navigator.deviceMemory ?? 8) <= 1;
    return self.Worker && !little ? Array.from({ length: wanted }, newHelper) : [];
  });
  return team;
}

/** A helper, which answers in the order in which it was asked. */
function newHelper() {
  const worker = new Worker(self.location.href, { type: "module", name: "tiles" });
  const asked = [];
  const helper = {
    decode(task) {
      const parts = [task.stream, task.room].filter(Boolean).map(({ buffer }) => buffer);
      worker.postMessage(task, parts);
      return new Promise((resolve) => { asked.push(resolve); });
    },
  };
  // What was asked of it and has no answer is refused.
  const replace = (others) => {
    worker.terminate();
    asked.splice(0).forEach((answer) => answer({ refusal: { kind: "damaged", detail: "a helper stopped" } }));
    team = team?.then((all) => all.flatMap((each) => (each === helper ? others() : each)));
  };
  worker.onmessage = ({ data }) => {
    asked.shift()(data);
    if (data.trapped) replace(newHelper);
  };
  // One that cannot even start is done without.
  worker.onerror = () => replace(() => []);
  worker.postMessage({ module: compiled });
  return helper;
}

/** A helper's life. */
function serveTiles() {
  let ready;
  self.onmessage = async ({ data }) => {
    if (data.module) {
      ready = import(at("clinical_codec.js")).then(async (codec) => {
        await codec.default({ module_or_path: data.module });
        return codec;
      });
      return;
    }
    const { stream, matrix, mostPixels, room } = data;
    try {
      const codec = await ready;
      const tile = codec.decode_tile(stream, matrix, mostPixels, room);
      self.postMessage({ tile }, [tile.buffer]);
    } catch (thrown) {
      const refusal = refusalOf(thrown);
      self.postMessage({ refusal: refusal ?? { kind: "damaged", detail: String(thrown) }, trapped: !refusal });
    }
  };
}

// ---------------------------------------------------------------------------------------------- modules

let codecModule;
let generalModule;
let compiled;
let memory;
let generalMemory;

/** The codec module; nothing in a browser without vector instructions, which the general module serves. */
function load() {
  codecModule ??= (async () => {
    const script = import(at("clinical_codec.js"));
    try {
      compiled = await WebAssembly.compileStreaming(fetch(at("clinical_codec_bg.wasm")));
    } catch (fault) {
      if (fault instanceof WebAssembly.CompileError) return undefined;
      throw fault;
    }
    const codec = await script;
    ({ memory } = await codec.default({ module_or_path: compiled }));
    return codec;
  })().catch((fault) => {
    codecModule = undefined;
    throw { kind: "unavailable", detail: String(fault) };
  });
  return codecModule;
}

async function generally(bytes, work) {
  await work.first();
  generalModule ??= import(at("clinical_codec_general.js"))
    .then(async (codec) => {
      ({ memory: generalMemory } = await codec.default());
      return codec;
    })
    .catch((fault) => {
      generalModule = undefined;
      throw { kind: "unavailable", detail: String(fault) };
    });
  return (await generalModule).prepare(bytes, work.turns, work.thumbnailSide);
}
