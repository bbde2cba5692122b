/** One turn of the worker's own loop: what has arrived meanwhile is heard. */
export function breath() {
  return new Promise((resolve) => {
    waiting.push(resolve);
    channel.port2.postMessage(undefined);
  });
}

const waiting = [];
const channel = new MessageChannel();
channel.port1.onmessage = () => waiting.shift()();
