/** Yields to the event loop once, so that messages which arrived meanwhile are handled. */
export function yieldToEventLoop() {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(undefined);
  });
}

const waiting = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => waiting.shift()();
