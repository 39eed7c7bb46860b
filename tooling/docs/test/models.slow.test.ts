import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definedModels } from '@residual/models';
import '@residual/models/family';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { linesOf, modelLine } from '../src/modelTable.ts';

beforeAll(() => tf.setBackend('cpu'));

// `--update` writes the table anew.
test('the table of docs/models.md is current', async () => {
  const file = join(import.meta.dirname, '..', '..', '..', 'docs', 'models.md');
  const text = readFileSync(file, 'utf8');
  const [first, ...others] = linesOf(text).values();
  const kept = text.split('\n').filter((line) => !others.includes(line));
  const table = definedModels().map(modelLine).join('\n');
  await expect(kept.join('\n').replace(first!, table)).toMatchFileSnapshot(file);
});
