// Medtech refuses, Medtech is silent, the server dies: nothing is lost, nothing is filed twice, and the GP is told what to do.
import { PHOTOS } from '../support/files.ts';
import { expect, testAlone as test } from '../support/test.ts';

test('Medtech that sleeps is tried again by itself or by hand, and each photo is filed once', async ({ clinic, desk }) => {
  await desk.ready([PHOTOS.png, PHOTOS.heic]);
  await clinic.medtech.goWrong('GET /FHIR/Patient/*', '503', { times: 2 });
  await desk.commit(2);
  await expect(desk.dialog('Filing').getByText('Medtech does not answer').first()).toBeVisible();
  await desk.filing(1).getByRole('button', { name: 'Retry: Photo 1' }).click();
  for (const photo of [1, 2]) await expect(desk.filing(photo)).toContainText('In the record', { timeout: 15_000 });
  expect(await clinic.medtech.filed()).toHaveLength(2);
});

test('a photo that Medtech refuses keeps its place, says why, and the others are filed', async ({ clinic, desk }) => {
  await desk.ready([PHOTOS.png, PHOTOS.heic]);
  await clinic.medtech.goWrong('POST /FHIR/Media', '400');
  await desk.commit(2);
  const dialog = desk.dialog('Filing');
  await expect(dialog.getByText('1 of 2 photos in the record')).toBeVisible();
  const refused = dialog.getByRole('listitem').filter({ hasText: 'Not filed' });
  await expect(refused).toContainText('Medtech refused this photo');
  await refused.getByText('Technical detail for support', { exact: true }).click();
  const [answered] = (await clinic.medtech.received('POST /FHIR/Media')).filter(({ status }) => status === 400);
  await expect(refused.getByRole('textbox', { name: 'Technical detail for support' })).toHaveValue(/400/);
  await expect(refused.getByRole('textbox')).toHaveValue(new RegExp(answered.correlationId!));

  await refused.getByRole('button', { name: /^Retry: Photo \d$/ }).click();
  await expect(dialog.getByText('2 of 2 photos in the record')).toBeVisible();
  expect(await clinic.medtech.filed()).toHaveLength(2);
});

test('an element that Medtech does not know is left out without asking', async ({ clinic, desk }) => {
  await desk.ready([PHOTOS.png]);
  await clinic.medtech.goWrong('POST /FHIR/Media', '400', { expression: 'Media.bodySite' });
  await desk.commit(1);
  await expect(desk.filing(1)).toContainText('In the record');
  const filed = await clinic.medtech.filed();
  expect(filed).toHaveLength(1);
  expect(filed[0].resource.bodySite).toBeUndefined();
  expect(filed[0].title).toMatch(/^Nose, /);
});

test('a lost reply is looked for in Medtech, found, and never posted again', async ({ clinic, desk }) => {
  await desk.ready([PHOTOS.png]);
  await clinic.medtech.goWrong('POST /FHIR/Media', 'lost');
  await desk.commit(1);
  await expect(desk.filing(1)).toContainText('Looking in Medtech');
  await expect(desk.filing(1)).toContainText('Medtech did not say whether this photo arrived');
  await expect(desk.filing(1).getByRole('button', { name: /^Retry/ })).toBeHidden();
  await expect(desk.filing(1)).toContainText('In the record', { timeout: 15_000 });
  expect(await clinic.medtech.filed()).toHaveLength(1);
  expect(await clinic.medtech.received('POST /FHIR/Media')).toHaveLength(1);
});

test('where the server may not look, the GP does, and says that the photo is there', async ({ clinic, desk }) => {
  await desk.ready([PHOTOS.png]);
  await clinic.medtech.goWrong('POST /FHIR/Media', 'lost');
  await clinic.medtech.goWrong('GET /FHIR/Media', '403');
  await desk.commit(1);
  await expect(desk.filing(1)).toContainText('Check Medtech', { timeout: 15_000 });
  await expect(desk.filing(1)).toContainText('We cannot tell whether this photo reached Medtech');
  await expect(desk.filing(1)).toContainText('Look into the patient’s Inbox in Medtech');
  await expect(desk.filing(1).getByRole('button', { name: /^Retry/ })).toBeHidden();

  await expect(desk.filing(1).getByRole('listitem')).toHaveCount(3);
  await expect(desk.filing(1)).toContainText('Count: 1 photo filed from here, and 0 known to be in the record.');

  await desk.filing(1).getByRole('button', { name: 'It is not there, send again: Photo 1' }).click();
  await expect(desk.filing(1)).toContainText('it will be there twice');
  await desk.filing(1).getByRole('button', { name: 'Cancel' }).click();
  await desk.filing(1).getByRole('button', { name: 'It is there: Photo 1' }).click();
  await expect(desk.filing(1)).toContainText('It will count as filed');
  await desk.filing(1).getByRole('button', { name: 'Yes, it is there: Photo 1' }).click();
  await expect(desk.filing(1)).toBeFocused();
  await expect(desk.filing(1)).toContainText('In the record');
  await expect(desk.filing(1)).toContainText('A person found it in Medtech');
  expect(await clinic.medtech.filed()).toHaveLength(1);
  expect(await clinic.medtech.received('POST /FHIR/Media')).toHaveLength(1);
});

test('a photo that the GP does not find in Medtech is filed after all', async ({ clinic, desk }) => {
  await desk.ready([PHOTOS.png]);
  await clinic.medtech.goWrong('POST /FHIR/Media', '503');
  await clinic.medtech.goWrong('GET /FHIR/Media', '403');
  await desk.commit(1);
  await expect(desk.filing(1)).toContainText('Check Medtech', { timeout: 15_000 });
  await desk.filing(1).getByRole('button', { name: 'It is not there, send again: Photo 1' }).click();
  await desk.filing(1).getByRole('button', { name: 'Yes, send it again: Photo 1' }).click();
  await expect(desk.filing(1)).toContainText('In the record', { timeout: 15_000 });
  expect(await clinic.medtech.filed()).toHaveLength(1);
});

test('two windows of the same session that commit at once file each photo once', async ({ clinic, desk }) => {
  await desk.ready([PHOTOS.png, PHOTOS.heic]);
  const second = await desk.page.context().newPage();
  await second.goto(desk.page.url());
  const windows = [desk.page, second];
  for (const page of windows) await page.getByRole('button', { name: 'File 2 photos', exact: true }).click();
  await Promise.all(windows.map((page) => page.getByRole('button', { name: /^File 2 photos for/ }).click().catch(() => undefined)));
  await expect.poll(async () => (await clinic.medtech.filed()).length).toBe(2);
  for (const page of windows) await expect(page.getByText('All 2 photos are in the record')).toBeVisible();
  expect(await clinic.medtech.received('POST /FHIR/Media')).toHaveLength(2);
});

test('a server that dies in mid-session comes back with everything', async ({ clinic, desk, phone, browserErrors }) => {
  test.setTimeout(150_000);
  browserErrors.expectOutage('the server is killed on purpose');
  browserErrors.expectStatus(403, 'the store’s keys are new after the restart; what was signed before is refused and asked for again');
  await desk.ready([PHOTOS.png]);
  await phone.join(await desk.scan());
  await phone.takePhoto(PHOTOS.heic);
  await phone.prepared();
  await phone.tap('Keep');
  await phone.tap('Set site and side for all');
  await phone.describe({ site: 'nose' });
  await phone.tap('Done');

  // The phone is about to put its bytes when the power goes.
  let release = (): void => {};
  const back = new Promise<void>((resolve) => (release = resolve));
  const reached = new Promise<void>((resolve) => {
    void phone.page.route(`${clinic.store}/**`, async (route) => {
      if (route.request().method() === 'PUT') {
        resolve();
        await back;
      }
      await route.continue().catch(() => undefined);
    });
  });
  await phone.tap('Send 1 photo');
  await reached;
  await clinic.kill();
  await expect(desk.page.getByText('Reconnecting – this may be out of date')).toBeVisible();
  await expect(desk.patient).toContainText('SHARMA');
  await clinic.start();
  release();

  await expect(desk.page.getByText('Reconnecting – this may be out of date')).toBeHidden({ timeout: 30_000 });
  await expect(phone.heading('1 photo arrived')).toBeVisible({ timeout: 60_000 });
  await desk.expectPhotos(2);
  await desk.page.reload();
  await desk.expectPhotos(2);
  await expect(desk.photo(1)).toHaveAccessibleName('Photo 1: Nose, Desktop, Ready');
  await expect(desk.photo(2)).toHaveAccessibleName('Photo 2: Nose, Phone, Ready');

  await desk.commit(2);
  for (const photo of [1, 2]) await expect(desk.filing(photo)).toContainText('In the record');
  expect(await clinic.medtech.filed()).toHaveLength(2);
});

test('a server that dies while it files does not file twice', async ({ clinic, desk, browserErrors }) => {
  browserErrors.expectOutage('the server is killed on purpose');
  await desk.ready([PHOTOS.png]);
  await clinic.medtech.goWrong('POST /FHIR/Media', 'timeout');
  await desk.commit(1);
  await expect.poll(async () => (await clinic.medtech.received('POST /FHIR/Media')).length).toBe(1);
  await clinic.kill();
  await clinic.start();
  await expect(desk.page.getByText('Reconnecting – this may be out of date')).toBeHidden({ timeout: 30_000 });
  // It was at Medtech when the power went. Nobody posts it again unasked.
  await expect(desk.filing(1)).toContainText(/Filing|Looking in Medtech|Check Medtech/);
  expect(await clinic.medtech.received('POST /FHIR/Media')).toHaveLength(1);
});

test('a launch opens one session and no second one', async ({ clinic, desk, visitors }) => {
  const { id } = await clinic.medtech.person('Sharma');
  const launch = await clinic.medtech.launchUrl({ patientId: id });
  await desk.page.goto(launch);
  await expect(desk.patient).toContainText('SHARMA');
  const other = await visitors.desk();
  await other.page.goto(launch);
  await expect(other.page.getByRole('heading', { name: 'This opening from Medtech was already used' })).toBeVisible();
  await expect(other.page.getByText('Click the Clinical Images icon in Medtech again.')).toBeVisible();
  expect(other.page.url()).toBe(`${clinic.url}/launch-problem/launchUsed/kowhai`);
});

test('launches that cannot be opened each say why', async ({ clinic, desk }) => {
  const { id } = await clinic.medtech.person('Sharma');
  const tenMinutesAgo = new Date(Date.now() - 10 * 60_000).toISOString();
  const known = await clinic.medtech.launchUrl({ patientId: id });
  const said: [string, string][] = [
    [await clinic.medtech.launchUrl({}), 'No patient is selected in Medtech'],
    [await clinic.medtech.launchUrl({ patientId: id, createdTime: tenMinutesAgo }), 'This opening from Medtech is too old'],
    [await clinic.medtech.launchUrl({ patientId: id, facilityCode: 'F1A111-B' }), 'This was opened from another practice'],
    [known.replace(/context=.{8}/, 'context=nonsense'), 'Medtech does not know this opening'],
  ];
  for (const [address, heading] of said) {
    await desk.page.goto(address);
    await expect(desk.page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    expect(desk.page.url()).not.toContain('context=');
  }
});

test('Medtech that sleeps at the launch says so', async ({ clinic, desk }) => {
  const { id } = await clinic.medtech.person('Sharma');
  const launch = await clinic.medtech.launchUrl({ patientId: id });
  await clinic.medtech.goWrong('GET /FHIR/Patient/*', '503', { times: 5 });
  await desk.page.goto(launch);
  await expect(desk.page.getByRole('heading', { name: 'Medtech does not answer' })).toBeVisible();
});

test('addresses that lead nowhere say where to begin', async ({ desk, visitors, browserErrors }) => {
  browserErrors.expectStatus(404, 'a page that does not exist is answered 404');
  browserErrors.expectStatus(401, 'a session without its key is answered 401');
  await desk.open('Sharma');
  const session = desk.page.url();

  const stranger = await visitors.desk();
  await stranger.page.goto(session);
  await expect(stranger.page.getByRole('heading', { name: 'This window has no access to the session' })).toBeVisible();
  await expect(stranger.page.getByText('SHARMA')).toHaveCount(0);

  await stranger.page.goto(new URL('/desk/nonsense', session).href);
  await expect(stranger.page.getByRole('heading', { name: 'This session no longer exists' })).toBeVisible();
  const answer = await stranger.page.goto(new URL('/nowhere', session).href);
  expect(answer?.status()).toBe(404);
  await expect(stranger.page.getByRole('heading', { name: 'There is nothing at this address' })).toBeVisible();
});
