import '@tensorflow/tfjs-backend-cpu';
import { Conv2d, dispose, init, Linear, type Module, observe, stateDict } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import { familyModels } from './rows.js';

beforeAll(() => tf.setBackend('cpu'));

/** Of a picture, in convolutions and linear layers. `init` walks through the network without arithmetic. */
function multiplications(model: Module<tf.Tensor4D, tf.Tensor2D>, inputShape: number[]): number {
  const layers: { module: Module; places: number }[] = [];
  observe(
    model,
    ({ module, output }) => {
      if (module instanceof Conv2d || module instanceof Linear)
        layers.push({ module, places: output.size / output.shape.at(-1)! });
      return undefined;
    },
    () => init(model, inputShape, { seed: 0 }),
  );
  const sum = layers.reduce(
    (total, { module, places }) => total + places * stateDict(module).get('weight')!.size,
    0,
  );
  dispose(model);
  return sum;
}

it('has Inception and VGG networks of the multiplications of ResNet-20', () => {
  const of = (name: keyof typeof familyModels) =>
    multiplications(familyModels[name].create(), [1, 28, 28, 1]);
  const residual = of('cifar-resnet20');
  expect(residual / 1e6).toBeCloseTo(30.82, 1);
  expect(Math.abs(of('cifar-inception') / residual - 1)).toBeLessThan(0.01);
  expect(Math.abs(of('cifar-vgg') / residual - 1)).toBeLessThan(0.01);
});
