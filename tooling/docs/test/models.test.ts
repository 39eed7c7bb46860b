import '@tensorflow/tfjs-backend-cpu';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { definedModels, findModel } from '@residual/models';
import '@residual/models/family';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, test } from 'vitest';
import { linesOf, modelLine } from '../src/modelTable.ts';

beforeAll(() => tf.setBackend('cpu'));

const lines = linesOf(readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'models.md'), 'utf8'));

test('docs/models.md has a line for each network, in their order', () => {
  expect([...lines.keys()]).toEqual(definedModels().map(({ name }) => name));
});

test.each(['resnet20', 'wrn-16-4'])('its line of %s is current', (name) => {
  expect(lines.get(name)).toBe(modelLine(findModel(name)));
});
