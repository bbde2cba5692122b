// The codec worker: prepares one file at a time, off the page's thread. Start it as a module:
//   new Worker("/codec-worker.js", { type: "module" })
//
// page → worker   { id, file, turns }         a File or Blob; id is the page's own, any value that can be cloned;
//                                             turns: quarter turns clockwise after the picture is upright (0 if left out)
// worker → page   { id, stage: "preparing" }  the file's turn has come
//                 { id, ok: true, jpeg, width, height, quality, sha256, source }
//                                             jpeg is a transferred ArrayBuffer, sha256 its digest in hexadecimal
//                 { id, ok: false, refusal }  refusal is clinical_images::codec::Unusable: { kind, ... }
//                 { fatal: true }             the module broke over the file just refused as "damaged". Replace this
//                                             worker: it refuses everything from now on as "unavailable".
//
// The module (/pkg/codec/clinical_codec.js and its .wasm) is loaded when the first file arrives. When it cannot be
// loaded, the files are answered with { ok: false, refusal: { kind: "unavailable", detail } }, and the next file tries again.

const LONGEST_FILE = 50_000_000; // clinical_images::codec::Limits, here before 50 MB are read in vain

let module;
let broken = false;
let turn = Promise.resolve();

self.onmessage = ({ data: { id, file, turns } }) => {
  turn = turn.then(() => answer(id, file, turns ?? 0));
};

async function answer(id, file, turns) {
  if (broken) {
    refuse(id, { kind: "unavailable", detail: "the codec stopped at an earlier file" });
    return;
  }
  if (file.size > LONGEST_FILE) {
    refuse(id, { kind: "tooManyBytes", bytes: file.size, limit: LONGEST_FILE });
    return;
  }
  self.postMessage({ id, stage: "preparing" });

  let codec;
  try {
    codec = await load();
  } catch (fault) {
    refuse(id, { kind: "unavailable", detail: String(fault) });
    return;
  }

  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch (fault) {
    // The file was moved or deleted after it was chosen, or a cloud drive did not deliver it.
    refuse(id, { kind: "unreadable", detail: String(fault) });
    return;
  }

  try {
    const picture = codec.prepare(bytes, turns);
    const { width, height, quality, sha256, source } = picture;
    const jpeg = picture.jpeg.buffer;
    picture.free();
    self.postMessage({ id, ok: true, jpeg, width, height, quality, sha256, source }, [jpeg]);
  } catch (thrown) {
    // The module throws its refusals as JSON text; anything else is a trap, after which its memory is not to be trusted.
    if (typeof thrown === "string") {
      refuse(id, JSON.parse(thrown));
    } else {
      broken = true;
      refuse(id, { kind: "damaged", detail: String(thrown) });
      self.postMessage({ fatal: true });
    }
  }
}

function load() {
  module ??= import(new URL("./pkg/codec/clinical_codec.js", self.location.href).href)
    .then(async (codec) => {
      await codec.default();
      return codec;
    })
    .catch((fault) => {
      module = undefined;
      throw fault;
    });
  return module;
}

function refuse(id, refusal) {
  self.postMessage({ id, ok: false, refusal });
}
