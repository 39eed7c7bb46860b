import type { BrowserContextOptions, Locator } from 'playwright-core';
import type { TestContext } from 'vitest';
import { useBrowser } from './visit.ts';

/** One browser for the tests of a file that look at the panel. */
export function useInsidePanel() {
  const { visit } = useBrowser();
  return {
    /** The panel on a fresh page, when it shows what there is to see of the shipped network. */
    async openPanel(context: TestContext, options?: BrowserContextOptions, query = '') {
      const { page } = await visit(context, query, options);
      const panel = page.getByRole('region', { name: 'Look inside' });
      await panel.scrollIntoViewIfNeeded();
      await panel.getByRole('heading', { name: /^Why / }).waitFor();
      return { page, panel };
    },
  };
}

/** Waits until so many test pictures are judged. */
export const judged = (panel: Locator, count: number) =>
  panel.getByText(`of ${count} test pictures; its loss is`).waitFor();

export const pictures = (panel: Locator) => panel.locator('.picture-list button');
export const heatMap = (panel: Locator) => panel.getByRole('img', { name: /^Grad-CAM/ });
export const maps = (panel: Locator) => panel.getByRole('img', { name: /^Feature maps of/ });
