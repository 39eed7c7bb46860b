import { dispose, Module } from '../../../../packages/blocks/src/index.js';
import { defineModel } from '../../../../packages/models/src/index.js';
import { decodeModel, modelFacts } from '../../../../packages/runs/src/modelFile.js';
import { encodeSafetensors } from '../../../../packages/weights/src/encode.js';
import type { Target } from '../parser.ts';
import { eachOf, json, jsonOf, task } from './inputs.ts';

const metadata = {
  format: 'residual-model',
  version: '2',
  task: JSON.stringify(task),
  model: JSON.stringify({ name: 'nothing defines this' }),
};

/** A network without weights: it is built, and none fit. */
class Nothing extends Module {
  forward<T>(x: T): T {
    return x;
  }
}
const known = JSON.stringify({
  name: defineModel({ name: 'nothing', create: () => new Nothing() as never }).name,
});

/** The metadata of a file, as JSON; and a file with them. */
export const target: Target = {
  seeds: () => [
    json(metadata),
    json({ ...metadata, version: '3' }),
    json({ ...metadata, version: '1' }),
    json({ ...metadata, format: 'pt' }),
    json({}),
    json({ ...metadata, model: known }),
  ],
  parse: (bytes) => {
    const value = jsonOf(bytes);
    const given = typeof value === 'object' && value !== null ? Object.entries(value) : [];
    const texts = Object.fromEntries(given.filter(([, one]) => typeof one === 'string')) as Record<
      string,
      string
    >;
    const weight = { dtype: 'F32', shape: [1], data: Float32Array.of(Number.NaN) } as const;
    const whole = { dtype: 'I32', shape: [1], data: Int32Array.of(1) } as const;
    const finite = { ...weight, data: Float32Array.of(1) } as const;
    const files = [undefined, weight, whole, finite].map((tensor) =>
      encodeSafetensors(new Map(tensor && [['head.bias', tensor]]), texts),
    );
    return eachOf(
      () => modelFacts(texts, 'model.safetensors'),
      ...files.map((file) => () => dispose(decodeModel(file, 'model.safetensors').model)),
    );
  },
  isJson: true,
};
