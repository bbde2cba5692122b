// Rehearsals: a browser compiles a function of a module in haste when it is first called, and well once it has seen it work.
// Without them a first photo takes half as long again as the second (HEIC), or its last part three times as long (JPEG).

import { breath } from "./breath.js";

const ROUNDS = 10; // after so many the first photo takes as long as the next ones
const BESIDE = 3; // of photos: more would take the time of the decoder that they are to pass

/** The rehearsals of a module that has not worked yet. */
export function rehearsalsOf(codec) {
  const due = { photos: ROUNDS, tiles: ROUNDS };
  const rehearse = { photos: codec.rehearsePhoto, tiles: codec.rehearseTile };
  return {
    /** All of them, as long as there is nothing else to do. */
    async early(idle) {
      while (idle() && due.photos + due.tiles > 0) {
        const kind = due.photos >= due.tiles ? "photos" : "tiles";
        due[kind] -= 1;
        rehearse[kind]();
        await breath();
      }
    },
    /** Some, as long as the browser is at work on the first photo. */
    async beside(decoding) {
      let done = false;
      void decoding.then(() => { done = true; });
      for (let round = 0; round < BESIDE && due.photos > 0 && !done; round += 1) {
        rehearse.photos();
        await breath();
      }
      // From here on photos are rehearsal enough.
      due.photos = 0;
    },
  };
}
