// The worker that prepares photos breaks, or has grown large: that costs it one photo, or none.
import fs from 'node:fs';
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
  const line = 'const job = new codec.Job(bytes);';
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
  const workers = await plant(desk.page, 'const TIRED_AT = 256 << 20;', 'const TIRED_AT = 1;');
  await desk.open('McKenzie');
  await desk.chooseFiles([PHOTOS.png, PHOTOS.heic, PHOTOS.phoneJpeg]);
  await desk.expectPhotos(3);
  await expect(desk.page.getByText('3 of 20 photos')).toBeVisible();
  await expect(desk.strip.getByRole('alert')).toHaveCount(0);
  expect(workers.started()).toBeGreaterThanOrEqual(3);
});
