import { fileURLToPath } from 'node:url';
import { launchBrowser, type ScriptServer, serveScript } from '@residual/browser';
import { unavailable } from '@residual/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

type Browser = NonNullable<Awaited<ReturnType<typeof launchBrowser>>>;
type Page = Awaited<ReturnType<Browser['newPage']>>;
type Answer = { value?: unknown; error?: { name: string; code?: string; message: string; cause?: string } };

const MEGABYTE = 2 ** 20;

let browser: Browser | undefined;
let server: ScriptServer;
let page: Page;

beforeAll(async () => {
  browser = await launchBrowser();
  server = await serveScript(fileURLToPath(new URL('../../test/page.ts', import.meta.url)));
});
afterAll(async () => {
  await browser?.close();
  server.close();
});
beforeEach(async (context) => {
  if (browser === undefined) return unavailable(context, 'browser', 'install Chrome or set CHROME_PATH');
  page = await browser.newPage(); // of a context, and so a file system, of its own
  await page.goto(server.url);
  await page.waitForFunction('globalThis.restart !== undefined');
});
afterEach(() => page?.context().close());

describe.each(['inWindow', 'inWorker'])('opfsStorage, %s', (where) => {
  const call = (name: string, ...values: unknown[]) =>
    page.evaluate(`${where}(${JSON.stringify(name)}, ${JSON.stringify(values)})`) as Promise<Answer>;

  /** Gives a function that ends the limit. */
  async function limitStorage(quotaSize: number): Promise<() => Promise<void>> {
    const client = await page.context().newCDPSession(page);
    await client.send('Storage.overrideQuotaForOrigin', { origin: new URL(server.url).origin, quotaSize });
    return () => client.detach();
  }

  it('keeps bytes under names in a folder that it makes', async () => {
    expect(await call('list')).toEqual({ value: [] });
    expect(await call('write', 'a', 1, 3)).toEqual({ value: undefined });
    expect(await call('write', 'b', 2, 5, true)).toEqual({ value: undefined });
    expect(await call('write', 'a', 3, 2)).toEqual({ value: undefined });
    expect(await call('list')).toEqual({ value: ['a', 'b'] });
    expect(await call('read', 'a')).toEqual({ value: { length: 2, byte: 3, isEven: true } });
    expect(await call('read', 'b')).toEqual({ value: { length: 5, byte: 2, isEven: true } });
    expect(await call('remove', 'a')).toEqual({ value: undefined });
    expect(await call('list')).toEqual({ value: ['b'] });
    expect(await call('inFolder')).toEqual({ value: ['a'] });
    await page.reload();
    await page.waitForFunction('globalThis.restart !== undefined');
    expect(await call('read', 'b')).toEqual({ value: { length: 5, byte: 2, isEven: true } });
  });

  it('says which file is missing', async () => {
    const error = {
      name: 'TrainerError',
      code: 'STORAGE',
      message:
        'runs/first/none: expected a file that can be read, received NotFoundError. Look at the names that list() gives.',
      cause: 'NotFoundError',
    };
    expect(await call('read', 'none')).toEqual({ error });
    await call('write', 'a', 1, 1);
    expect(await call('read', 'none')).toEqual({ error });
    expect((await call('remove', 'none')).error?.message).toContain('expected a file that can be removed');
  });

  it('keeps the old file when the space runs out, leaves no other, and says how much there is', async () => {
    await call('write', 'a', 1, MEGABYTE);
    const endLimit = await limitStorage(4 * MEGABYTE);
    for (const name of ['a', 'b']) {
      const { error } = await call('write', name, 2, 16 * MEGABYTE);
      expect(error).toMatchObject({ name: 'TrainerError', code: 'STORAGE', cause: 'QuotaExceededError' });
      expect(error!.message).toMatch(
        /^runs\/first\/[ab]: expected room for 16777216 bytes, received QuotaExceededError, with \d{7} bytes used of the \d+ that the browser says it grants\. Remove older runs/,
      );
    }
    expect(await call('list')).toEqual({ value: ['a'] });
    expect(await call('names')).toEqual({ value: ['a'] });
    expect(await call('read', 'a')).toEqual({ value: { length: MEGABYTE, byte: 1, isEven: true } });
    await endLimit();
    expect(await call('write', 'a', 2, 16 * MEGABYTE)).toEqual({ value: undefined });
    expect(await call('read', 'a')).toEqual({ value: { length: 16 * MEGABYTE, byte: 2, isEven: true } });
  });

  it('lists what there is while another takes a file away', async () => {
    await call('write', 'a', 1, 1);
    await call('write', 'b', 2, 1);
    expect(await call('listWhileRemoving', 'b')).toEqual({ value: ['a'] });
  });

  it('takes no notice of what a first write left that never ended, and writes over it', async () => {
    await call('write', 'a', 1, 1);
    await call('leaveEmpty', 'b');
    expect(await call('names')).toEqual({ value: ['a', 'b'] });
    expect(await call('list')).toEqual({ value: ['a'] });
    expect((await call('read', 'b')).error).toMatchObject({ code: 'STORAGE', cause: 'NotFoundError' });
    await call('write', 'b', 2, 1);
    expect(await call('list')).toEqual({ value: ['a', 'b'] });
  });
});

describe('opfsStorage', () => {
  it('has all of the old bytes or all of the new when a worker is ended as it writes', async () => {
    await page.evaluate(`inWorker('write', ['a', 1, ${MEGABYTE}])`);
    for (const delay of [0, 2, 5, 10, 20, 40]) {
      await page.evaluate(`new Promise((resolve) => {
        inWorker('write', ['a', 2, ${32 * MEGABYTE}]);
        inWorker('write', ['fresh', 2, ${32 * MEGABYTE}]);
        setTimeout(() => resolve(restart()), ${delay});
      })`);
      const { value } = (await page.evaluate("inWindow('read', ['a'])")) as Answer;
      expect([
        { length: MEGABYTE, byte: 1, isEven: true },
        { length: 32 * MEGABYTE, byte: 2, isEven: true },
      ]).toContainEqual(value);
      const { value: names, error } = (await page.evaluate("inWindow('list', [])")) as Answer;
      expect(error).toBeUndefined();
      for (const name of names as string[]) {
        expect(['a', 'fresh']).toContain(name);
        const { value } = (await page.evaluate(`inWindow('read', ['${name}'])`)) as Answer;
        expect(value).toMatchObject({ isEven: true });
      }
    }
    await page.evaluate(`inWindow('write', ['a', 3, 1])`);
    expect(await page.evaluate("inWindow('read', ['a'])")).toMatchObject({ value: { length: 1, byte: 3 } });
  });
});

describe('holdOpfsFolder', () => {
  const call = (where: 'inWindow' | 'inWorker', name: string, ...values: unknown[]) =>
    page.evaluate(`${where}(${JSON.stringify(name)}, ${JSON.stringify(values)})`) as Promise<Answer>;
  const held = { value: undefined };
  const inUse = {
    error: {
      name: 'TrainerError',
      code: 'IN_USE',
      message:
        'runs/first: expected a folder that no other tab or worker is using, received one in use. Stop the run in the other tab, or close that tab, and try again.',
    },
  };

  it('lets one at a time use a folder, and whoever waits long enough is the next', async () => {
    expect(await call('inWorker', 'hold', 'runs/first', 5000)).toEqual(held);
    expect(await call('inWindow', 'hold', 'runs/first', 50)).toEqual(inUse);
    expect(await call('inWindow', 'hold', 'runs/second', 50)).toEqual(held);
    const next = call('inWindow', 'hold', '/runs/first/', 30_000);
    await call('inWorker', 'release');
    expect(await next).toEqual(held);
    expect(await call('inWorker', 'hold', 'runs/first', 50)).toEqual(inUse);
  });

  it('ends with the worker that holds it', async () => {
    expect(await call('inWorker', 'hold', 'runs/first', 5000)).toEqual(held);
    await page.evaluate('restart()');
    expect(await call('inWindow', 'hold', 'runs/first', 30_000)).toEqual(held);
  });

  it('gives and throws what the work does', async () => {
    expect(await call('inWindow', 'passOn')).toEqual({ value: ['given', 'broken'] });
  });
});
