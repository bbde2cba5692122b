// Takes a screen's picture for people, and lets axe look at it for those who use the page in other ways.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';
import { expect, type Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { SCREENS } from './places.ts';

const AXE = fs.readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface Size {
  name: string;
  width: number;
  height: number;
}

/** Writes `target/screens/{name}-{size}-{scheme}.png` in each size and checks the page in each. */
export async function look(page: Page, name: string, scheme: string, sizes: Size[]): Promise<void> {
  const before = page.viewportSize();
  for (const { name: size, width, height } of sizes) {
    await page.setViewportSize({ width, height });
    await page.screenshot({ path: path.join(SCREENS, `${name}-${size}-${scheme}.png`), animations: 'disabled' });
    await expectAccessible(page, `${name}, ${size}, ${scheme}`);
    await expectNoSideways(page, `${name}, ${size}`);
  }
  if (before) await page.setViewportSize(before);
}

/** No serious or critical violation. */
async function expectAccessible(page: Page, what: string): Promise<void> {
  await page.evaluate(AXE);
  const results = await page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<AxeResults> } };
    return axe.run({ resultTypes: ['violations'] });
  });
  const bad = results.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  const told = bad.map(({ id, help, nodes }) => `${id}: ${help}; ${nodes.map(({ html, target }) => `${target} ${html.slice(0, 200)}`).join(' | ')}`);
  expect.soft(told, `axe on ${what}`).toEqual([]);
}

/** Nothing makes the page scroll sideways. */
async function expectNoSideways(page: Page, what: string): Promise<void> {
  const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect.soft(over, `pixels that ${what} is too wide`).toBe(0);
}
