import { mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fashionMnist } from './dataset.js';
import { read as readInBrowser } from './read.browser.js';
import { type FileName, MAX_BYTES } from './source.js';

function idx(dimensions: number[], data: number[]): Uint8Array {
  const header = dimensions.flatMap((d) => [d >>> 24, (d >>> 16) & 255, (d >>> 8) & 255, d & 255]);
  return Uint8Array.from([0, 0, 8, dimensions.length, ...header, ...data]);
}

const pictures = (count: number) => idx([count, 28, 28], new Array(count * 784).fill(7));
const good: Record<FileName, Uint8Array> = {
  'train-images-idx3-ubyte.gz': gzipSync(pictures(3)),
  'train-labels-idx1-ubyte.gz': gzipSync(idx([3], [0, 9, 4])),
  't10k-images-idx3-ubyte.gz': gzipSync(pictures(2)),
  't10k-labels-idx1-ubyte.gz': gzipSync(idx([2], [1, 2])),
};
const damaged: [string, FileName, Uint8Array | undefined, string, RegExp][] = [
  ['a missing file', 'train-images-idx3-ubyte.gz', undefined, 'NOT_FOUND', /no such file|status 404/],
  [
    '34 a wrong magic',
    'train-images-idx3-ubyte.gz',
    gzipSync(Uint8Array.of(1, 2, 3, 4)),
    'FORMAT',
    /two zero bytes/,
  ],
  [
    '35 labels as pictures',
    't10k-images-idx3-ubyte.gz',
    good['t10k-labels-idx1-ubyte.gz'],
    'MISMATCH',
    /swapped/,
  ],
  [
    '40 labels of another release',
    't10k-labels-idx1-ubyte.gz',
    gzipSync(idx([3], [1, 2, 3])),
    'MISMATCH',
    /2 labels/,
  ],
  [
    '41 a label of 10',
    'train-labels-idx1-ubyte.gz',
    gzipSync(idx([3], [0, 10, 4])),
    'FORMAT',
    /received 10 at/,
  ],
  [
    '43 pictures of 28x27',
    't10k-images-idx3-ubyte.gz',
    gzipSync(idx([1, 28, 27], new Array(756).fill(0))),
    'FORMAT',
    /28x27/,
  ],
  [
    '44 a truncated file',
    'train-images-idx3-ubyte.gz',
    good['train-images-idx3-ubyte.gz'].subarray(0, 30),
    'FORMAT',
    /too early/,
  ],
  [
    '46 a bomb',
    't10k-images-idx3-ubyte.gz',
    gzipSync(Buffer.concat([idx([2 ** 20, 28, 28], []), new Uint8Array(MAX_BYTES + 1)])),
    'LIMIT',
    /at most/,
  ],
  ['49 an HTML page', 'train-labels-idx1-ubyte.gz', new TextEncoder().encode('<html>'), 'FORMAT', /web page/],
];

let folder: string;
let server: Server;
let baseUrl: string;
/** What the test server sends with each file, and how it cuts the file short. */
let headers: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'fashion-mnist-'));
  server = createServer((request, response) => {
    try {
      const bytes = readFileSync(join(folder, String(request.url).replace('/data/', '')));
      response.writeHead(200, headers).end(bytes, () => headers['Content-Length'] && response.destroy());
    } catch {
      response.writeHead(404).end('<html>not found');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  baseUrl = `http://127.0.0.1:${address.port}/data`;
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

beforeEach(() => {
  headers = {};
  for (const [name, bytes] of Object.entries(good)) writeFileSync(join(folder, name), bytes);
});

describe.each([
  ['directory', () => ({ directory: folder })],
  ['baseUrl', () => ({ baseUrl })],
])('fashionMnist({ %s })', (_, source) => {
  it('reads the four files', async () => {
    const { train, test } = await fashionMnist(source());
    expect([...train.labels]).toEqual([0, 9, 4]);
    expect(test).toMatchObject({ length: 2, shape: [28, 28, 1] });
    expect(new Set(test.images)).toEqual(new Set([7]));
  });

  it.each(damaged)('%s gives one line that names the file', async (_, name, bytes, code, message) => {
    if (bytes) writeFileSync(join(folder, name), bytes);
    else unlinkSync(join(folder, name));
    const error = await fashionMnist(source()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'DataError', code });
    expect(error).toHaveProperty('message', expect.stringMatching(message));
    expect(error).toHaveProperty('message', expect.stringMatching(`^${name}: expected [^\n]*\\.$`));
  });
});

describe('sources', () => {
  it('a directory may be a file URL, and a baseUrl may end with a slash', async () => {
    expect((await fashionMnist({ directory: pathToFileURL(folder) })).train.length).toBe(3);
    expect((await fashionMnist({ baseUrl: new URL(`${baseUrl}/`) })).train.length).toBe(3);
  });

  it('a server may send the files with Content-Encoding: gzip', async () => {
    headers = { 'Content-Encoding': 'gzip' };
    expect((await fashionMnist({ baseUrl })).train.length).toBe(3);
  });

  it('95 a connection that breaks off is an error', async () => {
    headers = { 'Content-Length': '999999' };
    await expect(fashionMnist({ baseUrl })).rejects.toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringContaining('broke off after') }),
    );
  });

  it('96 a longer body than any of the files is not kept', async () => {
    const name = 't10k-labels-idx1-ubyte.gz';
    writeFileSync(join(folder, name), new Uint8Array(MAX_BYTES + 1));
    await expect(fashionMnist({ baseUrl })).rejects.toThrow(
      expect.objectContaining({ code: 'LIMIT', message: expect.stringContaining(name) }),
    );
  });

  it('a server that is not there is an error', async () => {
    await expect(fashionMnist({ baseUrl: 'http://127.0.0.1:1' })).rejects.toThrow(
      expect.objectContaining({ code: 'NOT_FOUND', message: expect.stringContaining('no answer') }),
    );
  });
});

describe('the browser', () => {
  it('reads from a baseUrl', async () => {
    const name = 't10k-labels-idx1-ubyte.gz';
    expect(await readInBrowser(name, { baseUrl })).toEqual(new Uint8Array(good[name]));
  });

  it('fetches the packaged file by default', async () => {
    // Node cannot fetch file addresses; that it tries this one is what a browser needs.
    const expected = new URL('../files/train-labels-idx1-ubyte.gz', import.meta.url).href;
    expect(() => readFileSync(new URL(expected))).not.toThrow();
    await expect(readInBrowser('train-labels-idx1-ubyte.gz', {})).rejects.toThrow(expected);
  });

  it('has no folders', async () => {
    await expect(readInBrowser('train-labels-idx1-ubyte.gz', { directory: 'data' })).rejects.toThrow(
      expect.objectContaining({ code: 'ARGUMENT', message: expect.stringContaining('baseUrl') }),
    );
  });
});
