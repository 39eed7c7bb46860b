import type { BrowserContextOptions, Page } from 'playwright-core';
import { expect, type TestContext, test } from 'vitest';
import { eventually } from './eventually.ts';
import { answers, bag, bagFile, boot, draw, drop, isVaried, padBox } from './panels.ts';
import { useBrowser } from './visit.ts';

const { visit } = useBrowser();

/** The panel on a fresh page. */
async function openPanel(context: TestContext, options?: BrowserContextOptions) {
  const { page } = await visit(context, '', options);
  const panel = page.getByRole('region', { name: 'Try it' });
  await panel.scrollIntoViewIfNeeded();
  return { page, panel };
}

const best = async (page: Page) => (await answers(page))[0];

test('a drawn boot and a drawn bag are recognised, and shown as the network sees them', async (context) => {
  const { page, panel } = await openPanel(context);
  await draw(page, boot);
  // The answer follows the line: the last is for the whole boot.
  await eventually(async () => (await answers(page)).slice(0, 3)).toContain('Ankle boot');
  expect(await answers(page)).toHaveLength(5);
  const seen = panel.getByRole('img', { name: 'The picture as the network sees it' });
  expect(await seen.evaluate(({ width, height }: HTMLCanvasElement) => [width, height])).toEqual([28, 28]);
  expect(await isVaried(seen)).toBe(true);
  for (const share of await panel.locator('.class-share').allTextContents())
    expect(share).toMatch(/^\d+\.\d%$/);

  await panel.getByRole('button', { name: 'Clear' }).click();
  await eventually(() => answers(page)).toEqual([]);
  for (const line of bag) await draw(page, line);
  await eventually(() => best(page)).toBe('Bag');
  await panel.getByRole('button', { name: 'Undo' }).click();
  await panel.getByRole('button', { name: 'Undo' }).click();
  await eventually(() => answers(page)).toEqual([]);
});

test('a finger draws, and does not scroll the page', async (context) => {
  const { page } = await openPanel(context, { hasTouch: true, viewport: { width: 360, height: 740 } });
  const { x, y, width, height } = await padBox(page);
  const cdp = await page.context().newCDPSession(page);
  const places = boot.map(([across, down]) => ({ x: x + across * width, y: y + down * height }));
  for (const [i, place] of places.entries()) {
    await cdp.send('Input.dispatchTouchEvent', {
      type: i === 0 ? 'touchStart' : 'touchMove',
      touchPoints: [place],
    });
  }
  await cdp.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await eventually(() => answers(page)).toContain('Ankle boot');
  expect(Math.abs((await padBox(page)).y - y)).toBeLessThan(2);
});

test('a dropped and a chosen file are recognised; a huge one is scaled down first', async (context) => {
  const { page, panel } = await openPanel(context);
  // Anywhere on the page.
  await drop(page.getByRole('heading', { level: 1 }), await bagFile(page), 'bag.png', 'image/png');
  await eventually(() => best(page)).toBe('Bag');

  const buffer = Buffer.from(await bagFile(page, 3000));
  await panel.getByLabel('Picture file').setInputFiles({ name: 'huge.png', mimeType: 'image/png', buffer });
  const given = panel.getByRole('img', { name: 'Your picture' });
  await eventually(() => given.evaluate(({ width }: HTMLCanvasElement) => width)).toBe(512);
  await eventually(() => best(page)).toBe('Bag');
});

test('a pasted picture is recognised, by key and by button', async (context) => {
  const { page, panel } = await openPanel(context, { permissions: ['clipboard-read', 'clipboard-write'] });
  await page.evaluate(
    async (bytes) => {
      const blob = new Blob([Uint8Array.from(bytes)], { type: 'image/png' });
      await navigator.clipboard.write([new ClipboardItem({ 'image/png': blob })]);
    },
    await bagFile(page),
  );
  await page.keyboard.press('ControlOrMeta+v');
  await eventually(() => best(page)).toBe('Bag');
  await draw(page, boot);
  await eventually(() => best(page)).not.toBe('Bag');
  await panel.getByRole('button', { name: 'Paste' }).click();
  await eventually(() => best(page)).toBe('Bag');
});

test('what is no picture gets a message that says what was expected, which goes with the next picture', async (context) => {
  const { page, panel } = await openPanel(context);
  const message = panel.getByRole('alert');
  await drop(panel, [...Buffer.from('milk, bread')], 'shopping.txt', 'text/plain');
  await eventually(() => message.textContent()).toMatch(
    /expected a picture.*received shopping\.txt \(text\/plain, 11 bytes\)/,
  );
  await panel.getByRole('button', { name: 'Dismiss' }).click();
  expect(await message.count()).toBe(0);

  const broken = (await bagFile(page)).slice(0, 40);
  await drop(panel, broken, 'broken.png', 'image/png');
  await eventually(() => message.textContent()).toMatch(/received broken\.png \(image\/png, 40 bytes\)/);
  await drop(panel, await bagFile(page), 'bag.png', 'image/png');
  await eventually(() => best(page)).toBe('Bag');
  expect(await message.count()).toBe(0);
});

test('a camera that is refused is said so; one that is allowed takes a picture and is closed', async (context) => {
  const { page, panel } = await openPanel(context);
  await page.evaluate(() => {
    const painted = document.createElement('canvas');
    [painted.width, painted.height] = [400, 300];
    const brush = painted.getContext('2d')!;
    const paint = () => {
      brush.fillStyle = '#fff';
      brush.fillRect(0, 0, 400, 300);
      brush.fillStyle = '#333';
      brush.fillRect(100, 130, 200, 130);
    };
    const timer = setInterval(paint, 50);
    let asked = 0;
    navigator.mediaDevices.getUserMedia = async () => {
      asked++;
      if (asked === 1) throw new DOMException('Permission denied', 'NotAllowedError');
      paint();
      const stream = painted.captureStream();
      stream.getTracks()[0]!.addEventListener('ended', () => clearInterval(timer));
      Object.assign(window, { stream });
      return stream;
    };
  });
  await panel.getByRole('button', { name: 'Use the camera' }).click();
  await eventually(() => panel.getByRole('alert').textContent()).toMatch(
    /camera.*received a refusal.*settings/,
  );
  await panel.getByRole('button', { name: 'Use the camera' }).click();
  await eventually(() =>
    panel.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth),
  ).toBeGreaterThan(0);
  await panel.getByRole('button', { name: 'Take the picture' }).click();
  await eventually(() => answers(page)).toHaveLength(5);
  expect(await isVaried(panel.getByRole('img', { name: 'The picture as the network sees it' }))).toBe(true);
  await panel.getByRole('button', { name: 'Close the camera' }).click();
  const state = () =>
    page.evaluate(() => (window as unknown as { stream: MediaStream }).stream.getTracks()[0]!.readyState);
  await eventually(state).toBe('ended');
});

test('without a pointer, a test picture is one key away', async (context) => {
  const { page, panel } = await openPanel(context);
  await panel.getByRole('button', { name: 'Choose a file' }).focus();
  for (let i = 0; i < 3; i++) await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await eventually(() => answers(page)).toHaveLength(5);
  expect(await panel.getByRole('status').textContent()).toMatch(/^Looks like: /);
});
