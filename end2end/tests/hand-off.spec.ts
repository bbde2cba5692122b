// The QR code: it works once, for the right patient, and both screens know who is connected.
import type { Page } from '@playwright/test';
import { PHOTOS } from '../support/files.ts';
import { Phone } from '../support/phone.ts';
import { ANDROID, expect, test } from '../support/test.ts';

const GONE = 'a code that no longer works is answered 410';

test('a code works once', async ({ desk, phone, visitors, browserErrors }) => {
  browserErrors.expectStatus(410, GONE);
  await desk.open('Chén');
  const link = await desk.scan();
  await phone.join(link);

  const other = await visitors.phone();
  await other.follow(link);
  await expect(other.heading('This code has been used already')).toBeVisible();
  await expect(other.page.getByText('Press “New code” on the desktop and scan it.')).toBeVisible();
  // The first phone is none the worse for it.
  await expect(phone.heading('Take photos')).toBeVisible();
  await expect(desk.phones.getByRole('listitem')).toHaveCount(1);
});

test('a code that nobody gave out is refused', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectStatus(404, 'an unknown code is answered 404');
  await desk.open('Chén');
  const link = await desk.scan();
  const wrong = link.slice(0, -3) + [...link.slice(-3)].map((letter) => (letter === 'A' ? 'B' : 'A')).join('');
  for (const odd of [wrong, link.slice(0, -12), `${link.split('#')[0]}#hello`]) {
    await phone.page.goto('about:blank');
    await phone.follow(odd);
    await expect(phone.heading('This code is not known')).toBeVisible();
    await expect(phone.page.getByText('If you copied the link, copy all of it.')).toBeVisible();
  }
  // Trying has not spent the real one.
  await phone.page.goto('about:blank');
  await phone.join(link);
});

test('a new code replaces the old one', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectStatus(410, GONE);
  await desk.open('Chén');
  const old = await desk.scan();
  await desk.phones.getByRole('button', { name: 'New code' }).click();
  await expect.poll(() => desk.scan()).not.toBe(old);

  await phone.follow(old);
  await expect(phone.heading('The desktop shows a newer code')).toBeVisible();
  await phone.join(await desk.scan());
});

test('the code renews itself on the screen after five minutes', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectStatus(410, GONE);
  await desk.page.clock.install();
  await desk.open('Chén');
  const old = await desk.scan();
  await expect(desk.phones.getByText(/^New code in [45]:\d\d$/)).toBeVisible();
  await desk.page.clock.fastForward('05:05');
  await expect.poll(() => desk.scan()).not.toBe(old);
  await phone.follow(old);
  await expect(phone.heading('The desktop shows a newer code')).toBeVisible();
});

test('somebody with the wrong patient says so with one tap and the desktop is told', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectStatus(410, 'a phone that said no is shut out');
  await desk.open('Chén');
  await phone.follow(await desk.scan());
  await expect(phone.page.getByText('CHÉN, Xiùyīng')).toBeVisible();
  await phone.tap('No, wrong patient');
  await expect(phone.heading('You said this is not your patient')).toBeVisible();
  await expect(phone.page.getByText('Nothing was sent.')).toBeVisible();
  await expect(phone.page.getByText('Xiùyīng')).toHaveCount(0);

  await expect(desk.phones.getByText('Wrong patient, says the person with the phone')).toBeVisible();
  await expect(desk.page.getByRole('alert').getByText(/^Wrong patient, says the person/)).toBeVisible();
  await desk.phones.getByRole('button', { name: 'I have checked' }).click();
  await expect(desk.phones.getByText('Wrong patient, says the person with the phone')).toBeHidden();
  await expect(desk.phones.getByText('iPhone, number')).toContainText('wrong patient');

  // A reload does not let the phone in again.
  await phone.page.reload();
  await expect(phone.heading('You said this is not your patient')).toBeVisible();
});

test('the desktop cuts a phone off', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectStatus(410, 'a phone that was cut off is shut out');
  await desk.open('Chén');
  await phone.join(await desk.scan());
  await desk.phones.getByRole('button', { name: /^Disconnect iPhone, number \d\d$/ }).click();
  await expect(phone.heading('The desktop disconnected this phone')).toBeVisible();
  await expect(phone.page.getByText('scan a new code on the desktop')).toBeVisible();
  await expect(desk.phones.getByText('disconnected here')).toBeVisible();
  // The way in for the next phone is open again.
  await phone.join(await desk.scan());
});

test('two phones join by a code each and one goes on without the other', async ({ desk, phone, visitors, browserErrors }) => {
  browserErrors.expectStatus(410, 'a phone that was cut off is shut out');
  await desk.open('Chén');
  await phone.join(await desk.scan());
  await desk.phones.getByRole('button', { name: 'Add another phone' }).click();
  const android = await visitors.phone(ANDROID);
  await android.join(await desk.scan());
  await expect(desk.phones.getByText('Patient confirmed')).toHaveCount(2);
  await expect(desk.phones.getByText(/^connected \d\d:\d\d · number \d\d$/)).toHaveCount(2);

  await phone.shoot(PHOTOS.png);
  await android.shoot(PHOTOS.heic);
  await desk.expectPhotos(2);

  await desk.phones.getByRole('button', { name: /^Disconnect iPhone/ }).click();
  await expect(phone.heading('The desktop disconnected this phone')).toBeVisible();
  await android.tap('Take more');
  await android.shoot(PHOTOS.png);
  await desk.expectPhotos(3);
});

test('finishing the session asks because of the phone and then tells the phone', async ({ desk, phone, browserErrors }) => {
  browserErrors.expectStatus(410, 'a session that is over says so');
  await desk.open('Chén');
  await phone.join(await desk.scan());
  await desk.page.getByRole('button', { name: 'End session', exact: true }).click();
  const question = desk.dialog('End this session?');
  await expect(question.getByText('A phone is still connected.')).toBeVisible();
  await question.getByRole('button', { name: 'End session', exact: true }).click();
  await expect(desk.page.getByRole('heading', { name: 'This session has ended' })).toBeVisible();
  await expect(phone.heading('This session has ended')).toBeVisible();
});

/** A second tab of the same phone joins by a newer code; the first one is looked at again after it. */
async function scanAgain(phone: Phone, link: string): Promise<void> {
  const tab = new Phone(await phone.page.context().newPage());
  await tab.join(link);
  await tab.page.close();
  // Headless tabs are all in front; the page hears what it would hear when it comes back.
  await phone.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange', { bubbles: true })));
}

test('photos that were not sent go on after a new code for the same patient', async ({ desk, phone }) => {
  await desk.open('Chén');
  await phone.join(await desk.scan());
  await phone.choosePhotos([PHOTOS.png, PHOTOS.heic]);
  await expect(phone.button('Send 2 photos')).toBeVisible();
  await desk.phones.getByRole('button', { name: 'Add another phone' }).click();
  const link = await desk.scan();
  const number = await desk.number();
  await scanAgain(phone, link);

  // On the screen it was left on, by the new link.
  await expect(phone.page.getByText(number, { exact: true })).toBeVisible();
  await phone.send(2);
  await desk.expectPhotos(2);
});

test('photos that were not sent are removed when the next code is for another patient', async ({ desk, phone, visitors, browserErrors }) => {
  browserErrors.expectStatus(410, 'the first link is no longer this phone’s');
  await desk.open('Chén');
  await phone.join(await desk.scan());
  await phone.choosePhotos([PHOTOS.png, PHOTOS.heic]);
  await expect(phone.button('Send 2 photos')).toBeVisible();
  const other = await visitors.desk();
  await other.open('Sharma');
  await scanAgain(phone, await other.scan());

  await expect(phone.heading('This phone has joined another session')).toBeVisible();
  await expect(phone.page.getByText('2 photos had not been sent and were removed from this phone.')).toBeVisible();
  await expect(phone.page.getByRole('img')).toHaveCount(0);
  await other.expectPhotos(0);
});

test('no code and no patient stays in an address or in the history', async ({ clinic, desk, phone }) => {
  const patient = await clinic.medtech.person('Chén');
  await desk.open('Chén');
  const link = await desk.scan();
  await phone.join(link);
  await phone.takePhoto(PHOTOS.png);
  await phone.tap('Keep');

  const code = link.split('#')[1];
  const telling = [code, patient.id, patient.nhi, patient.family, 'context=', 'signature='];
  for (const page of [desk.page, phone.page]) {
    for (const address of [page.url(), ...(await history(page))]) {
      for (const secret of telling) expect(address).not.toContain(secret);
    }
    expect(await page.title()).not.toMatch(/chén/i);
  }
});

/** Addresses and titles that Back and Forward lead to. */
async function history(page: Page): Promise<string[]> {
  const session = await page.context().newCDPSession(page);
  const { entries } = await session.send('Page.getNavigationHistory');
  return entries.flatMap(({ url, title }) => [url, title]);
}
