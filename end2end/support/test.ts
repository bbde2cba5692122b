// What every test is given: a running practice, a desktop, a phone, and somebody who listens to all of them.
import { type BrowserContext, type BrowserContextOptions, test as base } from '@playwright/test';
import { Clinic } from './clinic.ts';
import { Desk } from './desk.ts';
import { Phone } from './phone.ts';
import { BrowserErrors } from './browser-errors.ts';

export { expect } from '@playwright/test';

export const DESK: BrowserContextOptions = {
  viewport: { width: 1280, height: 800 },
  permissions: ['clipboard-read', 'clipboard-write'],
};

const IPHONE_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const ANDROID_AGENT =
  'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36';

export const PHONE: BrowserContextOptions = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  userAgent: IPHONE_AGENT,
};
export const ANDROID: BrowserContextOptions = { ...PHONE, viewport: { width: 412, height: 915 }, userAgent: ANDROID_AGENT };

/** Opens further browsers, each a person's own, with nothing in common. */
export interface Visitors {
  context(who: string, options?: BrowserContextOptions): Promise<BrowserContext>;
  desk(options?: BrowserContextOptions): Promise<Desk>;
  phone(options?: BrowserContextOptions): Promise<Phone>;
}

interface Given {
  clinic: Clinic;
  browserErrors: BrowserErrors;
  visitors: Visitors;
  desk: Desk;
  phone: Phone;
}

export const test = base.extend<Given, { sharedClinic: Clinic }>({
  sharedClinic: [
    async ({}, use, worker) => {
      const clinic = await Clinic.open(`shared-${worker.workerIndex}`);
      await use(clinic);
      await clinic.close();
    },
    { scope: 'worker', timeout: 60_000 },
  ],

  clinic: async ({ sharedClinic }, use) => {
    const from = sharedClinic.logLength();
    await use(sharedClinic);
    sharedClinic.verifyLog(from);
  },

  // Made before every browser, so that it speaks after all of them are closed.
  browserErrors: [
    async ({}, use) => {
      const browserErrors = new BrowserErrors();
      await use(browserErrors);
      browserErrors.verify();
    },
    { auto: true },
  ],

  visitors: async ({ browser, clinic, browserErrors }, use) => {
    const contexts: BrowserContext[] = [];
    const context = async (who: string, options: BrowserContextOptions = {}): Promise<BrowserContext> => {
      const opened = await browser.newContext({ baseURL: clinic.url, ...options });
      contexts.push(opened);
      await browserErrors.listen(opened, who);
      return opened;
    };
    await use({
      context,
      desk: async (options = DESK) => new Desk(await (await context('desktop', options)).newPage(), clinic),
      phone: async (options = PHONE) => new Phone(await (await context('phone', options)).newPage()),
    });
    await Promise.all(contexts.map((opened) => opened.close()));
  },

  desk: async ({ visitors }, use) => use(await visitors.desk()),
  phone: async ({ visitors }, use) => use(await visitors.phone()),
});

/** For tests that read the whole record, or break things: a practice that nobody else has touched. */
export const testAlone = test.extend<{ clinic: Clinic; settings: Record<string, string> }>({
  /** What this practice has set, as `.env.example` names it. */
  settings: [{}, { option: true }],

  clinic: async ({ settings }, use, test) => {
    const clinic = await Clinic.open(test.title.replace(/\W+/g, '-').slice(0, 40), settings);
    await use(clinic);
    await clinic.close();
  },
});
