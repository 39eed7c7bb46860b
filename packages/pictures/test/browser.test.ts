import { fileURLToPath } from 'node:url';
import { launchBrowser, type ScriptServer, serveScript } from '@residual/browser';
import type { RawPicture } from '@residual/data';
import { unavailable } from '@residual/testing';
import sharp from 'sharp';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { color, grey, preparePicture } from '../src/index.js';
import { decodePicture } from '../src/node.js';
import { FILES, filesFolder } from './files.js';

type Browser = NonNullable<Awaited<ReturnType<typeof launchBrowser>>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;

let browser: Browser | undefined;
let server: ScriptServer;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  const script = fileURLToPath(new URL('page.ts', import.meta.url));
  server = await serveScript(script, { files: filesFolder });
  if (browser === undefined) return;
  page = await browser.newPage();
  await page.goto(server.url);
  await page.waitForFunction('globalThis.decode !== undefined');
});
afterAll(async () => {
  await browser?.close();
  server.close();
});
beforeEach((context) => {
  if (browser === undefined) unavailable(context, 'browser', 'install Chrome or set CHROME_PATH');
});

async function inPage(name: string, maxSide?: number): Promise<RawPicture> {
  const asked = `decode(${JSON.stringify(name)}, ${JSON.stringify(maxSide)})`;
  const { rgba, ...size } = (await page.evaluate(asked)) as { rgba: string; width: number; height: number };
  return { data: new Uint8Array(Buffer.from(rgba, 'base64')), ...size };
}

/** The largest difference between a page's picture and Node's. */
async function differenceOf(name: string): Promise<number> {
  const [there, here] = [await inPage(name), await decodePicture(`${filesFolder}/${name}`)];
  expect([there.width, there.height]).toEqual([here.width, here.height]);
  return Math.max(...Array.from(here.data, (byte, i) => Math.abs(byte - there.data[i]!)));
}

describe('decodePicture of a page', () => {
  it.each(Object.keys({ ...FILES.png, ...FILES.png16 }))(
    'gives the bytes that Node gives: %s',
    async (name) => {
      expect(await differenceOf(name)).toBe(0);
      const there = await inPage(name);
      const here = await decodePicture(`${filesFolder}/${name}`);
      const { width, height } = here;
      for (const step of [color({ background: 255 }), grey({ background: 'contrast' })]) {
        const task = {
          picture: { width, height, channels: step.name === 'grey' ? 1 : 3 },
          steps: [step],
        } as const;
        expect(preparePicture(there, task)).toEqual(preparePicture(here, task));
      }
    },
  );

  // Not promised: each browser has decoders and a colour management of its own.
  it.each(Object.keys(FILES.lossy))('is near to Node: %s', async (name) => {
    expect(await differenceOf(name)).toBeLessThanOrEqual(2);
  });

  it.each(Object.keys(FILES.profiles))('converts the colours of %s', async (name) => {
    expect(await differenceOf(name)).toBeLessThanOrEqual(name === 'cmyk.jpg' ? 255 : 2);
  });

  it('takes the first frame of animated ones', async () => {
    for (const ending of ['png', 'webp', 'gif']) expect(await differenceOf(`animated.${ending}`)).toBe(0);
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'turns a WebP upright, as a JPEG: orientation %i',
    async (orientation) => {
      for (const channels of [3, 4] as const) {
        const noise = Uint8Array.from({ length: 5 * 3 * channels }, (_, i) => (i * i * 37 + i * 11) % 256);
        const picture = sharp(noise, { raw: { width: 5, height: 3, channels } }).withMetadata({
          orientation,
        });
        const bytes = await picture.webp({ lossless: true, exact: true }).toBuffer();
        const here = await decodePicture(new Uint8Array(bytes));
        const asked = `decodeBytes(${JSON.stringify(bytes.toString('base64'))})`;
        const { rgba, ...size } = (await page.evaluate(asked)) as { rgba: string };
        expect(size).toEqual({ width: here.width, height: here.height });
        expect([...Buffer.from(rgba, 'base64')]).toEqual([...here.data]);
      }
    },
  );

  it('scales down to a side', async () => {
    expect(await inPage('rgba.png', 3)).toMatchObject({ width: 3, height: 2, data: { length: 24 } });
  });

  it('names what it is given instead', async () => {
    const refuse = (text: string, name: string) =>
      page.evaluate(`refuse(${JSON.stringify(text)}, ${JSON.stringify(name)})`);
    expect(await refuse('\0\0\0\x10ftypheic\0\0\0\0', 'IMG_1.HEIC')).toEqual({
      code: 'PICTURE',
      message: expect.stringMatching(
        /IMG_1\.HEIC: expected a picture .*, received a HEIC picture: .*16 bytes.*\*\.heic/,
      ),
    });
    expect(await refuse('hello', 'notes.txt')).toMatchObject({
      message: expect.stringMatching(/Choose another file/),
    });
    expect(await refuse('', 'empty.png')).toMatchObject({ code: 'PICTURE' });
  });
});
