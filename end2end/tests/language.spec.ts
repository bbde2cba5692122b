// English and te reo Māori: what the browser asks for, what the reader chooses, and that nothing else changes.
import { DESK, expect, test } from '../support/test.ts';

test('the pages speak te reo Māori to a browser that asks for it, and English when the reader chooses it', async ({ visitors }) => {
  const desk = await visitors.desk({ ...DESK, locale: 'mi-NZ' });
  await desk.page.goto('/');
  const html = desk.page.locator('html');
  await expect(html).toHaveAttribute('lang', 'mi-NZ');
  await desk.page.getByRole('link', { name: /^NGĀTAI, Aroha/ }).first().click();
  // A patient is who they are in every language.
  const banner = desk.page.getByRole('banner', { name: 'Tūroro' });
  await expect(banner.getByRole('heading', { level: 1 })).toHaveText('NGĀTAI, Aroha Mārama');
  await expect(banner).toContainText('NHI ZZZ0016');
  await expect(banner).toContainText('wahine');
  await expect(desk.page.getByRole('heading', { name: 'Waea pūkoro' })).toBeVisible();
  const address = desk.page.url();

  await desk.page.getByRole('button', { name: 'English' }).click();
  await expect(html).toHaveAttribute('lang', 'en-NZ');
  expect(desk.page.url()).toBe(address);
  await expect(desk.page.getByRole('heading', { name: 'Phone' })).toBeVisible();

  await desk.page.getByRole('button', { name: 'Te reo Māori' }).click();
  await expect(html).toHaveAttribute('lang', 'mi-NZ');
});

test('the language is changed without a script too', async ({ visitors }) => {
  const desk = await visitors.desk({ ...DESK, javaScriptEnabled: false });
  await desk.page.goto('/');
  await expect(desk.page.locator('html')).toHaveAttribute('lang', 'en-NZ');
  await desk.page.getByRole('button', { name: 'Te reo Māori' }).click();
  await expect(desk.page.locator('html')).toHaveAttribute('lang', 'mi-NZ');
});
