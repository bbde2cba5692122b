// Warm-up: a browser compiles a WebAssembly function with its baseline compiler when it is first called, and with the optimising
// one after some calls. Without warm-up a first photo takes half as long again as the second (HEIC), or its last part three
// times as long (JPEG).

import { yieldToEventLoop } from "./yield.js";

const ROUNDS = 10; // after so many the first photo takes as long as the next ones
const BESIDE = 3; // of photos: more would take the time of the decoder that they are to pass

/** The warm-up of a module that has prepared nothing yet. */
export function warmupOf(codec) {
  const due = { photos: ROUNDS, tiles: ROUNDS };
  const run = { photos: codec.warmUpPhoto, tiles: codec.warmUpTile };
  return {
    /** All rounds, as long as the worker is idle. */
    async early(idle) {
      while (idle() && due.photos + due.tiles > 0) {
        const kind = due.photos >= due.tiles ? "photos" : "tiles";
        due[kind] -= 1;
        run[kind]();
        await yieldToEventLoop();
      }
    },
    /** A few rounds while the browser decodes the first photo. */
    async beside(decoding) {
      let done = false;
      void decoding.then(() => { done = true; });
      for (let round = 0; round < BESIDE && due.photos > 0 && !done; round += 1) {
        run.photos();
        await yieldToEventLoop();
      }
      // From here on real photos warm it up.
      due.photos = 0;
    },
  };
}
