import { simd } from '@residual/backend-simd';
import { dispose, init } from '@residual/blocks';
import { featureMaps, filterPictures, gradCam } from '@residual/inspect';
import { resnet20 } from '@residual/models';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { bytesInUse, describeWebgpu, useWebgpu } from './support.js';

const SHAPE: [number, number, number, number] = [2, 12, 12, 1];

/** All that can be seen inside a network whose weights are as they are drawn. */
async function look() {
  const model = init(resnet20(), SHAPE, { seed: 0 });
  const x = tf.tensor4d(uniforms({ seed: 0, purpose: 'pictures' }, 2 * 12 * 12), SHAPE);
  const maps = await featureMaps(model, x, 'stages.1');
  const heat = await gradCam(model, x, { path: 'stages.0', classIndex: 3 });
  const filters = await filterPictures(model);
  x.dispose();
  dispose(model);
  return { maps, heat, filters };
}

describeWebgpu('looking inside', () => {
  it('shows what simd shows, and frees what it takes', async () => {
    await useWebgpu();
    await look();
    const [tensors, bytes] = [tf.memory().numTensors, bytesInUse()];
    const actual = await look();
    expect([tf.memory().numTensors, bytesInUse()]).toEqual([tensors, bytes]);
    await simd.load();
    expect(await tf.setBackend('simd')).toBe(true);
    const expected = await look();
    expect(actual.filters).toEqual(expected.filters);
    for (const [i, { data, ...facts }] of expected.maps.entries()) {
      expect(actual.maps[i]).toMatchObject({ count: facts.count, height: 6, width: 6 });
      const apart = data.map((byte, j) => Math.abs(byte - actual.maps[i]!.data[j]!));
      expect(Math.max(...apart)).toBeLessThanOrEqual(1);
      expect(Math.max(...data)).toBe(255);
    }
    for (const [i, { values }] of expected.heat.entries()) {
      const apart = values.map((value, j) => Math.abs(value - actual.heat[i]!.values[j]!));
      expect(Math.max(...apart)).toBeLessThan(1e-4);
      expect(Math.max(...values)).toBe(1);
    }
  });
});
