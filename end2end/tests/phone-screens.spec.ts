// The phone's seven screens: every way through them, and what happens when the network or the person changes their mind.
import { PHOTOS } from '../support/files.ts';
import { samplePixels, TURNED } from '../support/pixels.ts';
import { expect, test } from '../support/test.ts';

test('back and reload work on every screen', async ({ desk, phone }) => {
  await desk.open('Parāone');
  await phone.follow(await desk.scan());
  await expect(phone.heading('Is this your patient?')).toBeVisible();
  await phone.page.reload();
  await expect(phone.heading('Is this your patient?')).toBeVisible();
  await expect(phone.page.getByText('PARĀONE, Te Ariki')).toBeVisible();
  await phone.tap('Yes, this is my patient');
  await expect(phone.heading('Take photos')).toBeVisible();
  await phone.page.reload();
  await expect(phone.heading('Take photos')).toBeVisible();

  await phone.takePhoto(PHOTOS.png);
  await expect(phone.heading('Photo 1 of 1')).toBeVisible();
  await phone.page.goBack();
  await expect(phone.heading('Take photos')).toBeVisible();
  await phone.page.goForward();
  await expect(phone.heading('Photo 1 of 1')).toBeVisible();
  await phone.tap('Details');
  await expect(phone.heading('Describe photo 1')).toBeVisible();
  await phone.describe({ site: 'thumb', side: 'Right' });
  await phone.page.goBack();
  await expect(phone.heading('Photo 1 of 1')).toBeVisible();
  await phone.tap('Keep');
  await expect(phone.heading('Check and send')).toBeVisible();
  await expect(phone.page.getByText('Right thumb')).toBeVisible();
  await phone.tap('Set site and side for all');
  await expect(phone.heading('Describe 1 photo')).toBeVisible();
  await phone.page.goBack();
  await expect(phone.heading('Check and send')).toBeVisible();

  await phone.send(1);
  await phone.page.reload();
  await expect(phone.heading('1 photo arrived')).toBeVisible();
  await expect(phone.page.getByText('Right thumb')).toBeVisible();
  // What was sent is not there to be sent once more.
  await phone.page.goBack();
  await expect(phone.heading(/Take photos|1 photo arrived/)).toBeVisible();
  await desk.expectPhotos(1);
});

test('a page with unsent photos asks before it is left, and says what it holds', async ({ desk, phone }) => {
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.takePhoto(PHOTOS.png);
  await phone.tap('Keep');
  await expect(phone.page.getByText('Not sent yet – keep this page open.')).toBeVisible();
  const asked = phone.page.waitForEvent('dialog');
  const reloading = phone.page.reload();
  const question = await asked;
  expect(question.type()).toBe('beforeunload');
  await question.accept();
  await reloading;
  // Photos that were not sent live in the page only, for now.
  await expect(phone.heading('Take photos')).toBeVisible();
});

test('the twenty-first photo is turned away in plain words', async ({ desk, phone }) => {
  test.setTimeout(150_000);
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.choosePhotos(Array.from({ length: 21 }, () => PHOTOS.png));
  await expect(phone.page.getByText('20 photos were added. 1 was left out: a session holds 20 photos.')).toBeVisible();
  await expect(phone.button('Send 20 photos')).toBeVisible();
  await phone.tap('Add more');
  await expect(phone.page.getByText('20 of 20 photos', { exact: true })).toBeVisible();
  await expect(phone.page.getByText('This session is full. Delete a photo that you do not need')).toBeVisible();
  await expect(phone.page.getByLabel('Take a photo')).toBeDisabled();
  await expect(phone.page.getByLabel('Choose from gallery')).toBeDisabled();

  await phone.tap('Check 20 photos');
  await phone.send(20);
  await desk.expectPhotos(20);
  await expect(desk.page.getByText('20 of 20 photos')).toBeVisible();
  await expect(desk.page.getByText('This session is full. Delete a photo to add another.')).toBeVisible();
});

test('a photo is turned, taken again and deleted before it is sent', async ({ browser, desk, phone }) => {
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.takePhoto(PHOTOS.heic);
  await phone.prepared();
  await phone.tap('Details');
  await phone.describe({ site: 'nose' });
  await phone.tap('Done');
  // Another file in its place keeps what was said about it.
  await phone.page.getByLabel('Retake').setInputFiles(PHOTOS.png);
  await phone.prepared();
  await phone.tap('Rotate');
  await phone.prepared();
  await phone.tap('Keep');
  // Its small copy is turned too.
  await expect.poll(() => phone.small(1)).toEqual([250, 320]);
  await phone.tap('Add more');
  await phone.takePhoto(PHOTOS.heic);
  await phone.tap('Keep');
  await phone.tap('Delete photo 2');
  await expect(phone.page.getByText('Photo deleted')).toBeVisible();
  await expect(phone.page.getByText('Nose')).toBeVisible();
  await phone.send(1);

  await desk.expectPhotos(1);
  await expect(desk.photo(1)).toHaveAccessibleName('Photo 1: Nose, Phone, Ready');
  await expect(async () => {
    expect(await samplePixels(browser, await desk.bytes(1))).toEqual({ width: 700, height: 900, corners: TURNED });
  }).toPass();
});

test('a photo is looked at closely', async ({ desk, phone }) => {
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.takePhoto(PHOTOS.png);
  await phone.prepared();
  const photo = phone.page.getByRole('main').getByRole('img', { name: 'Photo 1 of 1' });
  const whole = (await photo.boundingBox())!;
  await phone.tap('Zoom in');
  await expect.poll(async () => (await photo.boundingBox())!.width).toBeGreaterThan(whole.width * 2);
  await phone.tap('Whole photo');
  await expect.poll(async () => (await photo.boundingBox())!.width).toBe(whole.width);
});

test('a file that is no photo says so on the phone and the others go', async ({ desk, phone }) => {
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.choosePhotos([PHOTOS.notAPicture, PHOTOS.png]);
  await expect(phone.page.getByText('Cannot be used')).toBeVisible();
  // Why stands beside it already.
  await expect(phone.page.getByText('This file is not a photo')).toBeVisible();
  await phone.tap(/^Look at photo 1/);
  await expect(phone.page.getByText('Choose a photo (JPEG, PNG, WebP or HEIC).')).toBeVisible();
  await phone.tap('Remove');
  await expect(phone.heading(/Photo 1 of 1|Check and send|Take photos/)).toBeVisible();
  if (await phone.button('Keep').isVisible()) await phone.tap('Keep');
  await phone.send(1);
  await desk.expectPhotos(1);
});

test('a file that is no photo stays behind and says why, when the others go', async ({ desk, phone }) => {
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.choosePhotos([PHOTOS.notAPicture, PHOTOS.png]);
  await expect(phone.page.getByText('Cannot be used')).toBeVisible();
  await phone.tap('Send 1 photo');
  await expect(phone.page.getByText('Some files cannot be used. Remove them, or choose others.')).toBeVisible();
  await expect(phone.page.getByText('This file is not a photo. Choose a photo (JPEG, PNG, WebP or HEIC).')).toBeVisible();
  await phone.tap('Remove: photo 1');
  await expect(phone.heading('1 photo arrived')).toBeVisible();
  await desk.expectPhotos(1);
});

test('a photo that could not be prepared says so in the grid and can be tried again', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectOutage('the codec is kept from the phone on purpose');
  await phone.page.route('**/codec-worker.js', (route) => route.abort());
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.choosePhotos([PHOTOS.heic, PHOTOS.png]);
  await expect(phone.page.getByText('Not ready')).toHaveCount(2);
  await expect(phone.page.getByText('The photo tool does not answer')).toHaveCount(2);
  await phone.page.unroute('**/codec-worker.js');
  await phone.tap(/^Look at photo 1/);
  for (const photo of ['Photo 1 of 2', 'Photo 2 of 2']) {
    await expect(phone.heading(photo)).toBeVisible();
    await phone.tap('Try again');
    await phone.prepared();
    await phone.tap('Keep');
  }
  await phone.tap('Send 2 photos');
  await expect(phone.heading('2 photos arrived')).toBeVisible();
  await desk.expectPhotos(2);
});

test('a photo taken before the photo tool had come is prepared once the network is back', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectOutage('the codec is kept from the phone on purpose');
  // Not the worker itself: what it imports. A browser remembers in a worker that an import of it failed.
  const parts = /\/(pkg\/codec|codec-worker)\//;
  await phone.page.context().route(parts, (route) => route.abort());
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.choosePhotos([PHOTOS.png]);
  await expect(phone.page.getByText('The photo tool does not answer')).toBeVisible();
  await phone.page.context().unroute(parts);
  await phone.tap('Try again');
  await phone.prepared();
  await phone.tap('Keep');
  await phone.send(1);
  await desk.expectPhotos(1);
});

test('a dead network pauses and goes on by itself', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectOutage('the network is gone on purpose');
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.takePhoto(PHOTOS.png);
  await phone.prepared();
  await phone.tap('Keep');
  await phone.page.context().setOffline(true);
  await phone.tap('Send 1 photo');
  await expect(phone.page.getByText('No network – waiting')).toBeVisible();
  await expect(phone.page.getByText('Keep this page open until everything is sent.')).toBeVisible();
  await phone.page.context().setOffline(false);
  await expect(phone.heading('1 photo arrived')).toBeVisible({ timeout: 30_000 });
  await desk.expectPhotos(1);
});

test('a store that does not answer is tried three times and then the person decides', async ({ clinic, desk, phone, browserErrors }) => {
  browserErrors.expectOutage('the way to the picture store is cut on purpose');
  let puts = 0;
  await phone.page.route(`${clinic.store}/**`, (route) => {
    puts += route.request().method() === 'PUT' ? 1 : 0;
    return route.abort('connectionreset');
  });
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.shoot(PHOTOS.png);
  await expect(phone.page.getByText(/^Retrying in \d s$/)).toBeVisible();
  await expect(phone.page.getByText('It was tried three times.')).toBeVisible({ timeout: 30_000 });
  expect(puts).toBe(3);
  await expect(phone.page.getByText('Some photos could not be sent. They are still on this phone.')).toBeVisible();
  await phone.page.unroute(`${clinic.store}/**`);
  await phone.tap('Try all again');
  await expect(phone.heading('1 photo arrived')).toBeVisible({ timeout: 30_000 });
  await desk.expectPhotos(1);
});

test('finish and disconnect ends the link on both screens', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectStatus(401, 'a phone that left has no key any more');
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.shoot(PHOTOS.png);
  await expect(phone.heading('1 photo arrived')).toBeVisible();
  await phone.tap('Disconnect this phone');
  await expect(phone.heading('This phone is disconnected')).toBeVisible();
  await expect(phone.page.getByText('keeps no photos')).toBeVisible();
  await expect(desk.phones.getByText(/iPhone, number \d\d: disconnected on the phone/)).toBeVisible();
  await phone.page.reload();
  await expect(phone.heading('Scan the QR code on the desktop')).toBeVisible();
});

test('finishing with unsent photos asks first', async ({ desk, phone }) => {
  await desk.open('Parāone');
  await phone.join(await desk.scan());
  await phone.shoot(PHOTOS.png);
  await phone.tap('Take more');
  await phone.takePhoto(PHOTOS.heic);
  await phone.tap('Keep');
  await phone.tap('Add more');
  await phone.tap('1 photo sent');
  await phone.tap('Disconnect this phone');
  await expect(phone.page.getByText('1 photo has not been sent. Disconnecting deletes it from this phone.')).toBeVisible();
  await phone.tap('Stay connected');
  await expect(phone.button('Check 1 photo')).toBeVisible();
  await phone.tap('Disconnect this phone');
  await phone.tap('Delete 1 photo and disconnect');
  await expect(phone.heading('This phone is disconnected')).toBeVisible();
  await desk.expectPhotos(1);
});

test('a phone without a link is told to scan', async ({ phone, browserErrors }) => {
  browserErrors.expectStatus(401, 'a phone without a key is answered 401');
  await phone.page.goto('/phone');
  await expect(phone.heading('Scan the QR code on the desktop')).toBeVisible();
  await expect(phone.page.getByText('point this phone’s camera at the code')).toBeVisible();
});
