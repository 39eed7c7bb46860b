import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { encodeSafetensors, WeightsError } from '../src/index.js';
import { openWeightsAt } from '../src/node.js';

const root = mkdtempSync(join(tmpdir(), 'residual-weights-'));
afterAll(() => rmSync(root, { recursive: true }));

/** A folder with these files; objects are written as JSON. */
function folderOf(files: Record<string, Uint8Array | object>): string {
  const folder = mkdtempSync(join(root, 'f-'));
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), content instanceof Uint8Array ? content : JSON.stringify(content));
  }
  return folder;
}

const one = (name: string, value: number, metadata = {}) =>
  encodeSafetensors(new Map([[name, { dtype: 'F32', shape: [1], data: Float32Array.of(value) }]]), metadata);
const index = (places: Record<string, string>) => ({ metadata: { total_size: 8 }, weight_map: places });
const timm = { architecture: 'resnet18', num_classes: 10, pretrained_cfg: { input_size: [3, 96, 96] } };

describe('openWeightsAt', () => {
  it('reads shards by their index, in a folder or by itself', async () => {
    const places = { b: 'model-00002-of-00002.safetensors', a: 'model-00001-of-00002.safetensors' };
    const folder = folderOf({
      'config.json': timm,
      'model.safetensors.index.json': index(places),
      [places.a]: one('a', 1),
      [places.b]: one('b', 2),
    });
    for (const path of [folder, join(folder, 'model.safetensors.index.json')]) {
      const { file, declared, close } = await openWeightsAt(path);
      expect([...file.tensors.keys()]).toEqual(['b', 'a']);
      expect((await file.tensors.get('b')!.read()).data).toEqual(Float32Array.of(2));
      expect(declared?.model).toBe(path === folder ? 'resnet18' : undefined);
      await close();
      await expect(file.tensors.get('a')!.read()).rejects.toThrow();
    }
  });

  it('reads pytorch_model.bin where there is nothing better', async () => {
    const bytes = readFileSync(new URL('../fixtures/torch2.15-checkpoint.pth', import.meta.url));
    const { file, declared, close } = await openWeightsAt(
      folderOf({ 'config.json': timm, 'pytorch_model.bin': bytes }),
    );
    expect({ format: file.format, inside: file.inside }).toEqual({ format: 'PyTorch', inside: 'state_dict' });
    expect(declared).toMatchObject({ model: 'resnet18', numClasses: 10, channels: 3 });
    await close();
  });

  it("takes a model file of ours by its metadata, whatever a run's config.json says", async () => {
    const folder = folderOf({
      'config.json': { version: 1 },
      'model.safetensors': one('a', 1, { format: 'residual-model' }),
    });
    const { declared, close } = await openWeightsAt(folder);
    expect(declared).toBeUndefined();
    await close();
  });

  it.each<[string, Record<string, Uint8Array | object>, RegExp, string]>([
    [
      '65 an index that leads elsewhere',
      { 'model.safetensors.index.json': index({ a: '../../secret.safetensors' }) },
      /names of files beside it, received "\.\.\/\.\./,
      'UNSAFE',
    ],
    [
      '65 an index with an absolute path',
      { 'model.safetensors.index.json': index({ a: '/etc/passwd' }) },
      /received "\/etc\/passwd"/,
      'UNSAFE',
    ],
    [
      '70 a tensor that its shard does not have',
      { 'model.safetensors.index.json': index({ c: 'm.safetensors' }), 'm.safetensors': one('a', 1) },
      /"c" in m\.safetensors, received none/,
      'FORMAT',
    ],
    [
      'an index of something else',
      { 'model.safetensors.index.json': { a: 1 } },
      /an index with a weight_map/,
      'FORMAT',
    ],
    [
      'a thousand shards and one',
      {
        'model.safetensors.index.json': index(
          Object.fromEntries(Array.from({ length: 1001 }, (_, i) => [`t${i}`, `m${i}.safetensors`])),
        ),
      },
      /at most 1000 files/,
      'LIMIT',
    ],
    ['nothing', { 'readme.md': {} }, /a folder with model\.safetensors/, 'FORMAT'],
    [
      '33 another network by its config.json',
      { 'config.json': { ...timm, architecture: 'resnetblur50' }, 'model.safetensors': one('a', 1) },
      /resnetblur50/,
      'MISMATCH',
    ],
    [
      'JSON that is none',
      { 'config.json': new Uint8Array([0x7b]), 'model.safetensors': one('a', 1) },
      /config\.json: expected JSON/,
      'FORMAT',
    ],
  ])('%s is refused', async (_, files, message, code) => {
    const error = await openWeightsAt(folderOf(files)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(WeightsError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it('95 a file that got shorter while it was open is refused', async () => {
    const path = join(folderOf({ 'a.safetensors': one('a', 1) }), 'a.safetensors');
    const { file, close } = await openWeightsAt(path);
    truncateSync(path, 60);
    await expect(file.tensors.get('a')!.read()).rejects.toThrow(/fewer: it has changed/);
    await close();
  });
});
