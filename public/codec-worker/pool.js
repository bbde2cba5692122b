// The worker pool of the codec worker: helpers that process a part of a picture with the same module (helper.js).

const MOST_WORKERS = 4; // with the one that asks
const CHECK_INTERVAL = 20_000; // milliseconds
const MOST_MISSED = 3; // a tile or a share takes a second or two

/** Helpers that have this compiled module. They are started when they are first asked for. */
export function poolOf(module) {
  let all;
  const pool = {
    /** As many as there are cores, less the worker that asks; none where memory is short. */
    all() {
      if (!all) {
        const wanted = Math.min(MOST_WORKERS, self.navigator.hardwareConcurrency || 1) - 1;
        const little = (self.navigator.deviceMemory ?? 8) <= 1;
        all = self.Worker && !little ? Array.from({ length: wanted }, newHelper) : [];
      }
      return all;
    },
    /** Those that have been started. */
    started: () => all ?? [],
  };

  /** A helper, which answers in the order in which it was asked. */
  function newHelper() {
    const worker = new Worker(new URL("./helper.js", import.meta.url), { type: "module" });
    const asked = [];
    const helper = {
      /** Asks for what helper.js takes, and gives away the parts named. The answer has the result, or a refusal. */
      ask(task, parts) {
        worker.postMessage(task, parts);
        return new Promise((resolve) => { asked.push(resolve); });
      },
    };
    // What was asked of it and has no answer is refused.
    const replace = (others, kind = "damaged") => {
      worker.terminate();
      clearInterval(clock);
      asked.splice(0).forEach((answer) => answer({ refusal: { kind, detail: "a helper stopped" } }));
      all = all.flatMap((each) => (each === helper ? others() : each));
    };
    // The browser may have terminated it without an event. Intervals are counted, as this worker may have slept.
    let missed = 0;
    const clock = setInterval(() => {
      missed = asked.length ? missed + 1 : 0;
      if (missed > MOST_MISSED) replace(() => [newHelper()], "unavailable");
    }, CHECK_INTERVAL);
    worker.onmessage = ({ data }) => {
      missed = 0;
      asked.shift()(data);
      if (data.trapped) replace(() => [newHelper()]);
    };
    // One that cannot even start is done without.
    worker.onerror = () => replace(() => []);
    worker.postMessage({ module });
    return helper;
  }

  return pool;
}
