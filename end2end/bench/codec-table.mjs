// Whether every kind of file comes out right, whichever way it takes in the browser: `./bench codec-table [FOLDER…]`.
//
// Every file is prepared natively (where its tests know the scene that it must show) and in headless Chromium by three ways:
// as it is, without ImageDecoder as in browsers that have none, and without vector instructions. Sizes must be equal, pixels
// alike, and refusals the same. Ends with the number of files that came out wrong.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { serve } from './codec/serve.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, '../..');
const TABLE = path.join(ROOT, 'target/bench/table');
const NATIVE = path.join(TABLE, 'native');
const CARGO = ['run', '--locked', '-q', '-p', 'clinical-images', '--features', 'codec,service', '--example'];
/** Mean difference of a channel, of 255, at which two pictures are not alike any more. */
const ALIKE = 2;

const WAYS = {
  'as it is': '',
  'without ImageDecoder': 'self.ImageDecoder = undefined;',
  'without vectors': 'WebAssembly.compileStreaming = () => Promise.reject(new WebAssembly.CompileError("no vectors"));',
};

fs.rmSync(TABLE, { recursive: true, force: true });
fs.mkdirSync(NATIVE, { recursive: true });
const run = (...words) => execFileSync('cargo', [...CARGO, ...words], { cwd: ROOT, encoding: 'utf8' });
run('draw_fixtures', '--', TABLE, 'table');
const files = [TABLE, ...process.argv.slice(2)].flatMap((folder) =>
  fs.readdirSync(folder).filter((name) => /\.(jpg|png|webp|heic)$/.test(name)).map((name) => ({ name, file: path.join(folder, name) })));
const lines = run('prepare', '--', '--out', NATIVE, ...files.map(({ file }) => file)).trim().split('\n');
const natively = Object.fromEntries(lines.map((line) => {
  const [, file, result] = /^(.*?\.\w+): (.*)$/.exec(line);
  return [path.basename(file), result.startsWith('{') ? JSON.parse(result) : undefined];
}));

const playwright = [path.join(HERE, 'codec/node_modules'), path.join(ROOT, 'end2end/node_modules')]
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
  for (const [way, before] of Object.entries(WAYS)) wrong += await walk(way, before);
} finally {
  await browser.close();
  server.close();
}
console.log(`${files.length} files, ${Object.keys(WAYS).length} ways, ${wrong} wrong`);
process.exitCode = wrong ? 1 : 0;

/** All files by one way; how many came out wrong. */
async function walk(way, before) {
  const page = await browser.newPage();
  await page.route('**/codec-worker.js', async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ response: answer, body: `${before}\n${await answer.text()}` });
  });
  await page.goto(`${server.address}/bench/page.html`);
  await page.waitForFunction(() => window.bench);
  let count = 0;
  const worst = { mean: 0, name: '' };
  for (const { name } of files) {
    const refusal = natively[name];
    const reference = refusal ? undefined : `native-${name}.jpg`;
    const result = await page.evaluate(([n, r]) => window.bench.compare(n, r), [name, reference]);
    const fault = faultOf(refusal, result);
    if (fault) console.log(`  ${way}: ${name}: ${fault}`);
    if (fault) count += 1;
    if (result.mean > worst.mean) Object.assign(worst, { mean: result.mean, name });
  }
  console.log(`${way}: ${count} of ${files.length} wrong; the farthest from native is ${worst.name} with ${worst.mean.toFixed(2)} of 255`);
  await page.close();
  return count;
}

function faultOf(refusal, { refused, size, wanted, mean }) {
  if (refusal) return refused?.kind === refusal.kind ? '' : `${JSON.stringify(refused ?? size)} instead of ${JSON.stringify(refusal)}`;
  if (refused) return JSON.stringify(refused);
  if (String(size) !== String(wanted)) return `${size} instead of ${wanted}`;
  return mean <= ALIKE ? '' : `${mean.toFixed(2)} away`;
}
