// Reads a QR code off the screen, as a phone's camera does.
import type { Page } from '@playwright/test';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';

// The package is CommonJS; its function is the default of its default.
const decode = (jsqr as unknown as { default?: typeof jsqr }).default ?? jsqr;

/** The text of the code that the page shows now; nothing when no code can be made out. */
export async function readQr(page: Page): Promise<string | undefined> {
  const { data, width, height } = PNG.sync.read(await page.screenshot());
  return decode(new Uint8ClampedArray(data), width, height)?.data;
}
