// Takes a screenshot of each screen, and checks it with axe, for overflow, and for the demo's mark.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { SCREENS } from './paths.ts';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Size {
  name: string;
  width: number;
  height: number;
}

/** Writes `target/screens/{name}-{size}-{scheme}.png` and remembers what is wrong with each screen. */
export class Gallery {
  /** A fault, and the screens that have it. */
  private readonly faults = new Map<string, string[]>();

  constructor(private readonly scheme: string) {}

  async capture(page: Page, name: string, sizes: Size[]): Promise<void> {
    const before = page.viewportSize();
    for (const { name: size, width, height } of sizes) {
      const screen = `${name}-${size}-${this.scheme}`;
      await page.setViewportSize({ width, height });
      await page.screenshot({ path: path.join(SCREENS, `${screen}.png`), animations: 'disabled' });
      const unmarked = name.startsWith('medtech') ? [] : await withoutMark(page);
      for (const fault of [...(await violations(page)), ...(await sideways(page)), ...unmarked]) {
        this.faults.set(fault, [...(this.faults.get(fault) ?? []), screen]);
      }
    }
    if (before) await page.setViewportSize(before);
  }

  /** No serious or critical violation, nothing that scrolls sideways, and the mark of the demo, on every screen. */
  verify(): void {
    const told = [...this.faults].map(([fault, screens]) => `${fault}\n    on ${screens.join(', ')}`);
    expect(told.join('\n'), 'faults of screens').toBe('');
  }
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const results = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return axe.run({ resultTypes: ['violations'] });
  });
  const bad = results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return bad.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 160)}`));
}

/** Nobody may take a screen of the demo for a real patient's. */
async function withoutMark(page: Page): Promise<string[]> {
  const marked = await page.getByText(/^Demo\b/).first().isVisible();
  return marked ? [] : ['the screen does not say that its patients are fictional'];
}

async function sideways(page: Page): Promise<string[]> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  return over > 0 ? [`the page is ${over} pixels too wide`] : [];
}
