// The form for site, side, view and note, the same on desktop and phone.
import { expect, type Locator } from '@playwright/test';

export interface Description {
  site?: string;
  side?: 'Left' | 'Right' | 'Both' | 'Not applicable';
  view?: 'Regional' | 'Close-up' | 'Dermoscopic' | 'Comparison' | 'Other';
  note?: string;
}

/** Fills the form in, in the order in which people do. */
export async function describePicture(form: Locator, { site, side, view, note }: Description): Promise<void> {
  if (site) {
    const field = form.getByRole('combobox', { name: 'Body site' });
    await field.fill(site);
    await form.getByRole('option', { name: new RegExp(site, 'i') }).first().click();
    await expect(field).toHaveValue(new RegExp(site, 'i'));
  }
  if (side) await press(form.getByRole('group', { name: /^Side/ }).getByRole('button', { name: side, exact: true }));
  if (view) await press(form.getByRole('group', { name: 'View' }).getByRole('button', { name: view, exact: true }));
  if (note) {
    await form.getByLabel('Note').fill(note);
    await form.getByLabel('Note').blur();
  }
}

/** A choice that is pressed already would be taken back by another press. */
async function press(choice: Locator): Promise<void> {
  if ((await choice.getAttribute('aria-pressed')) !== 'true') await choice.click();
  await expect(choice).toHaveAttribute('aria-pressed', 'true');
}
