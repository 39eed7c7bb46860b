import type { ModelName } from '@residual/models';
import type { TaskKind } from './protocol.ts';
import { variantNames } from './variants.ts';

/** Something that every peer is asked to do, and how long to watch. */
export interface Work {
  name: string;
  kind: TaskKind;
  model: ModelName;
  /** [H, W, C]. Default: the model's own. */
  pictureShape?: readonly [height: number, width: number, channels: number];
  batchSize: number;
  /** Pictures in a step of a peer that would need minutes for the whole batch. */
  slowBatchSize: number;
  /** Before the first measurement: compiles, allocates, fills the caches. */
  warmUpSteps: number;
  /** Steps of one measurement. */
  steps: number;
  /** Measurements of each peer. */
  rounds: number;
  /** How many threads to compare, given the threads asked for. Default: just those. */
  threadCounts?: (threads: number) => number[];
  /** The names of the peers that are asked. Default: all. */
  peers?: string[];
  /** The peer that the ratios compare with. Default: the best PyTorch, or of works with several numbers of threads the fewest. */
  baseline?: string;
}

/** What `npx pnpm@12 bench` measures. A new work is a new row. */
export const works: Work[] = [
  {
    name: 'd2l-resnet18-training',
    kind: 'training',
    model: 'd2l-resnet18',
    batchSize: 128,
    slowBatchSize: 2,
    warmUpSteps: 4,
    steps: 2,
    rounds: 5,
  },
  {
    name: 'resnet20-training',
    kind: 'training',
    model: 'resnet20',
    batchSize: 128,
    slowBatchSize: 8,
    warmUpSteps: 20,
    steps: 20,
    rounds: 7,
  },
  {
    name: 'resnet50-training',
    kind: 'training',
    model: 'resnet50',
    batchSize: 16,
    slowBatchSize: 1,
    warmUpSteps: 1,
    steps: 1,
    rounds: 4,
  },
  {
    name: 'd2l-resnet18-inference-1',
    kind: 'inference',
    model: 'd2l-resnet18',
    batchSize: 1,
    slowBatchSize: 1,
    warmUpSteps: 30,
    steps: 50,
    rounds: 5,
  },
  {
    name: 'd2l-resnet18-inference-128',
    kind: 'inference',
    model: 'd2l-resnet18',
    batchSize: 128,
    slowBatchSize: 8,
    warmUpSteps: 2,
    steps: 1,
    rounds: 5,
  },
  {
    name: 'd2l-resnet18-threads',
    kind: 'training',
    model: 'd2l-resnet18',
    batchSize: 128,
    slowBatchSize: 2,
    warmUpSteps: 2,
    steps: 1,
    rounds: 5,
    threadCounts: (threads) => (threads === 1 ? [1] : [1, threads]),
    peers: ['simd'],
  },
  {
    name: 'data-first-pass',
    kind: 'decoding',
    model: 'resnet18',
    pictureShape: [128, 128, 3],
    batchSize: 512,
    slowBatchSize: 512,
    warmUpSteps: 1,
    steps: 1,
    rounds: 7,
  },
  {
    name: 'data-training',
    kind: 'packed training',
    model: 'resnet18',
    pictureShape: [128, 128, 3],
    batchSize: 32,
    slowBatchSize: 32,
    warmUpSteps: 2,
    steps: 2,
    rounds: 7,
    baseline: 'simd from memory',
  },
  {
    name: 'frozen-stage',
    kind: 'frozen stage',
    model: 'resnet18',
    pictureShape: [224, 224, 3],
    batchSize: 1000,
    slowBatchSize: 1000,
    warmUpSteps: 1,
    steps: 1,
    rounds: 5,
    baseline: 'simd prediction',
  },
  {
    name: 'resnet18-training',
    kind: 'training',
    model: 'resnet18',
    batchSize: 32,
    slowBatchSize: 1,
    warmUpSteps: 2,
    steps: 2,
    rounds: 5,
  },
  {
    name: 'resnet18-frozen-training',
    kind: 'frozen training',
    model: 'resnet18',
    batchSize: 32,
    slowBatchSize: 1,
    warmUpSteps: 2,
    steps: 4,
    rounds: 5,
  },
  {
    name: 'optimizer-updates',
    kind: 'update',
    model: 'd2l-resnet18',
    batchSize: 1,
    slowBatchSize: 1,
    warmUpSteps: 5,
    steps: 10,
    rounds: 9,
    baseline: 'simd sgd update',
  },
  {
    name: 'mixed-steps',
    kind: 'mixed training',
    model: 'resnet20',
    batchSize: 128,
    slowBatchSize: 128,
    warmUpSteps: 3,
    steps: 10,
    rounds: 9,
    baseline: 'simd plain steps',
  },
  ...(['simd', 'webgpu'] as const).map(variantsOn),
];

/** What else a network is made of beside convolutions, measured on ResNet-50's variants. */
function variantsOn(backend: string): Work {
  return {
    name: `variants-${backend}`,
    kind: 'variants',
    model: 'resnet50',
    batchSize: 8,
    slowBatchSize: 8,
    warmUpSteps: 2,
    steps: 1,
    rounds: 7,
    peers: variantNames(backend),
    baseline: variantNames(backend)[0],
  };
}
