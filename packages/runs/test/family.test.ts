import { Conv2d, ConvReLU, MaxPool2d } from '@residual/blocks';
import {
  type Architecture,
  type BlockType,
  cifarStem,
  defineModel,
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
