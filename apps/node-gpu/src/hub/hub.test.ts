import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { COMMIT, HubServer, startProxy } from '../../test/hubServer.js';
import { hubFolder } from './hub.js';
import { parseHubReference } from './reference.js';

const weights = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7919) % 251);
const config = JSON.stringify({ architecture: 'resnet18' });
const repository = {
  'config.json': config,
  'model.safetensors': weights,
  'pytorch_model.bin': weights,
  'README.md': '# of no use here',
};
const blobs = () => join(cache, 'models--owner--name', 'blobs');
let cache: string;
let server: HubServer;

async function serve(files: ConstructorParameters<typeof HubServer>[0]): Promise<void> {
  server?.stop();
  server = new HubServer(files);
  vi.stubEnv('HF_ENDPOINT', await server.start());
}

beforeEach(async () => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true); // what is downloaded is said
  cache = mkdtempSync(join(tmpdir(), 'residual-hub-'));
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'HF_TOKEN', 'HF_HUB_OFFLINE'])
    vi.stubEnv(name, undefined);
  vi.stubEnv('HF_HOME', cache);
  vi.stubEnv('HF_HUB_CACHE', cache);
  await serve(repository);
});

afterEach(() => {
  server.stop();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  rmSync(cache, { recursive: true, force: true });
});

describe('a model of the Hub', () => {
  it("is its weights and its configuration, in the cache that the Hub's tools share", async () => {
    const folder = await hubFolder('hf://owner/name');
    expect(folder).toBe(join(cache, 'models--owner--name', 'snapshots', COMMIT));
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors']);
    expect(new Uint8Array(readFileSync(join(folder, 'model.safetensors')))).toEqual(weights);
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(config);
    expect(readFileSync(join(cache, 'models--owner--name', 'refs', 'main'), 'utf8')).toBe(COMMIT);
    expect(readdirSync(blobs()).some((name) => name.endsWith('.incomplete'))).toBe(false);
  });

  it('is not fetched again; by its commit, or without a network, nothing is asked', async () => {
    const folder = await hubFolder('hf://owner/name');
    server.taken();
    expect(await hubFolder('hf://owner/name')).toBe(folder);
    expect(server.taken().every((place) => place.startsWith('/api/'))).toBe(true);
    expect(await hubFolder(`hf://owner/name@${basename(folder)}`)).toBe(folder);
    vi.stubEnv('HF_HUB_OFFLINE', '1');
    expect(await hubFolder('hf://owner/name')).toBe(folder);
    expect(server.taken()).toEqual([]);
    await expect(hubFolder('hf://owner/other')).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringContaining('HF_HUB_OFFLINE'),
    });
  });

  it('may lie in shards, which its index names', async () => {
    const index = {
      weight_map: { a: 'model-1.safetensors', b: 'model-2.safetensors', c: '../../out.safetensors' },
    };
    const shards = { 'model-1.safetensors': weights, 'model-2.safetensors': weights.slice(1) };
    await serve({ 'config.json': config, 'model.safetensors.index.json': JSON.stringify(index), ...shards });
    const folder = await hubFolder('hf://owner/name');
    expect(readdirSync(folder)).toHaveLength(4);
    expect(new Uint8Array(readFileSync(join(folder, 'model-2.safetensors')))).toEqual(
      shards['model-2.safetensors'],
    );
  });

  it('is asked for with a token, which goes to the Hub alone: of HF_TOKEN, else as `hf auth login` left it', async () => {
    writeFileSync(join(cache, 'token'), 'hf_stored\n');
    for (const [variable, sent] of [
      ['', 'Bearer hf_stored'],
      ['hf_mine', 'Bearer hf_mine'],
    ] as const) {
      vi.stubEnv('HF_TOKEN', variable);
      rmSync(join(cache, 'models--owner--name'), { recursive: true, force: true });
      await hubFolder('hf://owner/name');
      const requests = server.requests.splice(0);
      const stored = requests.filter(({ place }) => place.startsWith('/store/'));
      expect(stored.length).toBeGreaterThan(0);
      for (const { token } of stored) expect(token).toBeUndefined();
      for (const request of requests) if (!stored.includes(request)) expect(request.token).toBe(sent);
    }
  });

  it('comes through a proxy that the environment names', async () => {
    const proxy = await startProxy();
    vi.stubEnv('HTTP_PROXY', proxy.address);
    try {
      await hubFolder('hf://owner/name');
      expect(proxy.tunnels()).toBeGreaterThan(0);
    } finally {
      proxy.stop();
    }
  });

  it.each([
    [401, 'HF_TOKEN'],
    [404, 'Check the name and the revision.'],
    [500, 'Try again later'],
  ])('is told of where the Hub answers %i', async (status, fix) => {
    server.misbehaviour = { status };
    await expect(hubFolder('hf://owner/name')).rejects.toMatchObject({
      code: 'DOWNLOAD',
      received: `HTTP status ${status}`,
      fix: expect.stringContaining(fix),
    });
  });

  it('has weights of PyTorch, or is refused; a server that is away is told of', async () => {
    await serve({ 'config.json': config, 'model.onnx': weights });
    await expect(hubFolder('hf://owner/name')).rejects.toThrow('received none of them. Choose a repository');
    server.stop();
    await expect(hubFolder('hf://owner/name')).rejects.toThrow(
      /an answer of the Hugging Face Hub, received .*ECONNREFUSED/,
    );
  });
});

describe('downloads that go wrong', () => {
  it('95: go on where a connection broke off, to the same bytes', async () => {
    server.misbehaviour = { breakAfter: 70_000 };
    const folder = await hubFolder('hf://owner/name');
    expect(new Uint8Array(readFileSync(join(folder, 'model.safetensors')))).toEqual(weights);
    const ranges = server.requests.flatMap(({ place, range }) =>
      place.startsWith('/store/') && range !== 'bytes=0-0' ? [Number(/\d+/.exec(range ?? '0')![0])] : [],
    );
    expect(ranges.length).toBeGreaterThan(2);
    expect(ranges).toEqual(ranges.toSorted((a, b) => a - b));
  });

  it('field, kind 5: two at once fetch each file once', async () => {
    const [folder, again] = await Promise.all([hubFolder('hf://owner/name'), hubFolder('hf://owner/name')]);
    expect(again).toBe(folder);
    expect(new Uint8Array(readFileSync(join(folder, 'model.safetensors')))).toEqual(weights);
    const fetched = server.requests.filter(
      ({ place, range }) => place.startsWith('/store/') && range !== 'bytes=0-0',
    );
    expect(fetched).toHaveLength(1);
    expect(readdirSync(join(cache, 'models--owner--name', 'fetching'))).toEqual([]);
  });

  it('95: also of a server that begins at the beginning each time', async () => {
    server.misbehaviour = { breakAfter: 150_000 };
    const stopped = new AbortController();
    const first = hubFolder('hf://owner/name', { signal: stopped.signal });
    await vi.waitFor(() =>
      expect(server.requests.filter(({ place }) => place.startsWith('/store/')).length).toBeGreaterThan(1),
    );
    stopped.abort(new Error('enough'));
    await first.catch(() => {});
    server.misbehaviour = { ignoresRanges: true };
    const folder = await hubFolder('hf://owner/name');
    expect(new Uint8Array(readFileSync(join(folder, 'model.safetensors')))).toEqual(weights);
  });

  it('95: give up on a connection that brings nothing, and keep what is there', async () => {
    server.misbehaviour = { breakAfter: 0 };
    await expect(hubFolder('hf://owner/name')).rejects.toThrow(
      /model\.safetensors: expected 200000 bytes, received 0, then a connection that broke off/,
    );
    expect(existsSync(join(cache, 'models--owner--name', 'snapshots', COMMIT, 'model.safetensors'))).toBe(
      false,
    );
  });

  it.each([
    [
      '94: another content',
      weights.map((value) => value ^ 1),
      /expected a hash of [0-9a-f]{64}, .* removed: run the command again/,
    ],
    [
      '96: a larger body behind a redirect',
      new Uint8Array(5_000_000),
      /expected 200000 bytes, as the Hub lists, received more/,
    ],
  ])('%s is refused, and leaves nothing', async (_, instead, message) => {
    server.misbehaviour = { instead };
    await expect(hubFolder('hf://owner/name')).rejects.toMatchObject({
      code: 'DOWNLOAD',
      message: expect.stringMatching(message),
    });
    expect(readdirSync(blobs())).toHaveLength(1); // of config.json
    server.misbehaviour = {};
    const folder = await hubFolder('hf://owner/name');
    expect(new Uint8Array(readFileSync(join(folder, 'model.safetensors')))).toEqual(weights);
  });

  it('take no file that was not asked for', async () => {
    const oid = 'ab'.repeat(32);
    server.misbehaviour = { lists: { type: 'file', path: '../../../evil', size: 9, lfs: { oid } } };
    await hubFolder('hf://owner/name');
    expect(existsSync(join(cache, 'evil'))).toBe(false);
    expect(server.taken().some((place) => place.includes('evil'))).toBe(false);
  });
});

describe('hf://', () => {
  it.each([
    ['hf://timm/resnet18.a1_in1k', { name: 'timm/resnet18.a1_in1k', revision: 'main' }],
    ['hf://owner/name@refs/pr/1', { name: 'owner/name', revision: 'refs/pr/1' }],
  ])('%s', (what, reference) => {
    expect(parseHubReference(what)).toEqual(reference);
  });

  const wrong = ['hf://owner', 'hf://owner/name/config.json', 'hf://../..', 'hf://owner/name@../x', 'hf://'];

  it.each([...wrong, 'hf://a\nb/c', ''])('refuses %j', (what) => {
    const message = expect.stringMatching(/received [^\n]+\. [^\n]+$/);
    expect(() => parseHubReference(what)).toThrow(expect.objectContaining({ code: 'USAGE', message }));
  });
});
