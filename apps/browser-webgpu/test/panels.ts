import type { Locator, Page } from 'playwright-core';

/** A place on the drawing pad, each in [0, 1]. */
export type Place = readonly [x: number, y: number];

/** The outline of an ankle boot, its toe on the right. */
export const boot: readonly Place[] = [
  [0.16, 0.2],
  [0.42, 0.2],
  [0.46, 0.42],
  [0.8, 0.57],
  [0.9, 0.65],
  [0.9, 0.75],
  [0.16, 0.75],
  [0.16, 0.22],
];

/** The outline of a handbag's body, and its handle. */
export const bag: readonly (readonly Place[])[] = [
  [
    [0.14, 0.4],
    [0.86, 0.4],
    [0.86, 0.9],
    [0.14, 0.9],
    [0.14, 0.42],
  ],
  [
    [0.32, 0.4],
    [0.36, 0.2],
    [0.5, 0.14],
    [0.64, 0.2],
    [0.68, 0.4],
  ],
];

/** Draws a line through places on the pad with the mouse. */
export async function draw(page: Page, places: readonly Place[]): Promise<void> {
  const { x, y, width, height } = await padBox(page);
  const [first, ...rest] = places.map(([across, down]) => [x + across * width, y + down * height] as const);
  await page.mouse.move(first![0], first![1]);
  await page.mouse.down();
  for (const place of rest) await page.mouse.move(place[0], place[1], { steps: 4 });
  await page.mouse.up();
}

/** Where the pad is on the screen, after it was brought there. */
export async function padBox(page: Page) {
  const pad = page.getByRole('img', { name: 'Drawing pad' });
  await pad.scrollIntoViewIfNeeded();
  return (await pad.boundingBox())!;
}

/** The classes of the answer, the likeliest first, as the page shows them. */
export function answers(page: Page): Promise<string[]> {
  return page.locator('.answer .class-name').allTextContents();
}

/** A PNG file, painted in the page: a bag, dark on a white ground. */
export function bagFile(page: Page, side = 300): Promise<number[]> {
  return page.evaluate(async (side) => {
    const context = new OffscreenCanvas(side, side).getContext('2d')!;
    context.fillStyle = '#fff';
    context.fillRect(0, 0, side, side);
    context.scale(side, side);
    context.fillStyle = context.strokeStyle = '#333';
    context.lineWidth = 0.05;
    context.fillRect(0.14, 0.4, 0.72, 0.5);
    context.beginPath();
    context.arc(0.5, 0.4, 0.2, Math.PI, 0);
    context.stroke();
    const blob = await context.canvas.convertToBlob();
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, side);
}

/** Drops a file on an element. */
export async function drop(target: Locator, bytes: number[], name: string, type: string): Promise<void> {
  await target.evaluate(
    (element, { bytes, name, type }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], name, { type }));
      for (const event of ['dragover', 'drop']) {
        element.dispatchEvent(new DragEvent(event, { dataTransfer, bubbles: true, cancelable: true }));
      }
    },
    { bytes, name, type },
  );
}

/** Changes when a canvas shows something else. */
export function look(canvas: Locator): Promise<string> {
  return canvas.evaluate((element) => (element as HTMLCanvasElement).toDataURL());
}

/** Whether a canvas shows more than one colour. */
export function isVaried(canvas: Locator): Promise<boolean> {
  return canvas.evaluate((element) => {
    const { width, height } = element as HTMLCanvasElement;
    const { data } = (element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, width, height);
    const pixels = new Uint32Array(data.buffer);
    return pixels.some((pixel) => pixel !== pixels[0]);
  });
}
