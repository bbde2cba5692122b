// What a phone must fetch on the practice's Wi-Fi, or worse, before anybody can take a photo; and what a desktop must.
import fs from 'node:fs';
import path from 'node:path';
import type { CDPSession, Page } from '@playwright/test';
import { PHOTOS } from '../support/files.ts';
import { BENCH } from '../support/paths.ts';
import { expect, test } from '../support/test.ts';

const LIMIT_KB = 280;
const DESKTOP_LIMIT_KB = 438;

interface Fetched {
  path: string;
  /** As they came over the wire, headers included. */
  bytes: number;
  encoding: string;
}

test('the phone page weighs at most 280 kB before the camera opens, and the codec comes after', async ({ desk, phone }) => {
  await desk.open('Sharma');
  const link = await desk.scan();
  const fetched = await record(phone.page);
  await phone.join(link);
  await expect(phone.page.getByLabel('Take a photo')).toBeEnabled();

  const all = [...fetched];
  const critical = all.filter(({ path: name }) => name === '/phone' || name.startsWith('/pkg/'));
  for (const { path: name, bytes, encoding } of all) {
    console.log(`    ${(bytes / 1000).toFixed(1).padStart(7)} kB ${encoding.padEnd(5)} ${name}`);
  }
  // HTML, CSS, JavaScript, WASM; the icon and the answers to questions are not waited for.
  const kilobytes = kilobytesOf(critical);
  console.log(`phone page: ${Math.round(kilobytes)} kB critical (limit ${LIMIT_KB} kB), ${Math.round(kilobytesOf(all))} kB in all`);
  fs.mkdirSync(BENCH, { recursive: true });
  fs.writeFileSync(path.join(BENCH, 'phone-weight.json'), `${JSON.stringify(all, undefined, 1)}\n`);
  expect(all.filter(({ path: name }) => /codec/.test(name))).toEqual([]);
  for (const name of ['/phone', '/pkg/phone.js', '/pkg/phone.wasm', '/pkg/clinical.css']) {
    expect(critical.map(({ path: fetchedPath }) => fetchedPath)).toContain(name);
  }
  expect.soft(critical.filter(({ path: name, encoding }) => name.endsWith('.wasm') && encoding === '')).toEqual([]);
  expect(kilobytes).toBeLessThanOrEqual(LIMIT_KB);

  await phone.takePhoto(PHOTOS.png);
  await phone.prepared();
});

test('the desktop page weighs at most 438 kB before it can be used', async ({ desk }) => {
  const fetched = await record(desk.page);
  await desk.open('Sharma');
  // A code is asked for by the script.
  await expect(desk.qr).toBeVisible();
  const critical = fetched.filter(({ path: name }) => name.startsWith('/desk/') || name.startsWith('/pkg/'));
  for (const { path: name, bytes, encoding } of critical) {
    console.log(`    ${(bytes / 1000).toFixed(1).padStart(7)} kB ${encoding.padEnd(5)} ${name.replace(/[0-9a-f]{8,}/, '…')}`);
  }
  const kilobytes = kilobytesOf(critical);
  console.log(`desktop page: ${Math.round(kilobytes)} kB critical (limit ${DESKTOP_LIMIT_KB} kB)`);
  expect(critical.map(({ path: name }) => name)).toContain('/pkg/clinical.wasm');
  expect(kilobytes).toBeLessThanOrEqual(DESKTOP_LIMIT_KB);
});

function kilobytesOf(fetched: Fetched[]): number {
  return fetched.reduce((sum, { bytes }) => sum + bytes, 0) / 1000;
}

/** Everything the page has fetched so far, in order; grows. The event stream never ends and is not in it. */
async function record(page: Page): Promise<Fetched[]> {
  const session: CDPSession = await page.context().newCDPSession(page);
  await session.send('Network.enable');
  const under = new Map<string, Fetched>();
  const done: Fetched[] = [];
  session.on('Network.responseReceived', ({ requestId, response }) => {
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), value]));
    const encoding = headers['content-encoding'] ?? '';
    under.set(requestId, { path: new URL(response.url).pathname, bytes: 0, encoding });
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    const fetched = under.get(requestId);
    if (fetched) done.push({ ...fetched, bytes: encodedDataLength });
  });
  return done;
}
