import { simd } from '@residual/backend-simd';
import {
  AveragedProjection,
  BasicBlock,
  Bottleneck,
  CeilMaxPool2d,
  ComposedBasicBlock,
  ComposedBottleneck,
  Conv2d,
  ConvReLU,
  dispose,
  EfficientChannelAttention,
  HighwayBlock,
  InceptionBlock,
  init,
  MaxPool2d,
  type Module,
  PaddedShortcut,
  PlainBlock,
  PreActivationBottleneck,
  parameters,
  Residual,
  ResNeXtBlock,
  Sequential,
  SqueezeExcitation,
  withRandomness,
} from '@residual/blocks';
import { cifarStem, Head, models, ResNet } from '@residual/models';
import {
  BareStem,
  DeepStem,
  DropoutHead,
  familyModels,
  GoogLeNetStem,
  NormalizedHead,
  preActivationBlock,
  StagedNetwork,
  VggHead,
  vggStages,
} from '@residual/models/family';
import { fallbacksDuring, softmaxCrossEntropy } from '@residual/ops';
import { uniforms } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { describeWebgpu, useWebgpu } from './support.js';

type Network = Module<tf.Tensor4D, tf.Tensor2D>;
type Pictures = Module<tf.Tensor4D, tf.Tensor4D>;

const CLASSES = 3;
const SHAPE: [number, number, number, number] = [2, 16, 16, 3];

const staged = (stem: Pictures, head: Network, ...modules: Pictures[]) =>
  new StagedNetwork({ stem, stages: [new Sequential<tf.Tensor4D>(...modules)], head });
const pooled = new MaxPool2d(3, { stride: 2, padding: 1 });

/** Small networks of all stems, blocks and heads: on the processor, where this may run, each shader takes a while to compile. */
const networks: Record<string, () => Network> = {
  'two convolutions': () =>
    staged(
      cifarStem(8),
      new Head(CLASSES),
      ...[new PlainBlock(8), new HighwayBlock(8), new BasicBlock(8)],
      new Residual(12, { use1x1conv: true, strides: 2 }),
      new ComposedBasicBlock(16, { stride: 2, shortcut: new PaddedShortcut(16, { stride: 2 }) }),
      new ComposedBasicBlock(16, { gate: new EfficientChannelAttention(16) }),
    ),
  bottlenecks: () =>
    staged(
      new DeepStem([4, 4, 8]),
      new DropoutHead(CLASSES),
      new Bottleneck(4, { projection: true }),
      new ResNeXtBlock(16, { groupWidth: 8, bottleneckMultiplier: 1 }),
      new ComposedBottleneck(6, {
        ...{ stride: 2, groups: 2, baseWidth: 32 },
        shortcut: new AveragedProjection(24, { stride: 2 }),
        gate: new SqueezeExcitation(24),
      }),
      new PreActivationBottleneck(4, { projection: true }),
    ),
  'pre-activation': () =>
    new ResNet({
      stem: new BareStem({ conv: new Conv2d(8, 7, { stride: 2, padding: 3, bias: false }), pool: pooled }),
      architecture: [
        [1, 8],
        [1, 12],
      ],
      block: preActivationBlock,
      head: new NormalizedHead(CLASSES),
    }),
  Inception: () =>
    staged(
      new GoogLeNetStem(),
      new DropoutHead(CLASSES),
      new InceptionBlock({ branch1: 4, branch2: [3, 5], branch3: [2, 3], branch4: 4 }),
      new CeilMaxPool2d(2, { stride: 2 }),
    ),
  VGG: () =>
    new StagedNetwork({
      stem: new ConvReLU(4, 3, { padding: 1 }),
      stages: vggStages([[2, 4]]),
      head: new VggHead(CLASSES, { hidden: 8 }),
    }),
};

/** The classes of all modules inside, and its own. */
function classesOf(module: Module): string[] {
  const parts = module.children().flatMap(([, child]) => (Array.isArray(child) ? child : [child]));
  const inside = parts.flatMap((part) => (isModule(part) ? classesOf(part) : []));
  return [module.constructor.name, ...inside];
}

function isModule(value: unknown): value is Module {
  return typeof value === 'object' && value !== null && 'forward' in value;
}

it('tries every class of module that any network is made of', () => {
  const tried = new Set(Object.values(networks).flatMap((create) => classesOf(create())));
  for (const { name, create } of Object.values({ ...models, ...familyModels }))
    expect([name, ...classesOf(create()).filter((one) => !tried.has(one))]).toEqual([name]);
});

/** The loss and the gradient's norm of a network in training, and what ran as another's code. */
async function trained(create: () => Network) {
  const before = tf.memory().numTensors;
  const model = init(create(), SHAPE, { seed: 0 });
  const pictures = uniforms(
    { seed: 0, purpose: 'pictures' },
    SHAPE.reduce((a, b) => a * b),
  );
  const x = tf.tensor4d(pictures, SHAPE);
  const labels = tf.tensor1d([0, 2], 'int32');
  const results: tf.Tensor[] = [];
  const fallen = fallbacksDuring(() => {
    const loss = () => softmaxCrossEntropy(model.forward(x, 'train'), labels) as tf.Scalar;
    const run = () => tf.variableGrads(loss, parameters(model));
    const { value, grads } = withRandomness(model, { seed: 0, pass: 0 }, run);
    results.push(value, ...Object.values(grads));
  });
  const [loss, ...gradients] = await Promise.all(results.map((tensor) => tensor.data()));
  tf.dispose([x, labels, results]);
  dispose(model);
  const norm = Math.hypot(...gradients.map((values) => Math.hypot(...values)));
  return { loss: loss![0]!, norm, fallen, leaked: tf.memory().numTensors - before };
}

describeWebgpu('the family', () => {
  it.each(Object.entries(networks))(
    '%s trains as on simd, without a fallback, and leaks nothing',
    async (_, create) => {
      await useWebgpu();
      const { fallen, leaked, ...actual } = await trained(create);
      expect({ fallen, leaked }).toEqual({ fallen: [], leaked: 0 });
      await simd.load();
      expect(await tf.setBackend('simd')).toBe(true);
      const expected = await trained(create);
      expect(Math.abs(actual.loss / expected.loss - 1)).toBeLessThan(1e-4);
      expect(Math.abs(actual.norm / expected.norm - 1)).toBeLessThan(1e-3);
    },
  );
});
