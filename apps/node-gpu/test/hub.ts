import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMMIT, HubServer } from './hubServer.js';
import { writeNoisyPicture } from './noisyPicture.js';
import { residual, start } from './residual.js';
import { folder, whole } from './tinyRun.js';

const place = join(folder.path, 'hub');
const picture = join(folder.path, 'hub.png');
const blobs = join(place, 'models--owner--name', 'blobs');
const DEVICE = ['--backend', 'simd', '--threads', '1'];
let server: HubServer;
let environment: { env: Record<string, string> };

describe('hf://', () => {
  beforeAll(async () => {
    const model = readFileSync(join(whole, 'model.safetensors'));
    server = new HubServer({ 'model.safetensors': model });
    environment = { env: { HF_ENDPOINT: await server.start(), HF_HUB_CACHE: place } };
    await writeNoisyPicture(picture, 40, 30);
  });
  afterAll(() => server.stop());

  it('97: a killed download goes on from where it was, and the file names what is in a picture', async () => {
    const words = ['predict', picture, '--weights', 'hf://owner/name', '--json', ...DEVICE];
    server.misbehaviour = { hangAfter: 100_000 };
    const running = start(words, environment);
    while (!partialIsThere()) await new Promise((resolve) => setTimeout(resolve, 20));
    running.child.kill('SIGKILL');
    expect(await running.outcome).toMatchObject({ signal: 'SIGKILL' });
    expect(readdirSync(blobs)).toEqual([expect.stringMatching(/^[0-9a-f]{64}\.incomplete$/)]);

    server.misbehaviour = {};
    server.taken();
    const { code, stdout, stderr } = await residual(words, environment);
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: expect.stringMatching(/^Downloading model\.safetensors of hf:\/\/owner\/name, \d\.\d MB\.\n$/),
    });
    expect(server.requests.some(({ range }) => /^bytes=[1-9]\d*-$/.test(range ?? ''))).toBe(true);
    const own = ['predict', picture, '--run', whole, '--json', ...DEVICE];
    expect(JSON.parse(stdout).classes).toEqual(JSON.parse((await residual(own)).stdout).classes);
  });

  it('begins a run, which records the commit; nothing is fetched again', async () => {
    server.taken();
    const words = ['train', '--recipe', 'quick', '--weights', 'hf://owner/name', '--print-config', ...DEVICE];
    const { code, stdout, stderr } = await residual(words, environment);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { training, environment: recorded } = JSON.parse(stdout);
    expect(training.weights).toMatchObject({ name: 'owner/name', newHead: false });
    expect(recorded.weights).toEqual({ path: `hf://owner/name@${COMMIT}` });
    expect(server.taken().every((where) => where.startsWith('/api/'))).toBe(true);
  });

  it('gives features in place of classes: as text, CSV and JSON, alone and among others', async () => {
    const embed = async (...words: string[]) =>
      (await residual(['predict', ...words, '--run', whole, ...DEVICE])).stdout;
    const [header, row, again] = (await embed(picture, picture, '--embed', '--csv')).trim().split('\n');
    expect(header!.split(',')).toHaveLength(65);
    expect(header).toMatch(/^path,feature_1,.*,feature_64$/);
    expect(again).toBe(row);
    const { file, embedding } = JSON.parse(await embed(picture, '--embed', '--json'));
    expect([file, ...embedding].join()).toBe(row);
    expect(await embed(picture, '--embed-at', 'stages.0.1')).toMatch(
      /^.*hub\.png\n {2}16 numbers: [-\d. e]+ \.\.\.\n$/,
    );
    const wrong = await residual(['predict', picture, '--run', whole, '--embed-at', 'trunk', ...DEVICE]);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/received "trunk", which is none\. There are stem, /),
    });
  });

  it('is refused as a path in a repository', async () => {
    const words = ['predict', picture, '--weights', 'hf://owner/name/model.safetensors'];
    expect(await residual(words, environment)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--weights: expected hf://OWNER/NAME'),
    });
  });
});

function partialIsThere(): boolean {
  try {
    return readFileSync(join(blobs, readdirSync(blobs)[0]!)).length >= 100_000;
  } catch {
    return false;
  }
}
