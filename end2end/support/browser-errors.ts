// Collects the errors of every page of a test: an error in a console, an uncaught exception or a violation of the page's
// content security policy fails the test, unless the test announced it beforehand and said why.
import type { BrowserContext } from '@playwright/test';

declare global {
  interface Window {
    reportViolation?: (breach: string) => void;
  }
}

export class BrowserErrors {
  private readonly heard: string[] = [];
  private readonly expected: { sign: RegExp; why: string }[] = [];

  async listen(context: BrowserContext, who: string): Promise<void> {
    context.on('console', (message) => {
      if (message.type() !== 'error' && message.type() !== 'warning') return;
      // A panic brings its stack along, of numbered functions only.
      const [text] = message.text().split('\nStack:');
      this.heard.push(`${who}, console ${message.type()}: ${text.trim()} (${message.location().url})`);
    });
    context.on('weberror', (error) => this.heard.push(`${who}, uncaught: ${error.error().message}`));
    await context.exposeFunction('reportViolation', (breach: string) => this.heard.push(`${who}, policy: ${breach}`));
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (event) => {
        window.reportViolation?.(`${event.violatedDirective} against ${event.blockedURI} at ${event.sourceFile}`);
      });
    });
  }

  /** What this test brings about on purpose, such as an answer of 410, which every browser logs. */
  expect(sign: RegExp, why: string): void {
    this.expected.push({ sign, why });
  }

  /** An answer with that status is logged by the browser as a failed resource. */
  expectStatus(status: number, why: string): void {
    this.expect(new RegExp(`Failed to load resource: the server responded with a status of ${status} `), why);
  }

  /** While the network or the server is away, the browser logs every attempt. */
  expectOutage(why: string): void {
    this.expect(/Failed to load resource: net::ERR_|net::ERR_[A-Z_]+/, why);
  }

  verify(): void {
    const odd = this.heard.filter((line) => !this.expected.some(({ sign }) => sign.test(line)));
    if (odd.length > 0) throw new Error(`the browsers complained:\n${odd.join('\n')}`);
  }
}
