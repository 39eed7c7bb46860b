import { readFile } from 'node:fs/promises';
import { launchBrowser } from '@residual/browser';
import { unavailable } from '@residual/testing';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, inject, type TestContext } from 'vitest';

/** The slowest thing that a user waits for here: WebGPU on a processor that has other work. */
const PATIENCE = 200_000;

/** One browser for the tests of a file; each visit has storage of its own. */
export function useBrowser(): {
  /** Opens the page with these settings in its address, or skips the test where there is no browser. */
  visit(context: TestContext, query: string, options?: VisitOptions): Promise<Visit>;
} {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser?.close());
  return {
    async visit(context, query, { site = 'isolated', before, ...options } = {}) {
      if (browser === undefined) return unavailable(context, 'browser', 'install Chrome or set CHROME_PATH');
      const storage = await browser.newContext({ viewport: { width: 1200, height: 900 }, ...options });
      context.onTestFinished(() => storage.close());
      const page = await storage.newPage();
      page.setDefaultTimeout(PATIENCE);
      const errors: string[] = [];
      page.on('pageerror', ({ message }) => errors.push(message));
      page.on('console', (message) => {
        if (message.text().includes('Content Security Policy')) errors.push(message.text());
      });
      context.onTestFinished(() => {
        if (errors.length > 0) throw new Error(`The page failed: ${errors.join('; ')}`);
      });
      await before?.(page);
      await page.goto(inject('sites')[site] + query);
      return new Visit(page);
    },
  };
}

interface VisitOptions extends BrowserContextOptions {
  site?: 'isolated' | 'plain';
  /** Done before the page is opened. */
  before?(page: Page): Promise<unknown>;
}

/** What a user does with the page, and sees of it. */
export class Visit {
  constructor(readonly page: Page) {}

  async press(name: string): Promise<void> {
    await this.page.getByRole('button', { name, exact: true }).click();
  }

  /** Waits until the run is in one of these states. */
  async until(...states: string[]): Promise<void> {
    await this.page.locator(states.map((state) => `[data-status=${state}]`).join(', ')).waitFor();
  }

  /** Pauses the run, and waits until it is. */
  async pause(): Promise<void> {
    await this.press('Pause');
    await this.until('paused');
  }

  /** A number that the page shows, such as `loss`; NaN before there is one. */
  async number(name: string): Promise<number> {
    const text = await this.page.locator(`[data-number=${name}] span`).textContent();
    return Number.parseFloat(text!.replaceAll(',', ''));
  }

  /** Waits until the run has taken so many steps. */
  async untilStep(step: number): Promise<void> {
    await this.page.waitForFunction(
      (least) => {
        const text = document.querySelector('[data-number=step] span')?.textContent ?? '';
        return Number.parseFloat(text.replaceAll(',', '')) >= least;
      },
      step,
      { polling: 50 },
    );
  }

  /** What an element says, when it comes. */
  async text(selector: string): Promise<string> {
    return (await this.page.locator(selector).textContent())!;
  }

  notice(name: string): Promise<string> {
    return this.text(`[data-notice="${name}"] > div:first-child`);
  }

  /** The bytes that a button's download gives. */
  async download(button: string): Promise<Buffer> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.press(button)]);
    return readFile(await download.path());
  }

  async loadWeights(name: string, bytes: Uint8Array): Promise<void> {
    const file = { name, mimeType: 'application/octet-stream', buffer: Buffer.from(bytes) };
    await this.page.locator('input[type=file][accept=".safetensors"]').setInputFiles(file);
  }

  async history(): Promise<unknown> {
    return JSON.parse((await this.download('JSON')).toString());
  }

  /** The step at which the run that the browser keeps was saved. */
  async saved(): Promise<number> {
    return Number(await this.page.locator('[data-saved]').getAttribute('data-saved'));
  }

  /** Leaves the page so many bytes of room, or as many as there are. */
  async limitStorage(quotaSize: number | undefined): Promise<void> {
    const { origin } = new URL(this.page.url());
    const devtools = await this.page.context().newCDPSession(this.page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  }
}
