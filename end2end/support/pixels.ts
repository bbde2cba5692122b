// A picture as a browser decodes it without regard to EXIF: size, and the colour in each corner.
import type { Browser } from '@playwright/test';

export interface PixelSample {
  width: number;
  height: number;
  /** Top left, top right, bottom left, bottom right. */
  corners: string[];
}

/** Corners of the drawn scene when it lies upright. */
export const UPRIGHT = ['red', 'green', 'blue', 'yellow'];
/** The same after a quarter turn clockwise. */
export const TURNED = ['blue', 'red', 'yellow', 'green'];

const INKS: [string, number[]][] = [
  ['red', [200, 40, 40]],
  ['green', [40, 160, 60]],
  ['blue', [50, 70, 190]],
  ['yellow', [225, 205, 50]],
  ['skin', [224, 172, 138]],
];

export async function samplePixels(browser: Browser, picture: Buffer): Promise<PixelSample> {
  const page = await browser.newPage();
  try {
    const seen = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes]), { imageOrientation: 'none' });
      const { width, height } = bitmap;
      const canvas = new OffscreenCanvas(width, height);
      const context = canvas.getContext('2d')!;
      context.drawImage(bitmap, 0, 0);
      const inset = Math.round(Math.min(width, height) * 0.06);
      const points = [[inset, inset], [width - inset, inset], [inset, height - inset], [width - inset, height - inset]];
      return { width, height, points: points.map(([x, y]) => [...context.getImageData(x, y, 1, 1).data].slice(0, 3)) };
    }, picture.toString('base64'));
    return { width: seen.width, height: seen.height, corners: seen.points.map(inkOf) };
  } finally {
    await page.close();
  }
}

/** The ink nearest to a colour; its numbers when it is near none. */
function inkOf(colour: number[]): string {
  const far = (ink: number[]): number => Math.hypot(...ink.map((value, at) => value - colour[at]));
  const [name, ink] = INKS.reduce((best, next) => (far(next[1]) < far(best[1]) ? next : best));
  return far(ink) < 60 ? name : `rgb(${colour.join(', ')})`;
}
