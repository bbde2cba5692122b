// Photos that come from the GP's own computer, without any phone.
import fs from 'node:fs';
import { PHOTOS } from '../support/files.ts';
import { samplePixels, UPRIGHT } from '../support/pixels.ts';
import { expect, test } from '../support/test.ts';

test('files are chosen, dropped and pasted', async ({ browser, desk }) => {
  await desk.open('McKenzie');
  await desk.chooseFiles([PHOTOS.phoneJpeg]);
  await desk.expectPhotos(1);
  await expect(desk.photo(1)).toHaveAccessibleName('Photo 1, Desktop, Needs details');

  const heic = fs.readFileSync(PHOTOS.heic).toString('base64');
  const dropped = await desk.page.evaluateHandle((base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], 'lesion.heic', { type: '' }));
    return transfer;
  }, heic);
  const floor = desk.page.getByRole('main');
  await floor.dispatchEvent('dragover', { dataTransfer: dropped });
  await expect(desk.page.getByText('Drop the photos here')).toBeVisible();
  await floor.dispatchEvent('drop', { dataTransfer: dropped });
  await expect(desk.page.getByText('Drop the photos here')).toBeHidden();
  await desk.expectPhotos(2);

  const png = fs.readFileSync(PHOTOS.png).toString('base64');
  await desk.page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
  }, png);
  await desk.page.keyboard.press('Control+V');
  await desk.expectPhotos(3);

  for (const [number, width, height] of [[1, 1440, 1920], [2, 1200, 800], [3, 900, 700]]) {
    // What this computer prepared is shown small by its small copy.
    expect(await desk.smallSide(number)).toBe(320);
    expect(await samplePixels(browser, await desk.bytes(number))).toEqual({ width, height, corners: UPRIGHT });
  }
  await expect(desk.page.getByText('3 of 20 photos')).toBeVisible();
});

test('a photo that is chosen before the page’s script has run arrives, and dropping is offered only after that', async ({ desk }) => {
  await desk.page.goto('/');
  let release = (): void => {};
  const released = new Promise<void>((resolve) => { release = resolve; });
  await desk.page.route('**/pkg/clinical.*', async (route) => {
    if (/\.(js|wasm)$/.test(new URL(route.request().url()).pathname)) await released;
    await route.continue();
  });
  await desk.openFromStart('McKenzie');
  await expect(desk.page.getByText('In a moment you can also drop or paste photos.')).toBeVisible();
  await desk.page.getByLabel('Choose files').setInputFiles([PHOTOS.png, PHOTOS.heic]);
  await expect(desk.page.getByText('0 of 20 photos')).toBeVisible();

  release();
  await desk.expectPhotos(2);
  await expect(desk.page.getByText('Or drop or paste photos anywhere.')).toBeVisible();
  await expect(desk.page.getByText('2 of 20 photos')).toBeVisible();
  // Taken once, and the input is empty again: the same file can be chosen a second time.
  await desk.chooseFiles([PHOTOS.png]);
  await desk.expectPhotos(3);
});

test('a file that is no photo gets its sentence and the others go on', async ({ desk }) => {
  await desk.open('McKenzie');
  await desk.chooseFiles([PHOTOS.notAPicture, PHOTOS.png, PHOTOS.truncated, PHOTOS.heic]);
  await desk.expectPhotos(2);
  await expect(desk.strip.getByText(/This file is not a photo\. Choose a photo \(JPEG, PNG, WebP or HEIC\)\./)).toBeVisible();
  await expect(desk.strip.getByText(/This file is incomplete\. Part of it is missing\./)).toBeVisible();
  await expect(desk.page.getByText('2 of 20 photos')).toBeVisible();

  await desk.strip.getByRole('button', { name: 'Remove: not-a-picture.jpg' }).click();
  await desk.strip.getByRole('button', { name: 'Remove: truncated.jpg' }).click();
  await expect(desk.strip.getByRole('alert')).toHaveCount(0);
  await desk.expectPhotos(2);
});

test('a photo is deleted after a question, and no other one', async ({ desk }) => {
  await desk.open('McKenzie');
  await desk.chooseFiles([PHOTOS.png, PHOTOS.heic]);
  await desk.expectPhotos(2);
  await desk.select(1);
  await desk.describe({ site: 'nose', note: 'CANARY-NOTE stays' });

  await desk.select(2);
  await desk.details.getByRole('button', { name: 'Delete photo' }).click();
  await desk.dialog('Delete photo 2?').getByRole('button', { name: 'Cancel' }).click();
  await expect(desk.photos).toHaveCount(2);

  await desk.details.getByRole('button', { name: 'Delete photo' }).click();
  await desk.dialog('Delete photo 2?').getByRole('button', { name: 'Delete photo' }).click();
  await expect(desk.photos).toHaveCount(1);
  await expect(desk.photo(1)).toHaveAccessibleName('Photo 1: Nose, Desktop, Ready');

  // What was typed is with the server, not only on the screen.
  await desk.page.reload();
  await expect(desk.photos).toHaveCount(1);
  await desk.select(1);
  await expect(desk.details.getByLabel('Note')).toHaveValue('CANARY-NOTE stays');
});

test('a photo without site or side stays out of the commit until it has them', async ({ clinic, desk }) => {
  await desk.open('Fīfita');
  const patient = await clinic.medtech.person('Fīfita');
  await desk.chooseFiles([PHOTOS.png, PHOTOS.heic]);
  await desk.expectPhotos(2);
  await desk.select(1);
  await desk.describe({ site: 'nose' });
  await desk.select(2);
  await desk.describe({ site: 'foot' });
  await expect(desk.photo(2)).toHaveAccessibleName('Photo 2: Foot, Desktop, Needs details');

  await desk.page.getByRole('button', { name: 'File 1 photo', exact: true }).click();
  const commit = desk.dialog('File to the record');
  await expect(commit.getByRole('checkbox', { name: /Photo 1: Nose/ })).toBeChecked();
  await expect(commit.getByRole('checkbox', { name: /Photo 2: Foot/ })).toBeDisabled();
  await expect(commit.getByText('Side missing')).toBeVisible();

  await commit.getByRole('button', { name: 'Add details: Photo 2' }).click();
  await expect(commit).toBeHidden();
  await expect(desk.details.getByRole('combobox', { name: 'Body site' })).toBeFocused();
  await desk.page.keyboard.press('Escape');
  await desk.describe({ side: 'Right' });
  await expect(desk.photo(2)).toHaveAccessibleName('Photo 2: Right foot, Desktop, Ready');

  await desk.commit(2);
  for (const photo of [1, 2]) await expect(desk.filing(photo)).toContainText('In the record');
  const filed = (await clinic.medtech.filed()).filter((media) => media.patientId === patient.id);
  expect(filed.map((media) => media.title?.split(',')[0]).sort()).toEqual(['Nose', 'Right foot']);
});

test('site and side of one photo go to all others with one press', async ({ desk }) => {
  await desk.open('McKenzie');
  await desk.chooseFiles([PHOTOS.png, PHOTOS.heic]);
  await desk.expectPhotos(2);
  await desk.select(1);
  await desk.describe({ site: 'ear', side: 'Both' });
  await desk.details.getByRole('button', { name: 'Apply site and side to all' }).click();
  await expect(desk.photo(2)).toHaveAccessibleName('Photo 2: Ear, both sides, Desktop, Ready');
});

test('finishing names what would be lost and keeps it when the GP changes their mind', async ({ desk, browserErrors }) => {
  await desk.open('McKenzie');
  await desk.chooseFiles([PHOTOS.png]);
  await desk.expectPhotos(1);
  await desk.page.getByRole('button', { name: 'End session', exact: true }).click();
  const question = desk.dialog('End this session?');
  await expect(question.getByText('1 photo is not in the record.')).toBeVisible();
  await question.getByRole('button', { name: 'Keep the session open' }).click();
  await expect(desk.photos).toHaveCount(1);

  await desk.page.getByRole('button', { name: 'End session', exact: true }).click();
  await question.getByRole('button', { name: /^Discard \d photo/ }).click();
  await expect(desk.page.getByRole('heading', { name: 'This session has ended' })).toBeVisible();
  browserErrors.expectStatus(410, 'a session that is over says so');
});
