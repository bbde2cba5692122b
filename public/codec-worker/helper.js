// The life of a helper of the codec worker: the same module once more, in a thread of its own.
//
// worker → helper { module }                  the compiled module, first of all
//                 { stream, matrix, mostPixels, room }   a tile of a HEIC picture; room is an earlier tile's, to be written over
// helper → worker { made } or { refusal, trapped }, in the order of the asking; after a trap the helper is replaced

let ready;

self.onmessage = async ({ data }) => {
  if (data.module) {
    ready = begin(data.module);
    return;
  }
  try {
    const made = tile(await ready, data);
    self.postMessage({ made }, [made.buffer]);
  } catch (thrown) {
    // The module throws its refusals as JSON; anything else is a fault of its own.
    const refused = typeof thrown === "string";
    const refusal = refused ? JSON.parse(thrown) : { kind: "damaged", detail: String(thrown) };
    self.postMessage({ refusal, trapped: !refused });
  }
};

async function begin(module) {
  const codec = await import("../pkg/codec/clinical_codec.js");
  await codec.default({ module_or_path: module });
  return codec;
}

function tile(codec, { stream, matrix, mostPixels, room }) {
  return codec.decode_tile(stream, matrix, mostPixels, room);
}
