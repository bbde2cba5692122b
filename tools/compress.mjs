// Puts a brotli-compressed copy beside every file of the site that is worth it: compressed once, here, as small as
// it gets, instead of by the server at every request. A copy that is newer than its file stays.
//
//   node tools/compress.mjs target/site
import { readdirSync, statSync } from "node:fs";
import { readFile, rename, writeFile } from "node:fs/promises";
import { brotliCompress, constants } from "node:zlib";
import { join } from "node:path";
import { promisify } from "node:util";

const WORTH = /\.(wasm|js|css|svg|json|webmanifest)$/;
const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };

async function compress(file) {
  const copy = statSync(`${file}.br`, { throwIfNoEntry: false });
  if (copy && copy.mtimeMs >= statSync(file).mtimeMs) return;
  // Renamed when it is whole: a server may be serving the old one.
  await writeFile(`${file}.br.partial`, await promisify(brotliCompress)(await readFile(file), { params }));
  await rename(`${file}.br.partial`, `${file}.br`);
}

const files = readdirSync(process.argv[2], { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name));
// At once: Node compresses on threads.
await Promise.all(files.filter((file) => WORTH.test(file)).map(compress));
