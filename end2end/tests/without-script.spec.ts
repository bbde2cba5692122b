// What a browser without JavaScript sees: never an empty page, never a doubt about the patient.
import { DESK, expect, PHONE, test } from '../support/test.ts';

test('the start page lists patients and the desktop names the one that was chosen', async ({ clinic, visitors }) => {
  const desk = await visitors.desk({ ...DESK, javaScriptEnabled: false });
  await desk.page.goto('/');
  await expect(desk.page.getByRole('heading', { level: 1, name: 'Choose a patient' })).toBeVisible();
  const everybody = await clinic.medtech.people();
  await expect(desk.page.getByRole('listitem')).toHaveCount(everybody.length);
  await desk.page.getByRole('link', { name: /^O'BRIEN-TE WHATA, Riley/ }).click();
  await expect(desk.patient).toHaveText("O'BRIEN-TE WHATA, Riley");
  await expect(desk.banner).toContainText('born 5 Aug 2001');
  await expect(desk.banner).toContainText('NHI ZNK28DJ');
  await expect(desk.banner).toContainText('Kōwhai Medical Centre');
});

test('a launch that cannot be opened says why', async ({ clinic, visitors }) => {
  const desk = await visitors.desk({ ...DESK, javaScriptEnabled: false });
  await desk.page.goto(await clinic.medtech.launchUrl({}));
  await expect(desk.page.getByRole('heading', { name: 'No patient is selected in Medtech' })).toBeVisible();
});

test('the phone page says what it needs', async ({ visitors }) => {
  const phone = await visitors.phone({ ...PHONE, javaScriptEnabled: false });
  await phone.page.goto('/phone');
  await expect(phone.page.getByRole('main')).toContainText('This page needs JavaScript', { useInnerText: true });
  await expect(phone.page.getByText('Checking the link…')).toBeHidden();
  await expect(phone.page.getByText('Demo – fictional patients')).toBeVisible();
});
