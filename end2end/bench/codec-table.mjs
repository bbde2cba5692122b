// Whether every kind of file comes out right, whichever way it takes in the browser: `./bench codec-table [FOLDER…]`, and
// part of `./test e2e`.
//
// Every file is prepared natively (where its tests know the scene that it must show) and in headless Chromium by three ways:
// as it is, without ImageDecoder as in browsers that have none, and without vector instructions. Refusals must be the same,
// sizes equal, colours alike, nothing but the picture inside; and where our own decoder did the work, every byte must be
// the native one. Ends with the number of files that came out wrong.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { besides } from './codec/anatomy.mjs';
import { serve } from './codec/serve.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, '../..');
const TABLE = path.join(ROOT, 'target/bench/table');
const NATIVE = path.join(TABLE, 'native');
/** ΔE2000 of an area of eight by eight pixels: the mean over a picture, and any one of them. */
const ALIKE = { mean: 2, worst: 6 };
const CANARY = 'CANARY-36.8484S';

/** What the worker is made to believe, and of which files every byte must then be the native one. */
const WAYS = {
  'as it is': { before: '', same: /\.heic$/ },
  'without ImageDecoder': { before: 'self.ImageDecoder = undefined;', same: /\.heic$/ },
  'without vectors': {
    before: 'WebAssembly.compileStreaming = () => Promise.reject(new WebAssembly.CompileError("no vectors"));',
    same: /./,
  },
};

fs.rmSync(TABLE, { recursive: true, force: true });
fs.mkdirSync(NATIVE, { recursive: true });
const EXAMPLES = 'source tools/native.sh; cargo build --locked -q "${NATIVE[@]}" --example draw_fixtures --example prepare';
execFileSync('bash', ['-c', EXAMPLES], { cwd: ROOT, stdio: 'inherit' });
const example = (name, ...words) =>
  execFileSync(path.join(ROOT, 'target/debug/examples', name), words, { encoding: 'utf8', maxBuffer: 1 << 26 });
example('draw_fixtures', TABLE, 'table');
const files = [TABLE, ...process.argv.slice(2)].flatMap((folder) =>
  fs.readdirSync(folder).filter((name) => /\.(jpg|png|webp|heic)$/.test(name)).map((name) => ({ name, file: path.join(folder, name) })));
const lines = example('prepare', '--out', NATIVE, ...files.map(({ file }) => file)).trim().split('\n');
const refusals = Object.fromEntries(lines.map((line) => {
  const [, file, result] = /^(.*?\.\w+): (.*)$/.exec(line);
  return [path.basename(file), result.startsWith('{') ? JSON.parse(result) : undefined];
}));

const playwright = [path.join(ROOT, 'end2end/node_modules'), path.join(HERE, 'codec/node_modules')]
  .map((folder) => path.join(folder, 'playwright-core/index.mjs')).find((file) => fs.existsSync(file));
const { chromium } = await import(playwright);
const prepared = fs.readdirSync(NATIVE).map((name) => ({ name: `native-${name}`, file: path.join(NATIVE, name) }));
const server = await serve({ own: path.join(HERE, 'codec'), site: path.join(ROOT, 'target/site'), photos: [...files, ...prepared] });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
});
let wrong = 0;
try {
  for (const [way, how] of Object.entries(WAYS)) wrong += await walk(way, how);
} finally {
  await browser.close();
  server.close();
}
const whole = files.filter(({ name }) => !refusals[name]).length;
console.log(`${files.length} files (${whole} pictures, ${files.length - whole} to be refused), ${Object.keys(WAYS).length} ways, ${wrong} wrong`);
process.exitCode = wrong ? 1 : 0;

/** All files by one way; how many came out wrong. */
async function walk(way, { before, same }) {
  const page = await browser.newPage();
  await page.route('**/codec-worker.js', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `${before}\n${await answer.text()}` });
  });
  await page.goto(`${server.address}/bench/page.html`);
  await page.waitForFunction(() => window.bench);
  let count = 0;
  const farthest = { mean: { mean: 0 }, worst: { worst: 0 } };
  for (const { name } of files) {
    const reference = refusals[name] ? undefined : `native-${name}.jpg`;
    const began = Date.now();
    const result = await page.evaluate(([n, r]) => window.bench.compare(n, r), [name, reference]);
    const seconds = (Date.now() - began) / 1000;
    // ./test keeps the times of all its tests in this file.
    if (process.env.TEST_TIMES) fs.appendFileSync(process.env.TEST_TIMES, `${seconds}\tcodec table\t${way}: ${name}\n`);
    const fault = faultOf(name, result, same.test(name));
    if (fault) console.log(`  ${way}: ${name}: ${fault}`);
    if (fault) count += 1;
    for (const figure of ['mean', 'worst']) {
      if (result[figure] > farthest[figure][figure]) farthest[figure] = { ...result, name };
    }
  }
  const { mean, worst } = farthest;
  const of = ({ name }) => (name ? ` (${name})` : '');
  console.log(`${way}: ${count} of ${files.length} wrong; ΔE from native at most ${mean.mean.toFixed(2)}${of(mean)}, `
    + `of any area ${worst.worst.toFixed(2)}${of(worst)}`);
  await page.close();
  return count;
}

function faultOf(name, { refused, jpeg, size, wanted, mean, worst }, same) {
  const refusal = refusals[name];
  if (refusal) return refused?.kind === refusal.kind ? '' : `${JSON.stringify(refused ?? 'a picture')} instead of ${JSON.stringify(refusal)}`;
  if (refused) return JSON.stringify(refused);
  if (String(size) !== String(wanted)) return `${size} instead of ${wanted}`;
  if (mean > ALIKE.mean || worst > ALIKE.worst) return `ΔE ${mean.toFixed(2)}, of an area ${worst.toFixed(2)}`;
  const bytes = Buffer.from(jpeg, 'base64');
  if (same && !bytes.equals(fs.readFileSync(path.join(NATIVE, `${name}.jpg`)))) return 'other bytes than native';
  return besides(bytes, CANARY);
}
