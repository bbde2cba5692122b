// Reads a QR code off the screen, as a phone's camera does.
import type { Page } from '@playwright/test';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';

// The package is CommonJS: by its types the function is the default of what is imported, in Node it may be that itself.
const decode = jsqr.default ?? (jsqr as unknown as typeof jsqr.default);

/** The text of the code that the page shows now; nothing when no code can be made out. */
export async function readQr(page: Page): Promise<string | undefined> {
  const { data, width, height } = PNG.sync.read(await page.screenshot());
  return decode(new Uint8ClampedArray(data), width, height)?.data;
}
