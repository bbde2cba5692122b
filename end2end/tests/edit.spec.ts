// A GP turns and crops a photo at the desktop: what is seen is what is filed, and the original can be brought back.
import type { Locator } from '@playwright/test';
import type { Desk } from '../support/desk.ts';
import { PHOTOS } from '../support/files.ts';
import { samplePixels, TURNED, UPRIGHT } from '../support/pixels.ts';
import { expect, testAlone as test } from '../support/test.ts';

const viewer = (desk: Desk): Locator => desk.page.getByRole('group', { name: 'Selected photo' });
const field = (desk: Desk, name: string): Locator => desk.page.getByRole('spinbutton', { name });

test('a photo is turned and cropped by keyboard alone, and filed as it is seen', async ({ browser, clinic, desk }) => {
  await desk.ready([PHOTOS.png]);
  const before = await samplePixels(browser, await desk.bytes(1));
  expect(before.corners).toEqual(UPRIGHT);

  await viewer(desk).focus();
  await desk.page.keyboard.press('r');
  await expect(desk.photo(1)).toHaveAccessibleName(/Saving changes$/);
  await expect(desk.photo(1)).toHaveAccessibleName(/Ready$/);
  const turned = await samplePixels(browser, await desk.bytes(1));
  expect(turned.corners).toEqual(TURNED);
  expect([turned.width, turned.height]).toEqual([before.height, before.width]);

  await viewer(desk).focus();
  await desk.page.keyboard.press('c');
  const stage = desk.page.getByRole('application', { name: 'Crop frame' });
  await expect(stage).toBeFocused();
  await expect(field(desk, 'Width')).toHaveValue(String(turned.width));
  await stage.press('Shift+ArrowLeft');
  await stage.press('ArrowRight');
  await expect(field(desk, 'Left')).toHaveValue('10');
  await field(desk, 'Height').fill(String(turned.height - 30));
  await field(desk, 'Height').press('Enter');
  await expect(desk.photo(1)).toHaveAccessibleName(/Saving changes$/);
  await expect(desk.photo(1)).toHaveAccessibleName(/Ready$/);
  const edited = await desk.bytes(1);
  const cropped = await samplePixels(browser, edited);
  expect([cropped.width, cropped.height]).toEqual([turned.width - 10, turned.height - 30]);

  await desk.commit(1);
  await expect(desk.filing(1)).toContainText('In the record');
  const [filed] = await clinic.medtech.filed();
  expect([filed.width, filed.height]).toEqual([cropped.width, cropped.height]);
  expect(edited.equals(await clinic.medtech.bytes(filed.id))).toBe(true);
});

test('an edit is cancelled with Escape, and the original comes back', async ({ browser, desk }) => {
  await desk.ready([PHOTOS.png]);
  const original = await desk.bytes(1);
  await desk.page.getByRole('button', { name: 'Crop' }).click();
  await field(desk, 'Width').fill('40');
  await desk.page.keyboard.press('Escape');
  await expect(viewer(desk)).toBeFocused();
  await expect(desk.page.getByRole('button', { name: 'Original' })).toBeHidden();

  await desk.page.getByRole('button', { name: 'Rotate' }).click();
  await expect(desk.photo(1)).toHaveAccessibleName(/Saving changes$/);
  await expect(desk.photo(1)).toHaveAccessibleName(/Ready$/);
  expect((await samplePixels(browser, await desk.bytes(1))).corners).toEqual(TURNED);
  await desk.page.getByRole('button', { name: 'Original' }).click();
  await expect(desk.page.getByRole('button', { name: 'Original' })).toBeHidden();
  await expect.poll(async () => original.equals(await desk.bytes(1))).toBe(true);
});

test('a frame is dragged by its handle in a narrow dark window', async ({ browser, desk }) => {
  await desk.page.emulateMedia({ colorScheme: 'dark' });
  await desk.page.setViewportSize({ width: 380, height: 720 });
  await desk.ready([PHOTOS.png]);
  const before = await samplePixels(browser, await desk.bytes(1));
  await desk.page.getByRole('button', { name: 'Crop' }).click();
  const stage = desk.page.getByRole('application', { name: 'Crop frame' });
  await stage.scrollIntoViewIfNeeded();
  const box = (await stage.boundingBox())!;
  const scale = Math.min(box.width / before.width, box.height / before.height);
  const [left, top] = [(box.width - before.width * scale) / 2, (box.height - before.height * scale) / 2];
  const corner = { x: box.x + left + before.width * scale, y: box.y + top + before.height * scale };
  await desk.page.mouse.move(corner.x - 1, corner.y - 1);
  await desk.page.mouse.down();
  await desk.page.mouse.move(corner.x - 1 - (before.width * scale) / 4, corner.y - 1, { steps: 4 });
  await desk.page.mouse.up();
  const width = Number(await field(desk, 'Width').inputValue());
  expect(Math.abs(width - before.width * 0.75)).toBeLessThan(before.width * 0.03);
  await desk.page.getByRole('button', { name: 'Apply' }).click();
  await expect(desk.photo(1)).toHaveAccessibleName(/Saving changes$/);
  await expect(desk.photo(1)).toHaveAccessibleName(/Ready$/);
  expect((await samplePixels(browser, await desk.bytes(1))).width).toBe(width);
});

test('changes that cannot be saved leave the photo as it was, and can be tried again', async ({ browser, desk, browserErrors }) => {
  browserErrors.expectStatus(409, 'the revision is refused on purpose');
  await desk.ready([PHOTOS.png]);
  const before = await desk.bytes(1);
  await desk.page.route('**/pictures/revise*', (route) => route.fulfill({ status: 409, json: { Refused: 'stale' } }));
  await desk.page.getByRole('button', { name: 'Rotate' }).click();
  await expect(desk.page.getByRole('alert').filter({ hasText: 'the photo is as it was' })).toBeVisible();
  await expect(desk.photo(1)).toHaveAccessibleName(/Changes not saved$/);
  expect(before.equals(await desk.bytes(1))).toBe(true);
  await desk.page.unroute('**/pictures/revise*');
  await desk.page.getByRole('alert').getByRole('button', { name: 'Try again' }).click();
  await expect(desk.photo(1)).toHaveAccessibleName(/Ready$/);
  expect((await samplePixels(browser, await desk.bytes(1))).corners).toEqual(TURNED);
});
