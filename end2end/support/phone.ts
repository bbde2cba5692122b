// What the person with the phone does and sees.
import { expect, type Locator, type Page } from '@playwright/test';
import { describePicture, type Description } from './details.ts';
import { photos } from './desk.ts';

export class Phone {
  constructor(readonly page: Page) {}

  /** Points the camera at a code. */
  async follow(link: string): Promise<void> {
    await this.page.goto(link);
  }

  /** Follows the code and says that the patient is right. */
  async join(link: string): Promise<void> {
    await this.follow(link);
    await this.tap('Yes, this is my patient');
    await expect(this.heading('Take photos')).toBeVisible();
  }

  heading(name: string | RegExp): Locator {
    return this.page.getByRole('heading', { level: 1, name });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name });
  }

  async tap(name: string | RegExp): Promise<void> {
    await this.button(name).tap();
  }

  /** Takes one photo with the camera. */
  async takePhoto(file: string): Promise<void> {
    await this.page.getByLabel('Take a photo').setInputFiles(file);
  }

  /** Chooses photos from the gallery. */
  async choosePhotos(files: string[]): Promise<void> {
    await this.page.getByLabel('Choose from gallery').setInputFiles(files);
  }

  /** Waits until the photo that is looked at has been prepared. */
  async prepared(): Promise<void> {
    await expect(this.page.getByRole('main').getByRole('img', { name: /^Photo \d+ of \d+/ })).toBeVisible();
    await expect(this.page.getByText('Preparing…')).toBeHidden({ timeout: 30_000 });
  }

  /** Width and height of the small copy that stands for a photo among all of them. */
  async small(number: number): Promise<[number, number]> {
    const image = this.button(new RegExp(`^Look at photo ${number}(?!\\d)`)).getByRole('presentation');
    return image.evaluate((shown: HTMLImageElement) => [shown.naturalWidth, shown.naturalHeight]);
  }

  async describe(description: Description): Promise<void> {
    await describePicture(this.page.getByRole('main'), description);
  }

  /** Sends what waits, and waits until the server has confirmed so many in all. */
  async send(count: number, arrived = count): Promise<void> {
    await this.tap(`Send ${photos(count)}`);
    await expect(this.heading(`${photos(arrived)} arrived`)).toBeVisible({ timeout: 60_000 });
  }

  /** Takes a photo, keeps it and sends it, each as soon as the screen allows it. */
  async shoot(file: string): Promise<void> {
    await this.takePhoto(file);
    await this.tap('Keep');
    await this.tap('Send 1 photo');
  }
}
