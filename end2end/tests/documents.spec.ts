// A practice that files scans: photos become documents of one page or of several, as the GP chooses.
import { createHash } from 'node:crypto';
import { PHOTOS } from '../support/files.ts';
import type { Desk } from '../support/desk.ts';
import { Gallery } from '../support/screenshots.ts';
import { expect, testAlone as test } from '../support/test.ts';

const THREE = [PHOTOS.png, PHOTOS.heic, PHOTOS.phoneJpeg];
const NARROWEST = { name: '380x800', width: 380, height: 800 };
const WIDE = { name: '1280x800', width: 1280, height: 800 };

test.use({ settings: { FILING_TARGETS: 'scan-pdf' } });

/** Opens the commit dialog, and files three photos as one document. */
async function fileTogether(desk: Desk): Promise<void> {
  await desk.page.getByRole('button', { name: 'File 3 photos', exact: true }).click();
  const dialog = desk.dialog('File to the record');
  await expect(dialog).toContainText('Each photo is filed as a scanned document (PDF).');
  await dialog.getByRole('radio', { name: 'One for all 3 photos' }).check();
  await expect(dialog).toContainText('one scanned document (PDF) of 3 pages');
  await dialog.getByRole('button', { name: 'File 3 photos for' }).click();
  await expect(desk.dialog('Filing')).toBeVisible();
}

async function expectInRecord(desk: Desk): Promise<void> {
  for (const photo of [1, 2, 3]) await expect(desk.filing(photo)).toContainText('In the record', { timeout: 15_000 });
}

test('three photos become one scanned document, each a page as the GP saw it', async ({ clinic, desk }) => {
  await desk.ready(THREE);
  const seen = [];
  for (const photo of [1, 2, 3]) seen.push(createHash('sha256').update(await desk.bytes(photo)).digest('hex'));
  await fileTogether(desk);
  await expectInRecord(desk);
  const [scan, ...others] = await clinic.medtech.scans();
  expect(others).toHaveLength(0);
  expect(await clinic.medtech.filed()).toHaveLength(0);
  expect(scan.contentType).toBe('application/pdf');
  expect(scan.title).toMatch(/^Nose, 3 photos, /);
  expect(scan.pages.map(({ sha256 }) => sha256)).toEqual(seen);
  for (const photo of [1, 2, 3]) {
    await expect(desk.filing(photo)).toContainText(`page ${photo} of 3`);
    await expect(desk.filing(photo).getByRole('textbox')).toHaveValue(scan.id);
  }
});

test('a document that Medtech refuses is retried whole, or filed photo by photo', async ({ clinic, desk, browserErrors }) => {
  browserErrors.expectStatus(409, 'two pages of three are refused');
  await desk.ready(THREE);
  await clinic.medtech.goWrong('POST /FHIR/DocumentReference', '400', { times: 2 });
  await fileTogether(desk);
  const filing = desk.dialog('Filing');
  await expect(filing.getByText('Not filed', { exact: true })).toHaveCount(3);
  await filing.getByRole('button', { name: 'Retry: Photo 2' }).click();
  await expect.poll(async () => (await clinic.medtech.received('POST /FHIR/DocumentReference')).length).toBe(2);
  await expect(filing.getByText('Not filed', { exact: true })).toHaveCount(3);

  await filing.getByRole('button', { name: 'Close' }).first().click();
  await desk.page.getByRole('button', { name: 'File 3 photos', exact: true }).click();
  const dialog = desk.dialog('File to the record');
  await expect(dialog.getByRole('radio', { name: 'One for all 3 photos' })).toBeChecked();
  await dialog.getByRole('radio', { name: 'One for each photo' }).check();
  await dialog.getByRole('checkbox', { name: /^Photo 3/ }).uncheck();
  await dialog.getByRole('button', { name: 'File 2 photos for' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Some of these photos were sent as one document');
  await dialog.getByRole('checkbox', { name: /^Photo 3/ }).check();
  await dialog.getByRole('button', { name: 'File 3 photos for' }).click();
  await expectInRecord(desk);
  expect((await clinic.medtech.scans()).map(({ pages }) => pages.length)).toEqual([1, 1, 1]);
});

test('a document that nobody knows of is one question, answered for all its pages', async ({ clinic, desk }) => {
  const gallery = new Gallery('light');
  await desk.ready(THREE);
  await clinic.medtech.goWrong('POST /FHIR/DocumentReference', 'lost');
  await clinic.medtech.goWrong('GET /FHIR/DocumentReference', '403');
  await desk.page.getByRole('button', { name: 'File 3 photos', exact: true }).click();
  await desk.page.getByRole('radio', { name: 'One for all 3 photos' }).check();
  await gallery.capture(desk.page, 'desktop-documents-1-choice', [WIDE, NARROWEST]);
  await desk.page.getByRole('button', { name: 'File 3 photos for' }).click();
  for (const photo of [1, 2, 3]) await expect(desk.filing(photo)).toContainText('Check Medtech', { timeout: 15_000 });
  await expect(desk.filing(1)).toContainText('look for a scan of 3 pages. Your answer is for all of them');
  for (const photo of [2, 3]) await expect(desk.filing(photo)).toContainText('the question stands at its first page');
  await gallery.capture(desk.page, 'desktop-documents-2-check', [WIDE, NARROWEST]);
  await desk.filing(1).getByRole('button', { name: 'It is there: Photo 1' }).click();
  await desk.filing(1).getByRole('button', { name: 'Yes, it is there: Photo 1' }).click();
  await expectInRecord(desk);
  await gallery.capture(desk.page, 'desktop-documents-3-filed', [WIDE, NARROWEST]);
  expect(await clinic.medtech.scans()).toHaveLength(1);
  gallery.verify();
});
