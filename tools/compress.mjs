// Puts a brotli-compressed copy beside every file of the site that is worth it: compressed once, here, as small as
// it gets, instead of by the server at every request. A copy that is newer than its file stays.
//
//   node tools/compress.mjs target/site
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants } from "node:zlib";
import { join } from "node:path";

const WORTH = /\.(wasm|js|css|svg|json|webmanifest)$/;

for (const entry of readdirSync(process.argv[2], { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !WORTH.test(file)) continue;
  const copy = statSync(`${file}.br`, { throwIfNoEntry: false });
  if (copy && copy.mtimeMs >= statSync(file).mtimeMs) continue;
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 };
  writeFileSync(`${file}.br`, brotliCompressSync(readFileSync(file), { params }));
}
