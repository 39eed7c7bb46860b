import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { eventually } from './eventually.ts';
import { heatMap, judged, maps, pictures, useInsidePanel } from './insidePanel.ts';
import { boot, draw, isVaried, look } from './panels.ts';

const { openPanel } = useInsidePanel();

test('worst mistakes, confusion matrix, explanation, filters and layers of the shipped network', async (context) => {
  const { panel } = await openPanel(context);
  await judged(panel, 500);
  for (const words of await pictures(panel).allTextContents()) expect(words).toMatch(/taken for .+, [\d.]+%/);
  expect(await isVaried(pictures(panel).first().locator('canvas'))).toBe(true);

  const cells = await panel.locator('.confusion tbody td').allTextContents();
  expect(cells).toHaveLength(100);
  expect(cells.reduce((sum, count) => sum + Number(count), 0)).toBe(500);
  const right = cells.filter((_, i) => i % 11 === 0).reduce((sum, count) => sum + Number(count), 0);
  const accuracy = Number.parseFloat((await panel.locator('[data-accuracy]').textContent()) ?? '');
  expect(accuracy).toBeCloseTo(right / 5, 1);

  expect(await isVaried(heatMap(panel))).toBe(true);
  expect(await isVaried(maps(panel))).toBe(true);
  await panel.getByRole('img', { name: 'Filters of stem.conv: 16 grey pictures' }).waitFor();

  await panel.getByText(/layers and their 272,186 parameters$/).click();
  const kinds = await panel.locator('.layers tbody tr :nth-child(2)').allTextContents();
  expect(kinds).toEqual(['Stem', 'Sequential', 'Sequential', 'Sequential', 'Head']);
  const counts = await panel.locator('.layers tbody td:last-child').allTextContents();
  const total = counts.reduce((sum, count) => sum + Number(count.replaceAll(',', '')), 0);
  expect(await panel.locator('.layers tfoot td').textContent()).toBe(total.toLocaleString('en'));
});

test('another picture and another module are explained, the heat map as strong as is wanted', async (context) => {
  const { panel } = await openPanel(context);
  const before = await look(heatMap(panel));
  await panel.getByRole('button', { name: 'As they come' }).click();
  await eventually(() => panel.locator('.verdict.right').count()).toBeGreaterThan(0);
  await pictures(panel).nth(3).click();
  await eventually(() => look(heatMap(panel))).not.toBe(before);
  expect(await panel.getByText(/^Picture 3 is/).count()).toBe(1);

  const opacity = panel.getByRole('slider', { name: 'Opacity of the heat map' });
  await opacity.fill('0');
  expect(await heatMap(panel).evaluate((canvas) => getComputedStyle(canvas).opacity)).toBe('0');

  const places = panel.getByRole('combobox', { name: 'Look at' });
  const last = await places.inputValue();
  const [first] = await places.locator('option').allTextContents();
  await places.selectOption(first!);
  await panel.getByRole('heading', { name: `16 feature maps of ${first}, 28 x 28` }).waitFor();
  expect(last).not.toBe(first);
  expect(await maps(panel).getAttribute('aria-label')).toBe(`Feature maps of ${first}: 16 grey pictures`);
});

test('with the keyboard alone: a cell of the matrix, its pictures, an explanation', async (context) => {
  const { page, panel } = await openPanel(context);
  await judged(panel, 500);
  const stops = panel.locator('.cell[tabindex="0"]');
  expect(await stops.count()).toBe(1);
  await stops.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  const cell = page.locator('.cell:focus');
  const count = Number(await cell.textContent());
  const [, label, predicted] = /^\d+ (.+) taken for (.+), /.exec((await cell.getAttribute('aria-label'))!)!;
  await page.keyboard.press('Enter');
  await eventually(() => pictures(panel).count()).toBe(Math.min(24, count));
  const heading = panel.getByRole('heading', { name: 'Test pictures' });
  await eventually(() => heading.evaluate((element) => element.getBoundingClientRect().top)).toBeGreaterThan(
    -2,
  );
  const verdict = label === predicted ? 'recognised' : `taken for ${predicted}`;
  for (const words of await pictures(panel).allTextContents()) {
    expect(words.replace(/\s+/g, ' ')).toMatch(new RegExp(`^${label} ${verdict}`));
  }
  await pictures(panel).last().focus();
  await page.keyboard.press('Enter');
  await eventually(() => pictures(panel).last().getAttribute('aria-pressed')).toBe('true');
  await eventually(() => panel.getByText(/^Picture \d+ is/).textContent()).toMatch(` is ${label}.`);
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`both panels pass axe and fit a phone, ${colorScheme}`, async (context) => {
    const { page, panel } = await openPanel(context, { colorScheme, viewport: { width: 360, height: 740 } });
    await panel.getByText(/layers and their/).click();
    await draw(page, boot);
    await page.getByText(/^Looks like: /).waitFor();
    const { violations } = await new AxeBuilder({ page }).include('.inside').include('.try-it').analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual(
      [],
    );
    expect(await widthOf(page)).toBeLessThanOrEqual(360);
  });
}

const widthOf = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth);
