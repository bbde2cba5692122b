// The worker that prepares photos, asked by a page. When it breaks, or has grown large, that costs one photo, or none.
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { PHOTOS } from '../support/files.ts';
import { expect, test } from '../support/test.ts';

/** Changes a line of the worker's script on its way to the page. Counts how many workers were started. */
async function plant(page: Page, line: string, instead: string): Promise<{ started: () => number }> {
  let started = 0;
  page.on('worker', (worker) => {
    if (worker.url().endsWith('/codec-worker.js')) started += 1;
  });
  await page.route('**/codec-worker.js', async (route) => {
    const answer = await route.fetch();
    const script = await answer.text();
    expect(script).toContain(line);
    await route.fulfill({ response: answer, body: script.replace(line, instead) });
  });
  return { started: () => started };
}

test('a photo over which the codec breaks costs itself alone, and the next one gets a fresh worker', async ({ desk }, info) => {
  const breaks = info.outputPath('breaks.jpg');
  fs.writeFileSync(breaks, Buffer.concat([Buffer.from([0xff, 0xd8, 0xff]), Buffer.from('PLANTED TRAP')]));
  // As a trap of WebAssembly arrives; the module's memory is not to be trusted after it.
  const line = 'const job = new codec.Job(bytes, work.edit, ...work.limits);';
  const trap = 'if (String.fromCharCode(...bytes.slice(3, 15)) === "PLANTED TRAP") throw new WebAssembly.RuntimeError("unreachable");';
  const workers = await plant(desk.page, line, `${trap}\n${line}`);
  await desk.open('Sharma');
  await desk.chooseFiles([PHOTOS.png, breaks, PHOTOS.heic, PHOTOS.phoneJpeg]);
  await desk.expectPhotos(3);
  await expect(desk.strip.getByText(/This file is damaged/)).toBeVisible();
  await expect(desk.strip.getByRole('alert')).toHaveCount(1);
  expect(workers.started()).toBeGreaterThanOrEqual(2);
});

test('a worker that has grown large is replaced, and no photo is lost or sent twice', async ({ desk }) => {
  // Every photo leaves more than this behind.
  const workers = await plant(desk.page, 'const MAX_HEAP_BYTES = 256 << 20;', 'const MAX_HEAP_BYTES = 1;');
  await desk.open('McKenzie');
  await desk.chooseFiles([PHOTOS.png, PHOTOS.heic, PHOTOS.phoneJpeg]);
  await desk.expectPhotos(3);
  await expect(desk.page.getByText('3 of 20 photos')).toBeVisible();
  await expect(desk.strip.getByRole('alert')).toHaveCount(0);
  expect(workers.started()).toBeGreaterThanOrEqual(3);
});

test('a worker that falls silent is replaced, and the photo that it was at can be tried again', async ({ desk }) => {
  let started = 0;
  await desk.page.route('**/codec-worker.js', async (route) => {
    started += 1;
    return started === 1 ? route.fulfill({ contentType: 'text/javascript', body: 'self.onmessage = () => {};' }) : route.continue();
  });
  await desk.page.clock.install();
  await desk.open('Sharma');
  await desk.chooseFiles([PHOTOS.heic, PHOTOS.png]);
  await expect.poll(() => started).toBe(1);
  for (let ping = 0; ping < 6; ping += 1) await desk.page.clock.fastForward('00:20');
  expect(started).toBe(1);
  await desk.page.clock.fastForward('00:20');
  await desk.expectPhotos(1);
  expect(started).toBe(2);
  await expect(desk.strip.getByText(/The photo tool does not answer/)).toBeVisible();
  await desk.strip.getByRole('button', { name: /Try again/ }).click();
  await desk.expectPhotos(2);
});

/** A message of a worker about a file: how far it is, or what became of it. */
interface WorkerMessage {
  id: number;
  share?: number;
  answer?: string;
}

/** Asks a worker of its own for these files at once, takes back some when it begins with the first, and hears it until it has
 * answered `last`. */
async function heard(page: Page, files: string[], last: number, takenBack: number[] = []): Promise<WorkerMessage[]> {
  await page.goto('/');
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true, ariaLabel: 'Files to prepare' });
    document.body.append(input);
  });
  const input = page.getByLabel('Files to prepare');
  await input.setInputFiles(files);
  return input.evaluate(async (field: HTMLInputElement, [end, back]) => {
    const worker = new Worker('/codec-worker.js', { type: 'module' });
    const words: WorkerMessage[] = [];
    await new Promise<void>((resolve) => {
      worker.onmessage = ({ data: { id, share, ok, refusal } }) => {
        if (id === undefined) return;
        if (ok === undefined) {
          if (words.length === 0) back.forEach((each) => worker.postMessage({ id: each, cancel: true }));
          words.push({ id, share });
        } else words.push({ id, answer: ok ? 'prepared' : refusal.kind });
        if (ok !== undefined && id === end) resolve();
      };
      [...field.files!].forEach((file, id) => worker.postMessage({ id, file }));
    });
    worker.terminate();
    return words;
  }, [last, takenBack] as const);
}

const answers = (words: WorkerMessage[]): [number, string][] => words.flatMap(({ id, answer }) => (answer ? [[id, answer]] : []));

test('files are answered in the order in which they were asked for, and their progress never falls', async ({ desk }) => {
  const files = [PHOTOS.phoneJpeg, PHOTOS.notAPicture, PHOTOS.png, PHOTOS.heic, PHOTOS.truncated, PHOTOS.phoneJpeg];
  const words = await heard(desk.page, files, 5);
  const became = ['prepared', 'notAnImage', 'prepared', 'prepared', 'truncated', 'prepared'];
  expect(answers(words)).toEqual(became.map((answer, id) => [id, answer]));
  for (const id of files.keys()) {
    const shares = words.flatMap((word) => (word.id === id && word.share !== undefined ? [word.share] : []));
    expect(shares[0]).toBe(0);
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
  }
});

for (const [kind, first] of [['JPEG', PHOTOS.phoneJpeg], ['HEIC', PHOTOS.heic]]) {
  test(`a ${kind} in work and a photo that waits are taken back, and the others are answered`, async ({ desk }) => {
    const files = [first, PHOTOS.phoneJpeg, PHOTOS.heic, PHOTOS.png];
    const words = await heard(desk.page, files, 3, [0, 2]);
    expect(answers(words)).toEqual([[1, 'prepared'], [3, 'prepared']]);
  });
}

/** The digest of what becomes of a photo in a worker that believes in so many cores, and in whose parts a line is another. */
async function digest(page: Page, file: string, cores: number, plants: Record<string, [string, string]> = {}): Promise<string> {
  const planted: string[] = [];
  await page.route('**/codec-worker.js', async (route) => {
    const answer = await route.fetch();
    const believed = `Object.defineProperty(self.navigator, 'hardwareConcurrency', { value: ${cores} });`;
    await route.fulfill({ response: answer, body: `${believed}\n${await answer.text()}` });
  });
  await page.route('**/codec-worker/*.js', async (route) => {
    const answer = await route.fetch();
    const script = await answer.text();
    const part = path.basename(route.request().url());
    if (!plants[part]) return route.fulfill({ response: answer });
    planted.push(part);
    expect(script).toContain(plants[part][0]);
    return route.fulfill({ response: answer, body: script.replace(...plants[part]) });
  });
  await page.goto('/');
  await page.evaluate(() => {
    document.body.append(Object.assign(document.createElement('input'), { type: 'file', ariaLabel: 'File to prepare' }));
  });
  const input = page.getByLabel('File to prepare');
  await input.setInputFiles(file);
  const sha256 = await input.evaluate(async (field: HTMLInputElement) => {
    const worker = new Worker('/codec-worker.js', { type: 'module' });
    return new Promise<string>((resolve) => {
      worker.onmessage = ({ data: { ok, sha256, refusal } }) => {
        if (ok !== undefined) resolve(ok ? sha256 : refusal.kind);
      };
      // Helpers have a share in a photo only once they have been started.
      worker.postMessage({ warm: true });
      worker.postMessage({ id: 0, file: field.files![0] });
    });
  });
  // The worker ends with its page, after this: of one that was just ended Chromium now and then never says that it has
  // taken notice, and Playwright waits for that.
  await page.unrouteAll({ behavior: 'wait' });
  for (const part of Object.keys(plants)) {
    // The worker and its helper load the share's script, each for itself.
    expect(planted.filter((each) => each === part).length).toBeGreaterThanOrEqual(part === 'share.js' ? 2 : 1);
  }
  return sha256;
}

for (const [what, file] of [['photo', PHOTOS.phoneJpeg], ['picture with transparent areas', PHOTOS.seeThrough]]) {
  test(`a ${what} comes out the same to the byte, however many helpers have a share in it`, async ({ desk }) => {
    const alone = await digest(desk.page, file, 1);
    expect(alone).toMatch(/^[0-9a-f]{64}$/);
    expect(await digest(desk.page, file, 2)).toBe(alone);
    expect(await digest(desk.page, file, 4)).toBe(alone);
  });
}

test('a share that a helper breaks over is made by the worker, and the photo is what it would have been', async ({ desk }) => {
  const alone = await digest(desk.page, PHOTOS.phoneJpeg, 1);
  const line = 'share.take();';
  const inHelper = (deed: string): [string, string] => [line, `${line} if (self.location.pathname.endsWith("helper.js")) ${deed};`];
  const trap = inHelper('throw new WebAssembly.RuntimeError("unreachable")');
  expect(await digest(desk.page, PHOTOS.phoneJpeg, 2, { 'share.js': trap })).toBe(alone);
  // One that cannot even start.
  expect(await digest(desk.page, PHOTOS.phoneJpeg, 2, { 'pool.js': ['./helper.js', './nothing.js'] })).toBe(alone);
  // One that falls silent, as the browser may end it without a word.
  expect(await digest(desk.page, PHOTOS.phoneJpeg, 2, {
    'share.js': inHelper('await new Promise(() => {})'),
    'pool.js': ['const CHECK_INTERVAL = 20_000;', 'const CHECK_INTERVAL = 100;'],
  })).toBe(alone);
});

test('the warm-up before the first photo does come to a picture', async ({ desk }) => {
  await desk.page.goto('/');
  const came = await desk.page.evaluate(async () => {
    const codec = await import('/pkg/codec/clinical_codec.js' as string);
    await codec.default();
    return [codec.warmUpPhoto(), codec.warmUpTile()];
  });
  expect(came).toEqual([true, true]);
});
