import {
  CeilMaxPool2d,
  InceptionBlock,
  type InitializerRule,
  initCnn,
  normalOf,
  Sequential,
} from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import { imageNetStages, type ModelFactory } from '../factories.js';
import { ResNet } from '../resNet.js';
import { imageNetStem } from '../stem.js';
import { inceptionBlock } from './blockTypes.js';
import { DropoutHead } from './heads.js';
import type { ResNetFactory } from './residual.js';
import { StagedNetwork } from './stagedNetwork.js';
import { GoogLeNetStem } from './stems.js';

type Row = readonly [
  branch1: number,
  branch2: readonly [number, number],
  branch3: readonly [number, number],
  branch4: number,
];

/** The stages from the inception modules' rows of the paper's table 1, as torchvision builds them: its third branch is 3x3. */
const ROWS: readonly (readonly Row[])[] = [
  [
    [64, [96, 128], [16, 32], 32],
    [128, [128, 192], [32, 96], 64],
  ],
  [
    [192, [96, 208], [16, 48], 64],
    [160, [112, 224], [24, 64], 64],
    [128, [128, 256], [24, 64], 64],
    [112, [144, 288], [32, 64], 64],
    [256, [160, 320], [32, 128], 128],
  ],
  [
    [256, [160, 320], [32, 128], 128],
    [384, [192, 384], [48, 128], 128],
  ],
];
/** The window of the pooling after each stage but the last. */
const POOLED = [3, 2];
/** Of torchvision's normalisations. */
const EPSILON = 1e-3;

const small = normalOf(0.01);

/** Source: torchvision 0.29.2, `GoogLeNet(init_weights=True)`: N(0, 0.01^2); the paper doesn't say. */
const initGoogLeNet: InitializerRule = ({ role }) => (role === 'weight' ? small : undefined);

function stageOf(rows: readonly Row[], stage: number): Sequential<tf.Tensor4D> {
  const blocks = rows.map(
    ([branch1, branch2, branch3, branch4]) =>
      new InceptionBlock({ branch1, branch2, branch3, branch4 }, { window: 3, epsilon: EPSILON }),
  );
  const pooled = POOLED[stage];
  if (pooled === undefined) return new Sequential<tf.Tensor4D>(...blocks);
  return new Sequential<tf.Tensor4D>(...blocks, new CeilMaxPool2d(pooled, { stride: 2 }));
}

/**
 * GoogLeNet in torchvision's form, with batch normalisation and without the auxiliary classifiers.
 *
 * Source: Szegedy et al. (arXiv 1409.4842), table 1; torchvision 0.29.2, `googlenet`.
 */
export const googlenet: ModelFactory<StagedNetwork> = ({ numClasses = 1000 } = {}) =>
  new StagedNetwork({
    stem: new GoogLeNetStem({ epsilon: EPSILON }),
    stages: ROWS.map(stageOf),
    head: new DropoutHead(numClasses),
    initializer: initGoogLeNet,
  });

/**
 * The chapter's ResNet-18 with an Inception block in place of each residual one, with its stem, its biases and its Xavier-uniform
 * weights: for the comparison that its exercise 1 asks for.
 */
export const d2lInception: ResNetFactory = ({ numClasses = 10 } = {}) =>
  new ResNet({
    stem: imageNetStem(64, { bias: true }),
    architecture: imageNetStages([2, 2, 2, 2]),
    block: inceptionBlock,
    numClasses,
    initializer: initCnn,
  });
