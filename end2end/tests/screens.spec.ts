// Every screen, as a doctor sees it, in target/screens: look at them. Each is also checked for accessibility and width.
import { PHOTOS } from '../support/files.ts';
import { Gallery, type Size } from '../support/screenshots.ts';
import { DESK, expect, PHONE, testAlone as test } from '../support/test.ts';

const WIDE: Size = { name: '1280x800', width: 1280, height: 800 };
const DOCKED: Size = { name: '420x800', width: 420, height: 800 };
const NARROWEST: Size = { name: '380x800', width: 380, height: 800 };
const HELD: Size = { name: '390x844', width: 390, height: 844 };
const DESKTOPS = [WIDE, DOCKED, NARROWEST];
const PHONES = [HELD];

for (const scheme of ['light', 'dark'] as const) {
  test(`the desktop, ${scheme}`, async ({ clinic, visitors, browserErrors }) => {
    test.setTimeout(240_000);
    browserErrors.expectStatus(410, 'the last screen is that of a session that is over');
    browserErrors.expect(/status of 404 .*favicon\.ico/, 'the simulated Medtech has no icon');
    const desk = await visitors.desk({ ...DESK, colorScheme: scheme });
    const phone = await visitors.phone({ ...PHONE, colorScheme: scheme });
    const gallery = new Gallery(scheme);
    const show = (name: string): Promise<void> => gallery.capture(desk.page, `desktop-${name}`, DESKTOPS);

    await desk.page.goto('/');
    await expect(desk.page.getByRole('listitem').first()).toBeVisible();
    await show('0-start');
    await desk.page.goto(await clinic.medtech.launchUrl({}));
    await show('0-no-patient');

    await desk.open('Konstantinopolskaya-Featherstonehaugh-Papadopoulou');
    await desk.scan();
    await show('1-long-name');
    await desk.open('Ngātai');
    await desk.scan();
    await show('1-empty');
    await phone.join(await desk.scan());
    await expect(desk.phones.getByText('Patient confirmed')).toBeVisible();
    await phone.shoot(PHOTOS.phoneJpeg);
    await desk.chooseFiles([PHOTOS.heic, PHOTOS.png, PHOTOS.notAPicture]);
    await desk.expectPhotos(3);
    await expect(desk.strip.getByText('This file is not a photo')).toBeVisible();
    await show('2-arrived');
    await desk.strip.getByRole('button', { name: /^Remove:/ }).click();

    await desk.select(1);
    await desk.details.getByRole('combobox', { name: 'Body site' }).fill('arm');
    await show('3-choosing-a-site');
    await desk.page.keyboard.press('Escape');
    await desk.describe({ site: 'forearm', side: 'Left', view: 'Regional', note: 'Changed over three weeks; no bleeding.' });
    await desk.select(2);
    await desk.describe({ site: 'forearm', side: 'Left' });
    await expect(desk.photo(2)).toHaveAccessibleName(/Ready$/);
    await show('4-described');

    await desk.page.getByRole('button', { name: 'File 2 photos', exact: true }).click();
    await expect(desk.dialog('File to the record')).toBeVisible();
    await show('5-commit');
    await clinic.medtech.goWrong('POST /FHIR/Media', '400');
    await desk.dialog('File to the record').getByRole('button', { name: /^File 2 photos/ }).click();
    await expect(desk.dialog('Filing').getByText('1 of 2 photos in the record')).toBeVisible();
    await expect(desk.dialog('Filing').getByText('Not filed', { exact: true })).toBeVisible();
    await show('6-one-refused');
    await clinic.medtech.goWrong('POST /FHIR/Media', 'lost');
    await clinic.medtech.goWrong('GET /FHIR/Media', '403');
    await desk.dialog('Filing').getByRole('button', { name: /^Retry/ }).click();
    await expect(desk.dialog('Filing').getByText('Check Medtech', { exact: true })).toBeVisible({ timeout: 15_000 });
    await show('6-one-unknown');
    await desk.dialog('Filing').getByRole('button', { name: /^It is not there/ }).click();
    await show('6-one-asked-twice');
    await desk.dialog('Filing').getByRole('button', { name: 'Cancel' }).click();
    await desk.dialog('Filing').getByRole('button', { name: /^It is there/ }).click();
    await desk.dialog('Filing').getByRole('button', { name: /^Yes, it is there/ }).click();
    await expect(desk.dialog('Filing').getByText('2 of 2 photos in the record')).toBeVisible();
    await show('7-filed');
    await desk.dialog('Filing').getByRole('button', { name: 'Close' }).click();
    await desk.page.getByRole('button', { name: 'End session', exact: true }).click();
    await expect(desk.dialog('End this session?')).toBeVisible();
    await show('8-finish');
    await desk.page.keyboard.press('Escape');
    await desk.page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
    await show('8-shortcuts');
    await desk.page.keyboard.press('Escape');

    await desk.select(3);
    await desk.describe({ site: 'nose' });
    await expect(desk.photo(3)).toHaveAccessibleName(/Ready$/);
    await desk.commit(1);
    await expect(desk.filing(3)).toContainText('In the record');
    await desk.dialog('Filing').getByRole('button', { name: 'Close' }).click();
    await expect(desk.page.getByText('All 3 photos are in the record')).toBeVisible();
    await show('9-all-filed');

    const medtech = await (await visitors.context('Medtech', { ...DESK, colorScheme: scheme })).newPage();
    const { id } = await clinic.medtech.person('Ngātai');
    await medtech.goto(`${clinic.medtech.url}/medtech?refresh=off`);
    await gallery.capture(medtech, 'medtech-patients', [WIDE, DOCKED]);
    await medtech.goto(`${clinic.medtech.url}/medtech/patient/${id}?refresh=off`);
    await gallery.capture(medtech, 'medtech-inbox', [WIDE, DOCKED]);
    await medtech.getByRole('link', { name: /^Details of/ }).first().click();
    await gallery.capture(medtech, 'medtech-details', [WIDE, DOCKED]);

    await desk.phones.getByRole('button', { name: /^Disconnect/ }).click();
    await expect(desk.phones.getByText('disconnected here')).toBeVisible();
    await desk.page.getByRole('button', { name: 'End session', exact: true }).click();
    await expect(desk.page.getByRole('heading', { name: 'This session has ended' })).toBeVisible();
    await show('9-finished');
    gallery.verify();
  });

  test(`the phone, ${scheme}`, async ({ clinic, visitors, browserErrors }) => {
    test.setTimeout(180_000);
    browserErrors.expectStatus(401, 'the first screen is that of a phone without a key');
    browserErrors.expectStatus(410, 'the last screen is that of a phone that left');
    browserErrors.expectOutage('one photo is kept from arriving on purpose');
    const desk = await visitors.desk({ ...DESK, colorScheme: scheme });
    const phone = await visitors.phone({ ...PHONE, colorScheme: scheme });
    const gallery = new Gallery(scheme);
    const show = (name: string): Promise<void> => gallery.capture(phone.page, `phone-${name}`, PHONES);

    await phone.page.goto('/phone');
    await expect(phone.heading('Scan the QR code on the desktop')).toBeVisible();
    await show('0-no-link');
    await desk.open('Ngātai');
    await phone.follow(await desk.scan());
    await expect(phone.heading('Is this your patient?')).toBeVisible();
    await show('1-confirm');
    await phone.tap('Yes, this is my patient');
    await expect(phone.heading('Take photos')).toBeVisible();
    await show('2-capture');
    await phone.takePhoto(PHOTOS.phoneJpeg);
    await phone.prepared();
    await show('3-review-one');
    await phone.tap('Keep');
    await phone.tap('Add more');
    await phone.choosePhotos([PHOTOS.heic, PHOTOS.png, PHOTOS.notAPicture]);
    await expect(phone.page.getByText('Cannot be used')).toBeVisible();
    await show('4-review-all');
    await phone.tap(/^Look at photo 4/);
    await expect(phone.page.getByText('This file is not a photo')).toBeVisible();
    await show('3-review-not-a-photo');
    await phone.tap('Remove');
    await expect(phone.heading('Check and send')).toBeVisible();
    await phone.tap('Set site and side for all');
    await phone.describe({ site: 'forearm', side: 'Left', view: 'Close-up' });
    await show('5-describe-all');
    await phone.page.getByRole('combobox', { name: 'Body site' }).fill('le');
    await show('5-choosing-a-site');
    await phone.page.keyboard.press('Escape');
    await phone.tap('Done');
    await expect(phone.heading('Check and send')).toBeVisible();
    await show('4-described');

    // One photo gets through, one is on its way, one is refused by the network.
    let puts = 0;
    const held: (() => void)[] = [];
    await phone.page.route(`${clinic.store}/**`, async (route) => {
      if (route.request().method() === 'PUT') {
        puts += 1;
        if (puts === 2) return route.abort('connectionreset');
        if (puts === 3) await new Promise<void>((resolve) => held.push(resolve));
      }
      return route.continue();
    });
    await phone.tap('Send 3 photos');
    await expect(phone.page.getByText(/^Retrying in \d s$/)).toBeVisible();
    await show('6-sending');
    await phone.page.context().setOffline(true);
    await expect(phone.page.getByText('No network – waiting').first()).toBeVisible();
    await show('6-no-network');
    await phone.page.context().setOffline(false);
    await expect.poll(() => held.length).toBeGreaterThan(0);
    for (const release of held) release();
    await expect(phone.heading('3 photos arrived')).toBeVisible({ timeout: 60_000 });
    await show('7-sent');
    await phone.tap('Take more');
    await show('2-capture-later');
    await phone.tap('3 photos sent');
    await phone.tap('Disconnect this phone');
    await expect(phone.heading('This phone is disconnected')).toBeVisible();
    await show('8-finished');
    gallery.verify();
  });
}
