import { dispose, init, predict, predictor, stateDict } from '@residual/blocks';
import { familyModels } from '@residual/models/family';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { createBackend, type SimdBackend } from '../src/index.js';
import { drawn } from './support.js';

let backend: SimdBackend;
afterEach(() => backend.dispose());

async function start(threads: number): Promise<void> {
  backend = await createBackend({ threads });
  tf.engine().registry.simd = backend;
  expect(await tf.setBackend('simd')).toBe(true);
}

function valuesOf(y: tf.Tensor): number[] {
  const values = [...y.dataSync()];
  y.dispose();
  return values;
}

// Of each kind of block and head one, but for VGG's: its pooling makes a matrix in JavaScript for pictures that aren't of its size.
const names = [
  ...(['cifar-resnet20', 'cifar-plain20', 'highway20', 'resnetv2-18', 'resnetv2-50', 'resnet18d'] as const),
  ...(['seresnext26t-32x4d', 'ecaresnet50d', 'googlenet', 'd2l-inception'] as const),
];

describe.each(names)('%s', (name) => {
  it.each([
    [1, 1, false],
    [3, 2, true],
    [7, 5, false],
  ])(
    'on %i threads, pictures %i, batch free %s: a played pass has the bits of predict',
    async (threads, batch, batchFree) => {
      await start(threads);
      const before = tf.memory().numTensors;
      const shape: tf.Tensor4D['shape'] = [batch, 64, 64, 3];
      const model = init(familyModels[name].create({ numClasses: 3 }), shape, { seed: 0 });
      const logitsOf = predictor(model, shape, { batchFree });
      for (let i = 0; i < 4; i++) {
        const x = drawn<tf.Tensor4D>(`x ${i}`, shape);
        const logits = valuesOf(logitsOf(x));
        expect(logits).toEqual(valuesOf(predict(model, x, { batchFree })));
        x.dispose();
      }
      expect(logitsOf.reason).toBeUndefined();
      logitsOf.dispose();
      dispose(model);
      expect(tf.memory().numTensors).toBe(before);
      expect(backend.memory().heapBytesInUse).toBe(0);
    },
  );
});

it('plays 1,000 times beside predictions of other batches, with weights that change now and then', async () => {
  await start(2);
  const shape: tf.Tensor4D['shape'] = [1, 28, 28, 1];
  const model = init(familyModels['cifar-resnet20'].create({ numClasses: 10 }), shape, { seed: 0 });
  const [weight] = stateDict(model).values();
  const logitsOf = predictor(model, shape);
  let played = 0;
  let bytes = 0;
  for (let i = 0; i < 1000; i++) {
    const x = drawn<tf.Tensor4D>(`x ${i}`, shape);
    const others = drawn<tf.Tensor4D>(`others ${i}`, [2 + (i % 5), 28, 28, 1]);
    if (i % 100 === 99) tf.tidy(() => weight!.assign(tf.mul(weight!, 0.99)));
    const expected = valuesOf(predict(model, x));
    predict(model, others).dispose();
    expect(valuesOf(logitsOf(x))).toEqual(expected);
    if (logitsOf.reason === undefined) played++;
    tf.dispose([x, others]);
    if (i === 150) bytes = backend.memory().heapBytesInUse;
    if (i === 950) expect(backend.memory().heapBytesInUse).toBe(bytes);
  }
  // Each change costs two plays, the one of the last time one.
  expect(played).toBe(1000 - 2 - 9 * 2 - 1);
  logitsOf.dispose();
  dispose(model);
  expect(backend.memory().heapBytesInUse).toBe(0);
});
