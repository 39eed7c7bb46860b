import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { init } from './init.js';
import { ones, zeros } from './initializers.js';
import { Conv2d } from './layers/conv2d.js';
import { Sequential } from './layers/sequential.js';
import { Parameter } from './parameter.js';
import { predict } from './predict.js';
import { dispose } from './stateDict.js';

beforeAll(() => tf.setBackend('cpu'));

describe('a parameter', () => {
  it('says before init how to get a value', () => {
    const parameter = new Parameter('weight', ones);
    const message =
      "This weight: expected a value, received none: its shape follows from the model's input. " +
      'Call init(model, inputShape, { seed }) first, with the model that holds it in a field.';
    expect(() => parameter.value).toThrow(expect.objectContaining({ code: 'NOT_INITIALIZED', message }));
    expect(() => parameter.as([3])).toThrow(expect.objectContaining({ code: 'NOT_INITIALIZED', message }));
  });

  it('keeps the shape it was initialised with', () => {
    const model = init(new Sequential(new Conv2d(2, 3)), [1, 4, 4, 1], { seed: 0 });
    const color = tf.zeros([1, 4, 4, 3]);
    expect(() => predict(model, color)).toThrow(
      expect.objectContaining({
        code: 'SHAPE',
        message:
          '0.weight: expected shape [3,3,1,2], as it was initialised, received an input that needs [3,3,3,2]. ' +
          'Give inputs of the shape that init saw, or initialise another model for this one.',
      }),
    );
    color.dispose();
    dispose(model);
  });

  it('names its path once it is disposed', () => {
    const model = init(new Sequential(new Conv2d(2, 3)), [1, 4, 4, 1], { seed: 0 });
    dispose(model);
    const [layer] = model.layers as [Conv2d];
    expect(() => layer.weight.value).toThrow(/^0\.weight: expected a value/);
  });

  it('is a variable without a name of its own', () => {
    const first = new Parameter('bias', zeros);
    const second = new Parameter('bias', zeros);
    for (const parameter of [first, second]) {
      parameter.open('head.bias', (shape) => tf.zeros(shape));
      parameter.as([2]);
      parameter.close();
    }
    expect(first.value.name).not.toBe(second.value.name);
    expect(first.value.trainable).toBe(true);
    first.dispose();
    second.dispose();
  });
});
