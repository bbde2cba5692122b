// HEIC: its tiles are decoded by the codec worker and its helpers, one after the other wherever a hand is free.

import { yieldToEventLoop } from "./yield.js";

const PIPELINED = 4; // tiles on their way to a helper: while this worker makes a row of them small, it must not run dry

/** Has all tiles decoded, by the helpers and here. */
export async function byTiles(job, { pool, work }) {
  await work.first();
  const { tiles, matrix, mostPixels } = job;
  const others = tiles > 1 ? pool.all() : [];
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
        work.goOn();
        await decode(index);
        placed += 1;
      } catch (thrown) {
        refused ??= thrown;
      }
    }
  };
  const by = (helper) => async (index) => {
    const [stream, room] = [job.stream(index), used.pop()];
    const parts = [stream, room].filter(Boolean).map(({ buffer }) => buffer);
    const { result, refusal } = await helper.ask({ stream, matrix, mostPixels, room }, parts);
    if (refusal) throw refusal;
    // After a fault the job must be left alone.
    if (refused) return;
    job.place(index, result);
    used.push(result);
  };
  const here = async (index) => {
    job.decode(index);
    work.progress((0.8 * placed) / tiles);
    // Lets the helpers' tiles in.
    if (others.length) await yieldToEventLoop();
  };
  // All lanes are waited for, whatever happens in one: a tile must not come to a job that is gone. The helpers' begin first.
  const lanes = others.flatMap((helper) => Array.from({ length: PIPELINED }, () => lane(by(helper))));
  await Promise.all([...lanes, lane(here)]);
  if (refused) throw refused;
  return true;
}
