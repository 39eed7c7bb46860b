import { Conv2d, ConvReLU, MaxPool2d, stateShapes } from '@residual/blocks';
import {
  type Architecture,
  type BlockType,
  cifarStem,
  defineModel,
  findModel,
  imageNetStem,
  ResNet,
} from '@residual/models';
import {
  averagedShortcut,
  BareStem,
  channelAttention,
  cifarStages,
  composedBasicBlock,
  composedBottleneck,
  DeepStem,
  highwayBlock,
  inceptionBlock,
  NormalizedHead,
  paddedShortcut,
  preActivationBottleneck,
  StagedNetwork,
  squeezeExcitation,
  VggHead,
  vggStages,
} from '@residual/models/family';
import { sizesOf, type WeightsFile } from '@residual/weights';
import { expect, it } from 'vitest';
import { fitNetwork } from '../src/index.js';
import { itGivesPyTorchsLogits } from './familyLogits.js';

// Of each kind of block a small network, as tooling/fixtures/family.py has them; family.slow.test.ts has those with names.
type Stem = ConstructorParameters<typeof ResNet>[0]['stem'];

function tiny(name: string, stem: () => Stem, architecture: Architecture, block: BlockType): void {
  defineModel({
    name,
    create: ({ numClasses = 10 } = {}) =>
      name === 'tiny-pre-activation'
        ? new ResNet({ stem: stem(), architecture, block, head: new NormalizedHead(numClasses) })
        : new ResNet({ stem: stem(), architecture, block, numClasses }),
  });
}

const stages: Architecture = [
  [1, 8],
  [1, 16],
  [1, 16],
  [1, 24],
];
const bare = () =>
  new BareStem({
    conv: new Conv2d(8, 7, { stride: 2, padding: 3, bias: false }),
    pool: new MaxPool2d(3, { stride: 2, padding: 1 }),
  });

tiny('tiny-padded', () => cifarStem(16), cifarStages(1), composedBasicBlock({ shortcut: paddedShortcut }));
tiny('tiny-highway', () => new ConvReLU(16, 3, { padding: 1 }), cifarStages(2), highwayBlock);
tiny(
  'tiny-squeezed',
  () => new DeepStem([6, 8, 16]),
  stages,
  composedBottleneck({ shortcut: averagedShortcut, gate: squeezeExcitation }),
);
tiny(
  'tiny-attentive',
  () => new DeepStem([8, 8, 16]),
  stages,
  composedBasicBlock({ shortcut: averagedShortcut, gate: channelAttention }),
);
tiny(
  'tiny-pre-activation',
  bare,
  [
    [1, 8],
    [2, 16],
  ],
  preActivationBottleneck,
);
tiny(
  'tiny-inception',
  () => imageNetStem(16, { bias: true }),
  [
    [1, 16],
    [1, 32],
  ],
  inceptionBlock,
);
defineModel({
  name: 'tiny-vgg',
  create: ({ numClasses = 10 } = {}) =>
    new StagedNetwork({
      stages: vggStages([
        [1, 4],
        [2, 8],
      ]),
      head: new VggHead(numClasses, { hidden: 16 }),
    }),
});

itGivesPyTorchsLogits([
  'tiny-padded',
  'tiny-highway',
  'tiny-squeezed',
  'tiny-attentive',
  'tiny-pre-activation',
  'tiny-inception',
  'tiny-vgg',
]);

// Of each kind of stem one.
it.each(['cifar-resnet20', 'resnet18d', 'resnetv2-18', 'highway20', 'googlenet', 'cifar-vgg'])(
  '%s: its own weights are found again, with their channels and classes',
  (name) => {
    const shapes = stateShapes(findModel(name).create({ numClasses: 7 }), [1, 32, 32, 1]);
    const read = () => Promise.reject(new Error('without values'));
    const tensors = new Map(
      [...shapes].map(([path, shape]) => [path, { dtype: 'F32', shape, read } as const]),
    );
    const file: WeightsFile = { name: 'model.safetensors', format: 'safetensors', metadata: {}, tensors };
    expect(sizesOf(file)).toEqual({ channels: 1, numClasses: 7 });
    const { report } = fitNetwork(file, { model: { name }, channels: 1, numClasses: 7 });
    expect(report).toMatchObject({ names: 'ours', missing: [], unexpected: [], misshapen: [] });
    expect(report.loaded).toHaveLength(shapes.size);
  },
);
