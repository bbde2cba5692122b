// What a GP does and sees at the desktop.
import { expect, type Locator, type Page } from '@playwright/test';
import type { Clinic } from './clinic.ts';
import { describePicture, type Description } from './details.ts';
import { readQr } from './qr.ts';

export class Desk {
  constructor(
    readonly page: Page,
    private readonly clinic: Clinic,
  ) {}

  /** From the start page to the widget of the patient with this family name. */
  async open(family: string): Promise<void> {
    await this.page.goto('/');
    await this.openFromStart(family);
  }

  /** From the start page, which is open already, to the widget of the patient with this family name. */
  async openFromStart(family: string): Promise<void> {
    await this.page.getByRole('link', { name: new RegExp(`^${family.toUpperCase()}, `) }).first().click();
    await expect(this.patient).toContainText(family.toUpperCase());
  }

  /** The banner's heading: FAMILY, Given. */
  get patient(): Locator {
    return this.page.getByRole('banner', { name: 'Patient' }).getByRole('heading', { level: 1 });
  }

  get banner(): Locator {
    return this.page.getByRole('banner', { name: 'Patient' });
  }

  get phones(): Locator {
    return this.page.getByRole('region', { name: 'Phone', exact: true });
  }

  get strip(): Locator {
    return this.page.getByRole('region', { name: 'Photos of this session' });
  }

  /** Photos that have arrived. */
  get photos(): Locator {
    return this.strip.getByRole('button', { name: /^Photo \d+[:,]/ });
  }

  photo(number: number): Locator {
    return this.strip.getByRole('button', { name: new RegExp(`^Photo ${number}[:,]`) });
  }

  get details(): Locator {
    return this.page.getByRole('region', { name: 'Details' });
  }

  dialog(name: string): Locator {
    return this.page.getByRole('dialog', { name });
  }

  get qr(): Locator {
    return this.page.getByRole('img', { name: 'QR code that opens this session on a phone' });
  }

  /** The link in the QR code, read off the screen; waits until there is one. */
  async scan(): Promise<string> {
    let link: string | undefined;
    await expect(async () => {
      await this.qr.scrollIntoViewIfNeeded({ timeout: 2_000 });
      link = await readQr(this.page);
      expect(link, 'a QR code that can be read off the screen').toBeTruthy();
    }).toPass({ timeout: 15_000 });
    this.clinic.secrets.add(link!.split('#')[1]);
    return link!;
  }

  /** The two digits that stand beside the code. */
  async number(): Promise<string> {
    const number = this.phones.getByText(/^\d\d$/);
    await expect(number).toBeVisible();
    return (await number.textContent())!;
  }

  async expectPhotos(count: number): Promise<void> {
    await expect(this.photos).toHaveCount(count, { timeout: 30_000 });
  }

  async chooseFiles(files: string[]): Promise<void> {
    await this.page.getByLabel('Choose files').setInputFiles(files);
  }

  async select(number: number): Promise<void> {
    await this.photo(number).click();
  }

  async describe(description: Description): Promise<void> {
    await describePicture(this.details, description);
  }

  /** Photos of the desktop, described and ready to be filed for a patient. */
  async ready(files: string[]): Promise<void> {
    await this.open('Sharma');
    await this.chooseFiles(files);
    await this.expectPhotos(files.length);
    await this.select(1);
    await this.describe({ site: 'nose' });
    if (files.length > 1) await this.details.getByRole('button', { name: 'Apply site and side to all' }).click();
    await expect(this.photo(files.length)).toHaveAccessibleName(/Ready$/);
  }

  /** Opens the commit dialog, files everything that is offered, and waits until each photo has its answer. */
  async commit(count: number): Promise<void> {
    await this.page.getByRole('button', { name: `File ${photos(count)}`, exact: true }).click();
    await this.dialog('File to the record').getByRole('button', { name: `File ${photos(count)} for` }).click();
    await expect(this.dialog('Filing')).toBeVisible();
  }

  /** The line of a photo in the dialog that shows how filing goes. */
  filing(number: number): Locator {
    return this.dialog('Filing').getByRole('listitem').filter({ hasText: new RegExp(`Photo ${number}(?!\\d)`) });
  }

  /** The long side, in pixels, of what the strip shows of a photo. */
  async smallSide(number: number): Promise<number> {
    const image = this.photo(number).getByRole('presentation');
    return image.evaluate((shown: HTMLImageElement) => Math.max(shown.naturalWidth, shown.naturalHeight));
  }

  /** The picture as this browser is given it. Selects it. */
  async bytes(number: number): Promise<Buffer> {
    await this.select(number);
    const shown = this.page.getByRole('img', { name: new RegExp(`^Photo ${number}(?!\\d)`) });
    const address = await shown.getAttribute('src');
    const answer = await this.page.request.get(address!);
    expect(answer.ok(), `photo ${number} can be fetched`).toBe(true);
    return answer.body();
  }
}

export function photos(count: number): string {
  return count === 1 ? '1 photo' : `${count} photos`;
}
