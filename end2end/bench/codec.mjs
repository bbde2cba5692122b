// How fast a photo is prepared, beside every other way there is in a browser: `./bench codec [--rounds N] [--runs N]
// [--only PEER,…] [--photos TEXT] [--folder PHOTOS] [--quick] [--lanes N]`.
//
// Headless Chromium, all peers in one session, one after the other on each photo, medians. Writes
// target/bench/codec.json and codec.svg. Photos: ../shared/photos where it exists, and generated ones of 12 megapixels.
// `--lanes` makes our worker believe in so many cores; with 1 it has no helpers.
//
// Memory is that of the process which draws the page, over four runs in a fresh browser context:
//   peakMB  the most that was resident, as the kernel keeps it (VmHWM): with the browser's own program and libraries, which
//           all processes share, and which are two thirds of an idle page's
//   ownMB   the most that belonged to no file and no other process (RssAnon), looked at every two milliseconds
//   moreMB  the same less what the idle page had: what the peer needs
// No figure is the same twice: when a peer's garbage is collected is the browser's affair.
//
// A cold picture is the first in a fresh browser context, whatever must be fetched for it included: the median of three.
// Chromium draws the frame of each new window with a page of its own, half a second of work for one core. A picture that
// begins meanwhile takes half as long again, so every page waits for that to end, as it has long before a photo is taken.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { plot } from './codec/plot.mjs';
import { serve } from './codec/serve.mjs';

const HERE = path.dirname(fileURLToPath(import.meta.url));
const ROOT = path.resolve(HERE, '../..');
const OWN = path.join(HERE, 'codec');
const OUT = path.join(ROOT, 'target/bench');
const ARGUMENTS = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync',
];

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '2' },
    runs: { type: 'string', default: '7' },
    only: { type: 'string' },
    photos: { type: 'string', default: '' },
    folder: { type: 'string', default: path.resolve(ROOT, '../shared/photos') },
    quick: { type: 'boolean', default: false },
    lanes: { type: 'string' },
  },
});

const COLD_RUNS = 3;
const MOST_LOOKS = 50; // at whether the browser has settled: ten seconds

const median = (numbers) => [...numbers].sort((a, b) => a - b)[numbers.length >> 1];

if (!fs.existsSync(path.join(OWN, 'node_modules'))) {
  execFileSync('npm', ['--prefix', OWN, 'ci', '--ignore-scripts'], { stdio: 'inherit' });
}
const { chromium } = await import(path.join(OWN, 'node_modules/playwright-core/index.mjs'));

const photos = findPhotos().filter(({ name }) => name.includes(options.photos));
const server = await serve({ own: OWN, site: path.join(ROOT, 'target/site'), photos });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS });
const watcher = await browser.newBrowserCDPSession();
const report = { when: new Date().toISOString(), browser: browser.version(), photos: {} };
try {
  for (const photo of photos) {
    console.log(`\n${photo.name}`);
    report.photos[photo.name] = await measure(photo);
  }
  report.summary = summary(report.photos);
} finally {
  await browser.close();
  server.close();
}
fs.mkdirSync(OUT, { recursive: true });
fs.writeFileSync(path.join(OUT, 'codec.json'), `${JSON.stringify(report, undefined, 1)}\n`);
fs.writeFileSync(path.join(OUT, 'codec.svg'), plot(report));
console.log(`\n${JSON.stringify(report.summary, undefined, 1)}\nWritten: target/bench/codec.json, codec.svg`);

/** Every peer on one photo. */
async function measure(photo) {
  const page = await open();
  const peers = Object.entries(await page.evaluate(() => window.bench.peers))
    .filter(([name, kinds]) => kinds.includes(photo.kind) && (!options.only || `ours,${options.only}`.split(',').includes(name)))
    .map(([name]) => name);
  const results = {};
  const alive = [];
  for (const peer of peers) {
    try {
      await page.evaluate(([p, n]) => window.bench.run(p, n), [peer, photo.name]);
      results[peer] = { times: [], gaps: [], cpu: [] };
      alive.push(peer);
    } catch (fault) {
      results[peer] = { failed: String(fault.message).slice(0, 200) };
    }
  }
  for (let turn = 0; turn < options.rounds * options.runs; turn += 1) {
    for (const peer of alive) {
      const before = await cpuSeconds();
      const { ms, gap, bytes } = await page.evaluate(([p, n]) => window.bench.run(p, n), [peer, photo.name]);
      results[peer].cpu.push((await cpuSeconds() - before) * 1000);
      results[peer].times.push(ms);
      results[peer].gaps.push(gap);
      results[peer].bytes = bytes;
    }
  }
  if (!options.quick) {
    for (const peer of alive) {
      Object.assign(results[peer], await page.evaluate(([p, n]) => window.bench.quality(p, n), [peer, photo.name]));
    }
  }
  await page.context().close();
  for (const peer of alive) {
    results[peer].ms = median(results[peer].times);
    results[peer].gap = median(results[peer].gaps);
    results[peer].cpuMs = median(results[peer].cpu);
    if (options.quick) continue;
    const firsts = [];
    for (let turn = 0; turn < COLD_RUNS; turn += 1) firsts.push(await alone(peer, photo));
    // Of memory, what was held in the last of them; what was fetched is the same in all.
    Object.assign(results[peer], firsts.at(-1), { cold: median(firsts.map(({ cold }) => cold)) });
  }
  const fastest = Math.min(...alive.filter((peer) => peer !== 'ours').map((peer) => results[peer].ms));
  for (const peer of alive) results[peer].ratio = results[peer].ms / fastest;
  show(results);
  return results;
}

/** The first picture in a fresh browser context, what it fetched, and the most memory its process held. */
async function alone(peer, photo) {
  const page = await open();
  await page.evaluate((name) => fetch(`/photos/${name}`).then((answer) => answer.blob()), photo.name);
  const watch = watchMemory(await rendererOf(page));
  server.forget();
  const { ms } = await page.evaluate(([p, n]) => window.bench.run(p, n), [peer, photo.name]);
  const wire = server.weight();
  for (let run = 0; run < 3; run += 1) await page.evaluate(([p, n]) => window.bench.run(p, n), [peer, photo.name]);
  const held = watch.stop();
  await page.context().close();
  return { cold: ms, wire, ...held };
}

async function open() {
  const context = await browser.newContext();
  const page = await context.newPage();
  page.on('pageerror', (fault) => console.log(`    ${fault.message}`));
  if (options.lanes) {
    await page.route('**/codec-worker.js', async (route) => {
      const answer = await route.fetch();
      const before = `Object.defineProperty(self.navigator, 'hardwareConcurrency', { value: ${Number(options.lanes)} });`;
      await route.fulfill({ response: answer, body: `${before}\n${await answer.text()}` });
    });
  }
  await page.goto(`${server.address}/bench/page.html`);
  await page.waitForFunction(() => window.bench);
  await settled();
  return page;
}

/** When the browser has nothing left to do that nobody asked for. */
async function settled() {
  let before = await cpuSeconds();
  for (let look = 0; look < MOST_LOOKS; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    const now = await cpuSeconds();
    if (now - before < 0.02) return;
    before = now;
  }
}

/** What all processes of the browser have computed so far: unlike the clock it hardly minds a busy machine. */
async function cpuSeconds() {
  const { processInfo } = await watcher.send('SystemInfo.getProcessInfo');
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** The process that draws this page: the renderer that works when the page does. The browser has others of its own. */
async function rendererOf(page) {
  const renderers = async () => {
    const { processInfo } = await watcher.send('SystemInfo.getProcessInfo');
    return new Map(processInfo.filter(({ type }) => type === 'renderer').map(({ id, cpuTime }) => [id, cpuTime]));
  };
  const before = await renderers();
  await page.evaluate(() => {
    for (const end = performance.now() + 100; performance.now() < end;);
  });
  const worked = [...(await renderers())].map(([id, cpuTime]) => ({ id, cpu: cpuTime - (before.get(id) ?? 0) }));
  return worked.sort((a, b) => b.cpu - a.cpu)[0].id;
}

/** Looks at a process again and again, until it is told to stop: then it says what the head of this file names. */
function watchMemory(pid) {
  const now = () => {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
    const megabytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)[1]) / 1024;
    return { peakMb: megabytes('VmHWM'), ownMb: megabytes('RssAnon') };
  };
  const idle = now();
  let ownMb = 0;
  const look = () => { ownMb = Math.max(ownMb, now().ownMb); };
  const timer = setInterval(look, 2);
  return {
    stop() {
      look();
      clearInterval(timer);
      return { peakMb: now().peakMb, ownMb, moreMb: ownMb - idle.ownMb };
    },
  };
}

function findPhotos() {
  const found = [];
  const ownPhotos = path.join(ROOT, 'target/bench/photos');
  if (!fs.existsSync(ownPhotos)) {
    execFileSync('cargo', ['run', '--locked', '-q', '-p', 'clinical-images', '--features', 'codec,service',
      '--example', 'draw_fixtures', '--', ownPhotos, 'bench'], { cwd: ROOT, stdio: 'inherit' });
  }
  for (const folder of [options.folder, ownPhotos].filter((folder) => fs.existsSync(folder))) {
    for (const name of fs.readdirSync(folder)) {
      const kind = { jpg: 'jpeg', heic: 'heic', png: 'png', webp: 'webp' }[name.split('.').pop()];
      if (kind) found.push({ name, kind, file: path.join(folder, name) });
    }
  }
  return found;
}

/** Ours beside the fastest peer, by kind of file. */
function summary(all) {
  const lines = {};
  for (const [name, results] of Object.entries(all)) {
    const { ours } = results;
    if (!ours?.ms) continue;
    const [fastest] = Object.entries(results).filter(([peer, { ms }]) => peer !== 'ours' && ms).sort(([, a], [, b]) => a.ms - b.ms)[0] ?? [];
    lines[name] = { ms: Math.round(ours.ms), ratio: Number(ours.ratio.toFixed(3)), fastestPeer: fastest };
  }
  return lines;
}

function show(results) {
  const digits = (value, places) => (value === undefined ? '' : value.toFixed(places));
  console.log('  peer                          ms  ratio    cpu   cold   gap  peakMB   ownMB  moreMB  wire kB   bytes   PSNR   SSIM    ΔE');
  for (const [peer, r] of Object.entries(results)) {
    if (r.failed) { console.log(`  ${peer.padEnd(26)} failed: ${r.failed}`); continue; }
    const wrong = r.wanted ? ` wrong size ${r.size}` : '';
    console.log(`  ${peer.padEnd(26)}${digits(r.ms, 0).padStart(6)}${digits(r.ratio, 2).padStart(7)}${digits(r.cpuMs, 0).padStart(7)}${digits(r.cold, 0).padStart(7)}`
      + `${digits(r.gap, 0).padStart(6)}${digits(r.peakMb, 0).padStart(8)}${digits(r.ownMb, 0).padStart(8)}${digits(r.moreMb, 0).padStart(8)}${digits(r.wire && r.wire / 1000, 0).padStart(9)}`
      + `${String(r.bytes).padStart(8)}${digits(r.psnr, 1).padStart(7)}${digits(r.ssim, 4).padStart(8)}${digits(r.deltaE, 2).padStart(6)}${wrong}`);
  }
}
