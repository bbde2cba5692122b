// A practice that has set what a picture may be: the devices keep to it, and say which limit it was.
import fs from 'node:fs';
import type { Page, TestInfo } from '@playwright/test';
import { PHOTOS } from '../support/files.ts';
import { samplePixels } from '../support/pixels.ts';
import { expect, testAlone as test } from '../support/test.ts';

test.use({
  settings: {
    INPUT_MEGABYTES: '8',
    INPUT_MEGAPIXELS: '1',
    OUTPUT_KILOBYTES: '200',
    OUTPUT_LONG_SIDE: '800',
    NOTE_CHARACTERS: '100',
    UPLOAD_TRIES: '1',
  },
});

const BEYOND_PIXELS = 'This picture is too large. It has more than 1 megapixel. Take it again with a lower camera setting.';

/** A PNG of nothing but noise, which is the hardest to make small. */
async function noise(page: Page, info: TestInfo, width: number, height: number): Promise<string> {
  const base64 = await page.evaluate(async ([across, down]) => {
    const canvas = new OffscreenCanvas(across, down);
    const context = canvas.getContext('2d')!;
    const picture = context.createImageData(across, down);
    let seed = 7;
    for (let at = 0; at < picture.data.length; at += 1) {
      seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0;
      picture.data[at] = at % 4 === 3 ? 255 : seed >>> 24;
    }
    context.putImageData(picture, 0, 0);
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, [width, height]);
  const file = info.outputPath(`noise-${width}x${height}.png`);
  fs.writeFileSync(file, Buffer.from(base64, 'base64'));
  return file;
}

test('a picture at the limits is taken and made as small as was set, and one beyond them is refused in words', async ({ browser, desk, phone }, info) => {
  await desk.open('Sharma');
  const edge = await noise(desk.page, info, 1000, 1000);
  const beyond = await noise(desk.page, info, 1001, 1000);
  const twice = await noise(desk.page, info, 2000, 1000);
  const long = info.outputPath('long.jpg');
  fs.writeFileSync(long, Buffer.alloc(8_000_001, 0xff));
  await desk.chooseFiles([edge, beyond, long]);
  await desk.expectPhotos(1);
  await expect(desk.strip.getByText(BEYOND_PIXELS)).toBeVisible();
  await expect(desk.strip.getByText('This file is too large. It has more than 8 MB. Choose a smaller one.')).toBeVisible();
  await desk.select(1);
  await expect(desk.details.getByText('0 of 100 characters')).toBeVisible();

  await phone.join(await desk.scan());
  await phone.takePhoto(twice);
  await expect(phone.page.getByText('This picture is too large')).toBeVisible();
  await expect(phone.page.getByText('It has more than 1 megapixel.')).toBeVisible();
  await phone.page.getByLabel('Choose another').setInputFiles(edge);
  await phone.tap('Keep');
  await phone.send(1);
  await desk.expectPhotos(2);
  for (const photo of [1, 2]) {
    const bytes = await desk.bytes(photo);
    expect(bytes.length).toBeLessThanOrEqual(200_000);
    // Near the limit: it is what made the picture this coarse.
    expect(bytes.length).toBeGreaterThan(100_000);
    const { width, height } = await samplePixels(browser, bytes);
    expect(Math.max(width, height)).toBeLessThanOrEqual(800);
  }
});

test('a phone that may try once asks its person after that', async ({ clinic, desk, phone, browserErrors }) => {
  browserErrors.expectOutage('the way to the picture store is cut on purpose');
  let puts = 0;
  await phone.page.route(`${clinic.store}/**`, (route) => {
    puts += route.request().method() === 'PUT' ? 1 : 0;
    return route.abort('connectionreset');
  });
  await desk.open('Sharma');
  await phone.join(await desk.scan());
  await phone.shoot(PHOTOS.png);
  await expect(phone.page.getByText('It was tried once.')).toBeVisible();
  expect(puts).toBe(1);
});
