import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { boot, draw } from './panels.ts';
import { useBrowser } from './visit.ts';

// The pictures of the documents: made when they are asked for, as `RESIDUAL_PICTURES=1 npx vitest run pictures`.
const { visit } = useBrowser();
const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'demo');
const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1200, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1200, height: 900 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 },
] as const;

for (const { name, ...look } of looks) {
  test.runIf(process.env.RESIDUAL_PICTURES === '1')(
    `a picture of the page: ${name} (made only with RESIDUAL_PICTURES=1)`,
    async (context) => {
      await mkdir(folder, { recursive: true });
      const user = await visit(context, '?limit=3000&batchSize=64&epochs=4', {
        ...look,
        reducedMotion: 'reduce',
      });
      await user.press('Start');
      await user.page.waitForFunction(() => document.querySelectorAll('.curve circle').length >= 6);
      await user.page.locator('#inside-title').scrollIntoViewIfNeeded();
      await user.page.getByText('Grad-CAM').first().waitFor();
      await draw(user.page, boot);
      await user.page.getByText('Looks like: ').waitFor();
      await user.untilStep(160);
      await user.page.evaluate(() => scrollTo(0, 0));
      // The first is the README's.
      await user.page.screenshot({ path: join(folder, `${name}.png`), fullPage: name !== 'light' });
      expect(await user.number('step')).toBeGreaterThan(0);
    },
  );
}
