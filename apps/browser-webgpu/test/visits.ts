import { launchBrowser } from '@residual/browser';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { serve } from '../serve.ts';

export interface Visits {
  /** A page of a visitor who has never been here. */
  open(options?: BrowserContextOptions, query?: string): Promise<Page>;
  /** Ends the visits so far. */
  closePages(): Promise<void>;
  close(): Promise<void>;
}

/** Visits to the built page in one browser. Undefined where there is no browser. */
export async function openVisits(): Promise<Visits | undefined> {
  const browser = await launchBrowser();
  if (browser === undefined) return undefined;
  const site = await serve({ port: 0 });
  const closePages = async () => {
    await Promise.all(browser.contexts().map((context) => context.close()));
  };
  return {
    async open(options, query = '') {
      const page = await (await browser.newContext(options)).newPage();
      await page.goto(site.url + query);
      return page;
    },
    closePages,
    async close() {
      await closePages();
      await browser.close();
      await site.close();
    },
  };
}
