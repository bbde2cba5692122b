// A helper in the codec worker's pool: the same module once more, in a thread of its own.
//
// worker → helper { module }                  the compiled module, first of all
//                 { stream, matrix, mostPixels, room }   a tile of a HEIC picture; room is an earlier tile's, to be written over
//                 { frame, small, parts, part }          a share of a picture (share.js)
// helper → worker { result } or { refusal, trapped }, in the order of the requests; after a trap the helper is replaced

let ready;
let answered = Promise.resolve();

self.onmessage = ({ data }) => {
  if (data.module) ready = begin(data.module);
  else answered = answered.then(() => answer(data));
};

async function answer(task) {
  try {
    const { codec, memory, share } = await ready;
    const result = task.frame ? await share.resized(codec, memory, task) : tile(codec, task);
    self.postMessage({ result }, [result.buffer]);
  } catch (thrown) {
    // The module throws its refusals as JSON; anything else is a fault of its own.
    const refused = typeof thrown === "string";
    const refusal = refused ? JSON.parse(thrown) : { kind: "damaged", detail: String(thrown) };
    self.postMessage({ refusal, trapped: !refused });
  } finally {
    task.frame?.close();
  }
}

async function begin(module) {
  const [codec, share] = await Promise.all([import("../pkg/codec/clinical_codec.js"), import("./share.js")]);
  const { memory } = await codec.default({ module_or_path: module });
  return { codec, memory, share };
}

function tile(codec, { stream, matrix, mostPixels, room }) {
  const tile = codec.decode_tile(stream, matrix, mostPixels, room);
  // Garbage is collected late.
  stream.buffer.transfer?.(0);
  return tile;
}
