// A peer off the page's thread; the name stands behind the question mark. A File in, bytes out, or what went wrong.

const LONG_SIDE = 1920;
const QUALITY = 0.82;
const PEERS = { canvas, jsquash, icodec, libheif };

const ready = PEERS[self.location.search.slice(1)]();

self.onmessage = async ({ data: file }) => {
  try {
    const bytes = await (await ready)(file);
    self.postMessage(bytes, [bytes]);
  } catch (fault) {
    self.postMessage(String(fault));
  }
};

function sizeWithin(width, height) {
  const scale = Math.min(1, LONG_SIDE / Math.max(width, height));
  return [Math.round(width * scale), Math.round(height * scale)];
}

/** Anything a canvas can draw, made small and encoded by the browser. */
async function drawn(picture) {
  const canvas = new OffscreenCanvas(...sizeWithin(picture.width, picture.height));
  const context = canvas.getContext('2d', { alpha: false });
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return (await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY })).arrayBuffer();
}

async function canvas() {
  return async (file) => drawn(await createImageBitmap(file));
}

async function jsquash() {
  const { default: decode } = await import('/m/@jsquash/jpeg/decode.js');
  const { default: encode } = await import('/m/@jsquash/jpeg/encode.js');
  const { default: resize } = await import('/m/@jsquash/resize/index.js');
  return async (file) => {
    const picture = await decode(await file.arrayBuffer(), { preserveOrientation: true });
    const [width, height] = sizeWithin(picture.width, picture.height);
    return encode(await resize(picture, { width, height }), { quality: 82 });
  };
}

async function icodec() {
  const { loadDecoder, decode } = await import('/m/icodec/lib/heic.js');
  globalThis._icodec_ImageData = (data, width, height) => new ImageData(data, width, height);
  await loadDecoder('/m/icodec/dist/heic-dec.wasm');
  return async (file) => drawn(await createImageBitmap(decode(new Uint8Array(await file.arrayBuffer()))));
}

async function libheif() {
  const { default: start } = await import('/m/libheif-js/libheif-wasm/libheif-bundle.mjs');
  const library = await start();
  return async (file) => {
    const [image] = new library.HeifDecoder().decode(await file.arrayBuffer());
    const picture = new ImageData(image.get_width(), image.get_height());
    await new Promise((resolve, reject) => image.display(picture, (done) => (done ? resolve() : reject(new Error('no picture')))));
    image.free();
    return drawn(await createImageBitmap(picture));
  };
}
