import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { useBrowser } from './visit.ts';

// The pictures of the documents: made when they are asked for, as `RESIDUAL_PICTURES=1 npx vitest run pictures`.
const { visit } = useBrowser();
const folder = join(import.meta.dirname, '..', '..', '..', 'docs', 'demo');
const looks = [
  { name: 'light', colorScheme: 'light', viewport: { width: 1200, height: 900 } },
  { name: 'dark', colorScheme: 'dark', viewport: { width: 1200, height: 900 } },
  { name: 'phone', colorScheme: 'light', viewport: { width: 360, height: 740 }, deviceScaleFactor: 2 },
] as const;

test.runIf(process.env.RESIDUAL_PICTURES === '1')('pictures of the page', async (context) => {
  await mkdir(folder, { recursive: true });
  for (const { name, ...look } of looks) {
    const user = await visit(context, '?limit=6000&epochs=4', { ...look, reducedMotion: 'reduce' });
    await user.press('Start');
    await user.page.waitForFunction(() => document.querySelectorAll('.curve circle').length >= 6);
    await user.untilStep(170);
    await user.page.getByText('Grad-CAM').first().waitFor();
    await user.page.screenshot({ path: join(folder, `${name}.png`), fullPage: name !== 'light' });
    await user.page.screenshot({ path: join(folder, `${name}-whole.png`), fullPage: true });
    expect(await user.number('step')).toBeGreaterThan(0);
    await user.press('Stop');
    await user.until('ended');
  }
});
