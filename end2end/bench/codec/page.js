// What the driver calls in the page: starts peers, runs them, watches the thread, judges what came out.

import { PEERS } from '/bench/peers.js';
import { difference, judge } from '/bench/quality.js';

const started = {};
const photos = {};

async function photo(name) {
  photos[name] ??= await (await fetch(`/photos/${name}`)).blob();
  const type = photos[name].type;
  return new File([photos[name]], name, { type });
}

window.bench = {
  peers: Object.fromEntries(Object.entries(PEERS).map(([name, { kinds }]) => [name, kinds])),

  /** One run: milliseconds, the widest gap in the page's own turns, and how long the answer is. */
  async run(peer, name) {
    const file = await photo(name);
    const began = performance.now();
    started[peer] ??= PEERS[peer].start();
    const watch = watchThread();
    const bytes = await (await started[peer])(file);
    const ms = performance.now() - began;
    return { ms, gap: watch.stop(), bytes: bytes.byteLength };
  },

  /** What the answer is worth beside a reference made from the full picture. */
  async quality(peer, name) {
    const file = await photo(name);
    started[peer] ??= PEERS[peer].start();
    return judge(name, file, await (await started[peer])(file));
  },

  /** Our answer in base64, and how far it is from another picture; or why it was refused. */
  async compare(name, other) {
    started.ours ??= PEERS.ours.start();
    let answer;
    try {
      answer = await (await started.ours)(await photo(name));
    } catch (fault) {
      return { refused: JSON.parse(fault.message) };
    }
    const jpeg = base64(new Uint8Array(answer));
    return other ? { jpeg, ...(await difference(new Blob([answer]), await photo(other))) } : { jpeg };
  },
};

function base64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** Wakes the page every few milliseconds and remembers the longest wait. */
function watchThread() {
  let last = performance.now();
  let widest = 0;
  const note = () => {
    const now = performance.now();
    widest = Math.max(widest, now - last);
    last = now;
  };
  const timer = setInterval(note, 4);
  return {
    stop() {
      note();
      clearInterval(timer);
      return widest;
    },
  };
}
