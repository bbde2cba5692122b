// Two practices on one server, at the same time: each opens its own patients, files in its own way, and sees nothing of the other.
import { PHOTOS } from '../support/files.ts';
import { expect, testAlone as test } from '../support/test.ts';

test('two practices at once file to their own records, one a photo and one a scan', async ({ clinic, visitors }) => {
  const [kowhai, rata] = [await visitors.desk(), await visitors.desk()];
  await kowhai.page.goto('/');
  const listed = (name: string) => kowhai.page.getByRole('region', { name });
  await expect(listed('Kōwhai Medical Centre').getByRole('link', { name: /^SHARMA, / })).toBeVisible();
  await expect(listed('Rātā Health').getByRole('link', { name: /^LINDQVIST, / })).toBeVisible();
  await expect(listed('Rātā Health').getByRole('link', { name: /^SHARMA, / })).toHaveCount(0);

  await Promise.all([kowhai.open('Sharma'), rata.open('Lindqvist')]);
  await expect(kowhai.banner).toContainText('Kōwhai Medical Centre');
  await expect(rata.banner).toContainText('Rātā Health');
  for (const desk of [kowhai, rata]) {
    await desk.chooseFiles([PHOTOS.phoneJpeg]);
    await desk.expectPhotos(1);
    await desk.select(1);
    await desk.describe({ site: 'nose' });
    await expect(desk.photo(1)).toHaveAccessibleName(/Ready$/);
  }
  await Promise.all([kowhai.commit(1), rata.commit(1)]);
  for (const desk of [kowhai, rata]) await expect(desk.filing(1)).toContainText('In the record', { timeout: 15_000 });

  const [person, other] = [await clinic.medtech.person('Sharma'), await clinic.medtech.person('Lindqvist')];
  expect((await clinic.medtech.filed()).map(({ patientId, facility }) => [patientId, facility])).toEqual([[person.id, 'F2N060-E']]);
  expect((await clinic.medtech.scans()).map(({ patientId, facility }) => [patientId, facility])).toEqual([[other.id, 'F3K072-H']]);
});

test('a practice’s session is nothing to the other practice', async ({ visitors, browserErrors }) => {
  browserErrors.expectStatus(401, 'a session without its key');
  const [kowhai, rata] = [await visitors.desk(), await visitors.desk()];
  await Promise.all([kowhai.open('Sharma'), rata.open('Lindqvist')]);
  await rata.page.goto(kowhai.page.url());
  await expect(rata.page.getByRole('heading', { name: 'This window has no access to the session' })).toBeVisible();
  await expect(rata.page.getByText('SHARMA')).toHaveCount(0);
});

test('an address that names no practice, and a launch at another’s address, each say why', async ({ clinic, desk }) => {
  const { id } = await clinic.medtech.person('Sharma');
  const launch = new URL(await clinic.medtech.launchUrl({ patientId: id }));
  expect(launch.pathname).toBe('/launch/kowhai');
  for (const [path, heading] of [
    ['/launch/rata', 'This was opened from another practice'],
    ['/launch/nikau', 'This address belongs to no practice'],
    ['/launch', 'This address belongs to no practice'],
  ]) {
    launch.pathname = path;
    await desk.page.goto(launch.href);
    await expect(desk.page.getByRole('heading', { name: heading })).toBeVisible();
    expect(desk.page.url()).not.toContain('context');
  }
});
