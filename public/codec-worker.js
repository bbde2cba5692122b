// The codec worker: prepares files off the page's thread, and answers in the order in which they came. At most two are in
// work: while the browser decodes one, the one before it is made small. Start it as a module:
//   new Worker("/codec-worker.js", { type: "module" })
// Its messages are described at the page's end, app/src/browser/codec.rs.
//
// What it needs is fetched when it is needed: /pkg/codec/clinical_codec.js and its own parts (codec-worker/) with the first
// file, all at once; clinical_codec_general.js with the first file that the browser cannot decode. When something cannot be
// loaded, the file is answered with { ok: false, refusal: { kind: "unavailable", detail } }, and this worker is replaced: the browser remembers imports that failed.

const MAX_HEAP_BYTES = 256 << 20;
const MOST_BESIDE = 30_000_000; // pixels; a larger picture is in work alone

const cancelled = new Set();
let broken = false;
let inWork = 0; // files that have not been answered
let next = Promise.resolve(); // when the next file may begin
let answered = Promise.resolve(); // when all files so far have been answered

self.onmessage = ({ data }) => {
  if (data.ping) self.postMessage({ ping: true });
  else if (data.warm) void warm().catch(() => { if (inWork === 0) self.postMessage({ fatal: true }); });
  else if (data.cancel) cancelled.add(data.id);
  else {
    const before = answered;
    inWork += 1;
    let share;
    const shared = new Promise((resolve) => { share = resolve; });
    answered = next.then(() => answer(data, before, share));
    next = Promise.race([Promise.all([shared, before]), answered]);
  }
};

async function answer({ id, file, edit, thumbnail: thumbnailSide, limits = {} }, before, share) {
  const refuse = (refusal) => self.postMessage({ id, ok: false, refusal });
  /** Throws when this file is not to be worked on any more. */
  const goOn = () => {
    if (broken) throw { kind: "unavailable", detail: "the codec stopped at an earlier file" };
    if (cancelled.has(id)) throw CANCELLED;
  };
  const work = {
    edit: edit ?? [],
    thumbnailSide,
    limits: [limits.inputBytes, limits.inputPixels, limits.outputBytes, limits.longSide],
    progress: (done) => self.postMessage({ id, stage: "preparing", share: done }),
    goOn,
    /** From here on the next file may be in work too. */
    share,
    /** When all files before this one have been answered: then the modules are this one's. */
    first: () => before.then(goOn),
  };
  try {
    goOn();
    // The module looks too, but only once all of it has been read.
    if (file.size > limits.inputBytes) throw { kind: "tooManyBytes", bytes: file.size, limit: limits.inputBytes };
    work.progress(0);
    const picture = await prepare(file, work);
    const { width, height, quality, sha256, source } = picture;
    const jpeg = picture.jpeg.buffer;
    const thumbnail = picture.thumbnail?.buffer;
    picture.free();
    const message = { id, ok: true, jpeg, width, height, quality, sha256, source, thumbnail };
    if (!cancelled.has(id)) self.postMessage(message, thumbnail ? [jpeg, thumbnail] : [jpeg]);
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
    inWork -= 1;
  }
  const heap = (memory?.buffer.byteLength ?? 0) + (generalMemory?.buffer.byteLength ?? 0);
  if (!broken && heap > MAX_HEAP_BYTES) self.postMessage({ memoryPressure: true });
}

const CANCELLED = { kind: "cancelled" };

/** What a thrown value says about the file; nothing for a fault of the module. The module throws its refusals as JSON. */
function refusalOf(thrown) {
  if (typeof thrown === "string") return JSON.parse(thrown);
  return typeof thrown?.kind === "string" ? thrown : undefined;
}

async function warm() {
  const core = await load();
  core?.pool.all();
  await core?.warmup.early(() => inWork === 0);
}

async function prepare(file, work) {
  const [core, bytes] = await Promise.all([load(), read(file)]);
  if (!core) return generally(bytes, work);
  const { codec, startDecoding, byBrowser, byTiles, pool } = core;
  // A decoder that has begun keeps the bytes for itself.
  const again = async () => (bytes.length ? bytes : read(file));
  const job = new codec.Job(bytes, work.edit, ...work.limits);
  const large = () => job.pixels > MOST_BESIDE;
  let frame;
  let finished = false;
  try {
    // Of a large picture there is one frame at a time.
    if (large()) await work.first();
    frame = await startDecoding(job, bytes);
    if (frame) await core.warmup.beside(frame.coming);
    job.read();
    // Nobody needs them again, and garbage is collected late.
    if (job.way === "tiles") bytes.buffer.transfer?.(0);
    if (large()) await work.first();
    else if (job.way === "browser") work.share();
    const ways = { browser: byBrowser, tiles: byTiles, general: () => false };
    const done = await ways[job.way](job, { frame: frame?.coming, again, work, codec, memory, pool });
    work.goOn();
    if (done) {
      finished = true;
      return job.finish(work.thumbnailSide);
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

let loaded;
let general;
let memory;
let generalMemory;

const pkg = (name) => new URL(`./pkg/codec/${name}`, self.location.href).href;
const unavailable = (fault) => ({ kind: "unavailable", detail: String(fault) });

/**
 * The codec module, the ways to its pixels, and the helpers: not imports of this script, as they would have to arrive before
 * anything else could be asked for. Nothing in a browser without vector instructions, which the general module serves.
 */
function load() {
  loaded ??= (async () => {
    const parts = Promise.all([
      import(pkg("clinical_codec.js")),
      import("./codec-worker/browser.js"),
      import("./codec-worker/tiles.js"),
      import("./codec-worker/pool.js"),
      import("./codec-worker/warmup.js"),
      // These are imported by those, which would only then ask for them.
      import("./codec-worker/share.js"),
      import("./codec-worker/yield.js"),
    ]);
    // A rejection reaches whoever awaits `parts` below.
    parts.catch(() => {});
    let module;
    try {
      module = await WebAssembly.compileStreaming(fetch(pkg("clinical_codec_bg.wasm")));
    } catch (fault) {
      if (fault instanceof WebAssembly.CompileError) return undefined;
      throw fault;
    }
    const [codec, { startDecoding, byBrowser }, { byTiles }, { poolOf }, { warmupOf }] = await parts;
    ({ memory } = await codec.default({ module_or_path: module }));
    return { codec, startDecoding, byBrowser, byTiles, pool: poolOf(module), warmup: warmupOf(codec) };
  })().catch((fault) => {
    loaded = undefined;
    throw unavailable(fault);
  });
  return loaded;
}

async function generally(bytes, work) {
  await work.first();
  general ??= import(pkg("clinical_codec_general.js"))
    .then(async (codec) => {
      ({ memory: generalMemory } = await codec.default());
      return codec;
    })
    .catch((fault) => {
      general = undefined;
      throw unavailable(fault);
    });
  return (await general).prepare(bytes, work.edit, work.thumbnailSide, ...work.limits);
}
