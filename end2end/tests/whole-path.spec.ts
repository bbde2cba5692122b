// The product in one go: from the patient in Medtech over the phone's camera into the patient's record.
import fs from 'node:fs';
import path from 'node:path';
import { CANARY, PHOTOS } from '../support/files.ts';
import { walkJpeg } from '../support/jpeg.ts';
import { samplePixels, UPRIGHT } from '../support/pixels.ts';
import { BENCH } from '../support/paths.ts';
import { expect, testAlone as test } from '../support/test.ts';

const MOST_BYTES = 1_000_000;
const MOST_PIXELS = 1920;

test('photos go from the phone into the record of the right patient', async ({ browser, clinic, desk, phone }) => {
  test.setTimeout(120_000);
  const patient = await clinic.medtech.person('Ngātai');

  await desk.open('Ngātai');
  await expect(desk.banner).toContainText('18 Mar 1971');
  await expect(desk.banner).toContainText(patient.nhi);
  await expect(desk.banner).toContainText('Demo – fictional patients');
  const number = await desk.number();
  // Nobody has to scroll for the code.
  await expect(desk.qr).toBeInViewport({ ratio: 1 });

  await phone.follow(await desk.scan());
  await expect(phone.heading('Is this your patient?')).toBeVisible();
  await expect(phone.page.getByText('NGĀTAI, Aroha')).toBeVisible();
  await expect(phone.page.getByText('18 Mar 1971')).toBeVisible();
  await expect(phone.page.getByText(number, { exact: true })).toBeVisible();
  await expect(desk.phones.getByText('Waiting for the phone to confirm the patient')).toBeVisible();
  await phone.tap('Yes, this is my patient');
  await expect(desk.phones.getByText('Patient confirmed')).toBeVisible();

  await phone.takePhoto(PHOTOS.phoneJpeg);
  await expect(phone.heading('Photo 1 of 1')).toBeVisible();
  await phone.prepared();
  await phone.tap('Keep');
  await phone.tap('Add more');
  await phone.choosePhotos([PHOTOS.heic, PHOTOS.png]);
  await expect(phone.heading('Check and send')).toBeVisible();
  await phone.tap(/^Look at photo 2/);
  await phone.prepared();
  await phone.tap('Keep');
  await expect(phone.heading('Photo 3 of 3')).toBeVisible();
  await phone.prepared();
  await phone.tap('Keep');
  await phone.tap('Set site and side for all');
  await phone.describe({ site: 'forearm', side: 'Left' });
  await phone.tap('Done');
  await expect(phone.page.getByText('Left forearm')).toHaveCount(3);
  await phone.send(3);

  // Nobody has reloaded the desktop.
  await desk.expectPhotos(3);
  await expect(desk.photo(1)).toHaveAccessibleName('Photo 1: Left forearm, Phone, Ready');
  await desk.select(2);
  await desk.describe({ view: 'Close-up', note: 'CANARY-NOTE: raised edge, 6 mm' });
  clinic.secrets.add('CANARY-NOTE');

  await desk.page.getByRole('button', { name: 'File 3 photos', exact: true }).click();
  const commit = desk.dialog('File to the record');
  await expect(commit.getByRole('group', { name: 'For' })).toContainText('NGĀTAI, Aroha');
  await expect(commit.getByRole('group', { name: 'For' })).toContainText(patient.nhi);
  await expect(commit.getByRole('checkbox', { checked: true })).toHaveCount(3);
  await commit.getByRole('button', { name: /^File 3 photos for NGĀTAI, Aroha/ }).click();
  for (const photo of [1, 2, 3]) await expect(desk.filing(photo)).toContainText('In the record');
  await expect(desk.dialog('Filing').getByText('3 of 3 photos in the record')).toBeVisible();

  const filed = await clinic.medtech.filed();
  expect(filed).toHaveLength(3);
  expect(new Set(filed.map((media) => media.identifier.value)).size).toBe(3);
  for (const media of filed) {
    expect(media.patientId).toBe(patient.id);
    expect(media.identifier.system).toBe('https://clinicpro.co.nz/fhir/ns/clinical-image');
    expect(media.identifier.value).toMatch(/^[0-9a-f-]{32,36}$/);
    expect(media.title).toMatch(/^Left forearm(, close-up)?, \d+ [A-Z][a-z]{2} 20\d\d$/);
    expect(media.resource.bodySite?.coding?.map(({ code }) => code)).toContain('14975008');
    expect(media.advice).toEqual([]);
    const bytes = await clinic.medtech.bytes(media.id);
    expect(bytes.length).toBeLessThanOrEqual(MOST_BYTES);
    expect(bytes.includes(CANARY)).toBe(false);
    const { segments, trailing } = walkJpeg(bytes);
    expect(segments.filter((name) => /^(APP([1-9]|1\d)|COM)$/.test(name))).toEqual([]);
    expect(trailing).toBe(0);
    const sample = await samplePixels(browser, bytes);
    expect(Math.max(sample.width, sample.height)).toBeLessThanOrEqual(MOST_PIXELS);
    expect(sample.corners).toEqual(UPRIGHT);
  }
  const sizes = filed.map(({ width, height }) => `${width}x${height}`).sort();
  expect(sizes).toEqual(['1200x800', '1440x1920', '900x700']);
  expect(filed.filter((media) => media.title?.includes('close-up'))).toHaveLength(1);
  // The phone's file did hold what must not come out.
  expect(fs.readFileSync(PHOTOS.phoneJpeg).includes(CANARY)).toBe(true);

  await desk.dialog('Filing').getByRole('button', { name: 'Close' }).click();
  await expect(desk.page.getByText('All 3 photos are in the record')).toBeVisible();
  await expect(phone.page.getByText('In the record').first()).toBeVisible();
});

test('a photo of twelve megapixels is on the desktop within seconds', async ({ desk, phone }) => {
  await desk.open('Sharma');
  await phone.join(await desk.scan());
  // The first photo also loads the codec; later ones do not.
  const first = await shutterToDesktop(1);
  await phone.tap('Take more');
  const second = await shutterToDesktop(2);

  console.log(`shutter to desktop: ${first} ms (the first photo), ${second} ms (the second)`);
  fs.mkdirSync(BENCH, { recursive: true });
  fs.writeFileSync(path.join(BENCH, 'shutter.json'), `${JSON.stringify({ first_ms: first, second_ms: second })}\n`);
  // The aim is 3 s; the bound leaves room for a machine that does other things.
  expect(first).toBeLessThan(10_000);
  expect(second).toBeLessThan(10_000);

  async function shutterToDesktop(number: number): Promise<number> {
    const pressed = performance.now();
    await phone.shoot(PHOTOS.phoneJpeg);
    await expect(desk.photo(number)).toBeVisible({ timeout: 30_000 });
    await desk.select(number);
    const shown = desk.page.getByRole('img', { name: `Photo ${number}` });
    await expect.poll(() => shown.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth)).toBe(1440);
    return Math.round(performance.now() - pressed);
  }
});
