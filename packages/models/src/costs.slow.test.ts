import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
// Written by tooling/fixtures/multiplications.py with PyTorch 2.15.0, torchvision 0.29.2 and timm 1.0.31.
import recorded from '../fixtures/costs.json' with { type: 'json' };
import './family/index.js';
import { findModel, layerCosts } from './index.js';

beforeAll(() => tf.setBackend('cpu'));

it.each(Object.entries(recorded))('%s costs what PyTorch counts', (name, expected) => {
  const { create, inputShape } = findModel(name);
  expect(layerCosts(create(), [1, ...inputShape])).toMatchObject(expected);
});
