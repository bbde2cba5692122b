// Three free ports in a row: the server's, the picture store's, the simulated Medtech's.
import net from 'node:net';

export async function threePorts(): Promise<number> {
  for (let tries = 0; tries < 50; tries += 1) {
    const first = 20_000 + 3 * Math.floor(Math.random() * 3_000);
    const free = await Promise.all([first, first + 1, first + 2].map(isFree));
    if (free.every(Boolean)) return first;
  }
  throw new Error('no three free ports in a row between 20000 and 29000');
}

export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
