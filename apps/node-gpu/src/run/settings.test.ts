import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fashionMnistTask } from '@residual/fashion-mnist';
import { augmentationsOf } from '@residual/pictures';
import { recipes } from '@residual/recipes';
import { configure } from '@residual/runs';
import { toJsonSchema } from '@valibot/to-json-schema';
import { afterAll, describe, expect, it } from 'vitest';
import { readConfigFile } from './configFile.js';
import { RunFolder } from './folder.js';
import { configFileSchema, readSettings } from './settings.js';

const folder = mkdtempSync(join(tmpdir(), 'residual-settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const environment = {
  residual: '0.1.0',
  data: { name: 'idx', path: '/pictures' },
  backend: { name: 'simd', device: 'CPU', details: { threads: '2' }, options: { threads: 2 } },
  imports: [{ file: '/mine.js', sha256: 'a'.repeat(64) }],
};
const settings = { ...configure(recipes.quick, fashionMnistTask), environment };

type Parts = Record<string, Record<string, unknown>>;

/** A copy with one field set, by its path; undefined takes it away. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(settings) as unknown as Parts;
  const keys = path.split('.');
  const last = keys.pop()!;
  const at = keys.reduce<Record<string, unknown>>((part, key) => part[key] as Parts[string], copy);
  at[last] = value;
  return copy;
}

async function written(value: unknown): Promise<RunFolder> {
  const files = new RunFolder(folder);
  await files.writeConfig(value);
  return files;
}

describe('readSettings', () => {
  it('gives back what was written', async () => {
    expect(await readSettings(await written(settings))).toEqual(settings);
    expect(await readSettings(await written({ $schema: 'config.schema.json', ...settings }))).toEqual(
      settings,
    );
  });

  it.each([
    ['training.epochs', 0, /config\.json: training\.epochs: expected at least 1, received 0\. /],
    ['training.momentum', 0.9, /config\.json: training\.momentum: expected no such field/],
    ['task.classNames', [], /config\.json: task\.classNames: expected at least one class name/],
    ['environment', undefined, /config\.json: environment: expected /],
    [
      'environment.backend.name',
      '',
      /config\.json: environment\.backend\.name: expected one that is not empty/,
    ],
    ['environment.backend.options.threads', null, /config\.json: environment\.backend\.options\.threads: /],
    ['environment.imports.0.sha256', 'b', /environment\.imports\.0\.sha256: expected 64 hexadecimal digits/],
    ['environment.host', 'a', /config\.json: environment\.host: expected no such field/],
  ])('refuses %s: %j, naming the field', async (path, value, message) => {
    await expect(readSettings(await written(changed(path, value)))).rejects.toThrow(message);
  });

  it('refuses the form before the first version, in one sentence', async () => {
    const old = { version: '0.1.0', recipe: { name: 'quick' }, limit: null, data: null, threads: null };
    await expect(readSettings(await written(old))).rejects.toThrow(
      /config\.json: version: expected 1, received "0\.1\.0"\. It is of an older form/,
    );
  });
});

describe('readConfigFile', () => {
  const file = join(folder, 'mine.json');
  const read = (value: unknown) => {
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value));
    return readConfigFile(file);
  };

  it('takes a whole config.json, and any parts of one', async () => {
    expect(await read(settings)).toEqual({
      task: settings.task,
      training: settings.training,
      data: environment.data,
      backend: 'simd',
      values: { threads: 2 },
      imports: ['/mine.js'],
    });
    expect(await read({})).toEqual({ training: {}, values: {}, imports: [] });
    expect(await read({ $schema: 'x', training: { epochs: 3 } })).toMatchObject({ training: { epochs: 3 } });
  });

  it("takes the README's example", async () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const [, example] = /```json\n([^`]*)```/.exec(readme) ?? [];
    const { training } = await read(example);
    expect(augmentationsOf(training.augment ?? [])).toHaveLength(1);
  });

  it("finds pictures and imports from the file's own folder", async () => {
    const relative = { data: { name: 'idx', path: 'pictures' }, imports: [{ file: '../mine.js' }] };
    expect(await read({ environment: relative })).toMatchObject({
      data: { name: 'idx', path: join(folder, 'pictures') },
      imports: [join(folder, '..', 'mine.js')],
    });
  });

  it.each<[unknown, RegExp]>([
    ['{', /mine\.json: expected a JSON object, received /],
    [[], /mine\.json: expected a JSON object, received an array\. /],
    [{ epochs: 3 }, /mine\.json: epochs: expected no such field/],
    [{ training: { epoch: 3 } }, /mine\.json: training\.epoch: expected no such field/],
    [{ training: { epochs: 1.5 } }, /mine\.json: training\.epochs: expected a whole number/],
    [{ training: { optimizer: { name: 'sgd' } } }, /mine\.json: training\.optimizer\.learningRate: /],
    [
      { environment: { backend: { name: 'cuda' } } },
      /mine\.json: environment\.backend\.name: expected auto, /,
    ],
    [{ environment: { backend: { options: { threads: 0 } } } }, /environment\.backend\.options\.threads: /],
    [
      { version: '0.1.0', recipe: {} },
      /mine\.json: version: expected 1, received "0\.1\.0"\. It is of an older form/,
    ],
    [{ version: 2 }, /mine\.json: version: expected 1, received 2\. Update the command/],
  ])('refuses %j', async (value, message) => {
    await expect(read(value)).rejects.toThrow(message);
    await expect(read(value)).rejects.toMatchObject({ code: 'USAGE' });
  });
});

it('has a current JSON Schema for editors: pnpm --filter @residual/node-gpu schema writes it', async () => {
  const schema = {
    title: 'A configuration of a training run of Residual',
    ...toJsonSchema(configFileSchema, { errorMode: 'ignore', target: 'draft-07' }),
  };
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot('../../schema/config.schema.json');
});
