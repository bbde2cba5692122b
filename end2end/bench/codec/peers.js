// One function a peer: a File in, the bytes of an upright JPEG of at most 1920 pixels out, as its documentation has it
// done. Peers that would stop the page are run in a worker (peer-worker.js), as their users do.

const LONG_SIDE = 1920;
const QUALITY = 0.82;

/** What each peer takes: the kinds of photo, and how it is loaded and called. */
export const PEERS = {
  ours: { kinds: ['jpeg', 'png', 'webp', 'heic'], start: ours },
  compressorjs: { kinds: ['jpeg', 'png', 'webp'], start: compressorjs },
  'browser-image-compression': { kinds: ['jpeg', 'png', 'webp'], start: imageCompression },
  canvas: { kinds: ['jpeg', 'png', 'webp'], start: () => inWorker('canvas') },
  pica: { kinds: ['jpeg'], start: pica },
  jsquash: { kinds: ['jpeg'], start: () => inWorker('jsquash') },
  icodec: { kinds: ['heic'], start: () => inWorker('icodec') },
  'libheif-js': { kinds: ['heic'], start: () => inWorker('libheif') },
  'heic-to': { kinds: ['heic'], start: heicTo },
  heic2any: { kinds: ['heic'], start: heic2any },
};

async function ours() {
  const worker = new Worker('/codec-worker.js', { type: 'module' });
  const waiting = new Map();
  let last = 0;
  worker.onmessage = ({ data }) => {
    if (data.ok === undefined) return;
    waiting.get(data.id)?.(data);
    waiting.delete(data.id);
  };
  return async (file) => {
    last += 1;
    const answer = new Promise((resolve) => waiting.set(last, resolve));
    worker.postMessage({ id: last, file, turns: 0 });
    const result = await answer;
    if (!result.ok) throw new Error(JSON.stringify(result.refusal));
    return result.jpeg;
  };
}

/** Talks to one worker that holds the named peer. */
async function inWorker(name) {
  const worker = new Worker(`/bench/peer-worker.js?${name}`, { type: 'module' });
  return (file) =>
    new Promise((resolve, reject) => {
      worker.onmessage = ({ data }) => (data instanceof ArrayBuffer ? resolve(data) : reject(new Error(data)));
      worker.onerror = ({ message }) => reject(new Error(message));
      worker.postMessage(file);
    });
}

async function compressorjs() {
  const { default: Compressor } = await import('/m/compressorjs/dist/compressor.esm.js');
  return (file) =>
    new Promise((resolve, reject) => {
      const success = (blob) => resolve(blob.arrayBuffer());
      new Compressor(file, {
        maxWidth: LONG_SIDE, maxHeight: LONG_SIDE, quality: QUALITY, mimeType: 'image/jpeg', success, error: reject,
      });
    });
}

async function imageCompression() {
  const { default: compress } = await import('/m/browser-image-compression/dist/browser-image-compression.mjs');
  const options = {
    maxWidthOrHeight: LONG_SIDE, maxSizeMB: 1, initialQuality: QUALITY, fileType: 'image/jpeg', useWebWorker: true,
    libURL: `${location.origin}/m/browser-image-compression/dist/browser-image-compression.js`,
  };
  return async (file) => (await compress(file, options)).arrayBuffer();
}

async function pica() {
  const { default: Pica } = await import('/m/pica/dist/pica.min.mjs');
  const resizer = new Pica();
  return async (file) => {
    const bitmap = await createImageBitmap(file);
    const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(bitmap.width * scale);
    canvas.height = Math.round(bitmap.height * scale);
    await resizer.resize(bitmap, canvas);
    bitmap.close();
    return (await resizer.toBlob(canvas, 'image/jpeg', QUALITY)).arrayBuffer();
  };
}

/** The end of the way for those that only turn a HEIC into a JPEG of full size. */
async function shrunk(blob) {
  const bitmap = await createImageBitmap(blob);
  const scale = Math.min(1, LONG_SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext('2d').drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  return (await canvas.convertToBlob({ type: 'image/jpeg', quality: QUALITY })).arrayBuffer();
}

async function heicTo() {
  const { heicTo: convert } = await import('/m/heic-to/dist/heic-to.js');
  return async (file) => shrunk(await convert({ blob: file, type: 'image/jpeg', quality: 0.92 }));
}

async function heic2any() {
  await new Promise((resolve, reject) => {
    const script = document.createElement('script');
    Object.assign(script, { src: '/m/heic2any/dist/heic2any.min.js', onload: resolve, onerror: reject });
    document.head.append(script);
  });
  return async (file) => shrunk(await window.heic2any({ blob: file, toType: 'image/jpeg', quality: 0.92 }));
}
