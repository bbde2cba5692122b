// A file server for the bench: the built site as it is, the bench's page, the peers' packages, the photos. It counts what
// a peer fetches, as brotli would carry it.
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const TYPES = {
  html: 'text/html', js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm', jpg: 'image/jpeg',
  png: 'image/png', webp: 'image/webp', heic: 'image/heic',
};

/** Listens on a free port. `weight()` is what was fetched since `forget()`, in bytes, photos and the bench left out. */
export async function serve({ own, site, photos }) {
  const weights = new Map();
  let fetched = new Set();
  const places = [
    ['/bench/', own],
    ['/m/', path.join(own, 'node_modules')],
    ['/', site],
  ];
  const find = (name) => {
    const photo = photos.find((each) => name === `/photos/${each.name}`);
    if (photo) return photo.file;
    // As it is now, whenever the site was built.
    if (name.startsWith('/codec-worker')) return path.join(site, '../../public', path.normalize(name));
    const [prefix, folder] = places.find(([start]) => name.startsWith(start));
    return path.join(folder, path.normalize(name.slice(prefix.length)));
  };
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const file = find(pathname);
    if (!fs.existsSync(file) || fs.statSync(file).isDirectory()) {
      response.writeHead(404).end();
      return;
    }
    if (!/^\/(photos|bench)\//.test(pathname)) fetched.add(file);
    const type = TYPES[file.split('.').pop()] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' }).end(fs.readFileSync(file));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const weigh = (file) => {
    if (!weights.has(file)) {
      const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
      weights.set(file, brotliCompressSync(fs.readFileSync(file), { params }).length);
    }
    return weights.get(file);
  };
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    forget: () => { fetched = new Set(); },
    weight: () => [...fetched].reduce((sum, file) => sum + weigh(file), 0),
    close: () => server.close(),
  };
}
