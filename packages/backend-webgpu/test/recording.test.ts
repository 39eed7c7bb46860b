import { dispose, predict, predictor } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { recordedNetwork, SHAPE, watchRecordings } from './recordedNetwork.js';
import { bytesInUse, describeWebgpu as describe, useWebgpu } from './support.js';

const inUse = () => ({ tensors: tf.memory().numTensors, bytes: bytesInUse() });

/** Values, of tensors that end with that. */
async function valuesOf(...tensors: tf.Tensor[]): Promise<number[][]> {
  const values = await Promise.all(tensors.map(async (tensor) => [...(await tensor.data())]));
  tf.dispose(tensors);
  return values;
}

describe('a recording', () => {
  const twice = (x: tf.Tensor) => tf.add(x, x);

  it('follows its inputs and what is read in place, keeps its constants, and lends what lies in its memory', async () => {
    const backend = await useWebgpu();
    const [x, weight, constant] = [
      tf.tensor1d([1, 2, 3]),
      tf.variable(tf.tensor1d([5, 6, 7])),
      tf.tensor1d([1, 1, 2]),
    ];
    const record = () =>
      backend.record!(
        [x],
        (own) => ({ outputs: [tf.add(tf.mul(own!, weight), constant)], lent: [twice(weight)] }),
        [weight],
      );
    const { recording, outputs, lent } = record();
    expect(await valuesOf(...outputs, ...lent)).toEqual([
      [6, 13, 23],
      [10, 12, 14],
    ]);
    constant.dispose();
    const others = [tf.tensor1d([9, 9, 9]), tf.mul(x, 9)]; // would have the constant's buffer, were it free
    const moved = tf.add(weight, 1);
    weight.assign(moved as tf.Tensor1D);
    const y = tf.tensor1d([-1, 0, 1]);
    const played = recording!.play([y], [weight])!;
    expect(recording!.play([y], [weight])).toBeUndefined(); // as what it lends is in use
    expect(await valuesOf(...played.outputs, ...played.lent)).toEqual([
      [-5, 1, 10],
      [12, 14, 16],
    ]);
    expect(() => recording!.play([others[0]!, y], [weight])).toThrow(
      'webgpu: play: expected float32 [3], received float32 [3], float32 [3]. Play a recording with inputs of the shapes',
    );
    const again = recording!.play([y], [weight])!;
    recording!.dispose();
    expect((await valuesOf(...again.outputs, ...again.lent))[1]).toEqual([12, 14, 16]); // lent, and its own by now
    expect(() => recording!.play([y], [weight])).toThrow(expect.objectContaining({ code: 'RECORDING' }));
    tf.dispose([x, weight, moved, y, others]);
  });

  it('says why there is none, with the results nevertheless, and leaves nothing behind', async () => {
    const backend = await useWebgpu();
    const [x, mask] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([true, false, true], 'bool')];
    backend.place(x); // brings it to the device
    await backend.finish();
    const before = inUse();
    const kept: tf.Tensor[] = [];
    const reasonOf = async (fn: (x: tf.Tensor) => tf.Tensor, input: tf.Tensor = x) => {
      const { outputs, recording, reason } = backend.record!([input], (own) => ({
        outputs: [fn(own!)],
        lent: [],
      }));
      expect(recording).toBeUndefined();
      expect(await valuesOf(...outputs)).toEqual([[2, 4, 6]]);
      return reason;
    };
    expect(await reasonOf((own) => tf.mul(own, tf.tensor1d([2, 2, 2])))).toBe(
      'a tensor is made of values in JavaScript',
    );
    expect(
      await reasonOf(
        (own) => backend.record!([own], (y) => ({ outputs: [twice(y!)], lent: [] })).outputs[0]!,
      ),
    ).toBe('it records something itself');
    expect(await reasonOf(() => twice(x), mask)).toBe('an input is bool [3]');
    const keeping = (own: tf.Tensor) => {
      kept.push(tf.keep(tf.add(own, own)));
      return twice(own);
    };
    expect(await reasonOf(keeping)).toBe('a tensor that it makes outlives it');
    expect(await valuesOf(...kept)).toEqual([[2, 4, 6]]);
    expect(() =>
      backend.record!([x], () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(inUse()).toEqual(before);
    tf.dispose([x, mask]);
  });
});

describe('a predictor', () => {
  it('plays to the bits of predict', { timeout: 120_000 }, async () => {
    const counts = watchRecordings(await useWebgpu());
    const model = recordedNetwork();
    const held: object[] = [];
    // The first time weights are brought to the device.
    for (const count of [2, 5]) {
      const logitsOf = predictor(model, SHAPE);
      for (let i = 0; i < count; i++) {
        const x = tf.randomNormal<tf.Rank.R4>(SHAPE, 0, 1, 'float32', 1 + i);
        const [expected, logits] = [predict(model, x), logitsOf(x)];
        const [wanted, values] = await valuesOf(expected, logits);
        expect(values).toEqual(wanted);
        x.dispose();
      }
      logitsOf.dispose();
      held.push(inUse());
    }
    expect(counts).toEqual({ recorded: 2, played: 3, reasons: [] });
    expect(held[1]).toEqual(held[0]);
    dispose(model);
  });
});
