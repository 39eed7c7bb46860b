import { createHash } from 'node:crypto';
import { PictureLoader, pictureDataset, type RawPicture, type Step } from '@residual/data';
import { gradientNorm, optimizerUpdate, slotNames } from '@residual/ops';
import { applySteps, augmentationsOf, centerCrop } from '@residual/pictures';
import { beta, permutation, randomStream, uniforms } from '@residual/random';
import { type Optimizer, parseOptimizer, schedules } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';

/** What both languages must come to: computed by our own code, and by the Python beside it. */
export interface Vectors {
  permutations: { seed: number; stream: number; length: number; order: number[] }[];
  uniforms: { seed: number; purpose: string; stream: number; indices: number[]; values: number[] }[];
  betas: { seed: number; purpose: string; stream: number; index: number; alpha: number; value: number }[];
  pictures: {
    shape: readonly [height: number, width: number, channels: number];
    size: readonly [height: number, width: number];
    steps: object[];
    seed: number;
    epoch: number;
    index: number;
    /** Before and after, as base64. */
    from: string;
    to: string;
  }[];
  /** Of many pictures, which both sides draw: of each of some numbers, what all of them come to. */
  colours: {
    shape: readonly [height: number, width: number, channels: number];
    /** How many levels the pictures have, and which is their first. */
    levels: readonly [count: number, first: number];
    steps: readonly Step[];
    seed: number;
    epoch: number;
    /** Of the pictures from 0 on. */
    count: number;
    sha256: string;
  }[];
  /** `drawn`: the epoch that each picture is changed as in. */
  balanced: { labels: number[]; seed: number; epoch: number; order: number[]; drawn: number[] }[];
  resizes: {
    shape: readonly number[];
    size: readonly number[];
    interpolation: string;
    from: string;
    to: string;
  }[];
  /** Of the middle. */
  crops: Pick<Vectors['resizes'][number], 'shape' | 'size' | 'from' | 'to'>[];
  schedules: { schedule: object; total: number; base: number; history: object[]; rates: number[] }[];
  optimizers: {
    optimizer: object;
    steps: { gradients: number[][]; rate: number; parameters: number[][] }[];
    from: number[][];
  }[];
}

export function vectors(): Vectors {
  return {
    permutations: [
      [0, 0, 10],
      [7, 3, 1000],
      [2 ** 40 + 5, 2, 33],
    ].map(([seed = 0, stream = 0, length = 0]) => {
      const order = [...permutation({ seed, purpose: 'shuffle', stream }, length)];
      return { seed, stream, length, order };
    }),
    uniforms: [uniformsOf(0, 'randomFlip', 0), uniformsOf(2 ** 45 + 1, 'Größe', 4_000_000_000)],
    betas: [0.2, 1, 3].flatMap((alpha) =>
      [0, 1, 17].map((index) => {
        const [seed, purpose, stream] = [5, 'mixup', 2];
        const value = beta(randomStream({ seed, purpose, stream }), index, alpha, alpha);
        return { seed, purpose, stream, index, alpha, value };
      }),
    ),
    pictures: [
      [{ name: 'randomFlip' }],
      [{ name: 'horizontalFlip', probability: 0.7 }],
      [{ name: 'alternatingFlip' }],
      [{ name: 'shiftedCrop', padding: 2 }],
      [{ name: 'randomResizedCrop', scale: [0.25, 1] }, { name: 'horizontalFlip' }],
      [{ name: 'randomResizedCrop', interpolation: 'bicubic' }],
      [{ name: 'randomResizedCrop', scale: [0.9, 1], ratio: [3, 4] }],
    ].flatMap((steps) => [0, 1, 2, 3].map((i) => augmented(steps, i))),
    colours: [
      [{ name: 'colorJitter', brightness: 0.4 }],
      [{ name: 'colorJitter', contrast: 0.9 }],
      [{ name: 'colorJitter', saturation: 2 }],
      [{ name: 'colorJitter', hue: 0.5 }],
      [{ name: 'colorJitter', brightness: 0.3, contrast: 0.4, saturation: 0.5, hue: 0.1 }],
      [{ name: 'randomErasing', scale: [0.05, 0.6] }],
      [{ name: 'randomErasing', probability: 1, ratio: [0.1, 0.5], value: [200, 3, 90] }],
      [{ name: 'trivialAugmentWide' }],
    ].flatMap((steps) => coloured(steps)),
    balanced: [
      [3, 0, 0, 1, 0, 0, 3, 0, 0, 0, 0, 1, 0],
      [0, 1, 2, 2, 1, 0, 0, 0],
    ].map((labels, epoch) => balanced(labels, epoch)),
    resizes: [
      [
        [9, 14, 3],
        [5, 20],
      ],
      [
        [40, 7, 1],
        [6, 6],
      ],
      [
        [3, 3, 3],
        [8, 8],
      ],
    ].flatMap(([shape, size]) =>
      ['bilinear', 'bicubic'].map((interpolation) => resized(shape!, size!, interpolation)),
    ),
    crops: [
      [
        [9, 14, 3],
        [4, 7],
      ],
      [
        [10, 7, 1],
        [7, 6],
      ],
      [
        [5, 8, 3],
        [8, 5],
      ],
    ].map(([shape, size]) => centered(shape!, size!)),
    schedules: Object.keys(schedules).flatMap((name) => rates(name as keyof typeof schedules)),
    optimizers: [
      { name: 'sgd', learningRate: 0.1, weightDecay: 0.01 },
      { name: 'sgd', learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 },
      { name: 'adam', weightDecay: 0.01 },
      { name: 'adamw', learningRate: 0.01, weightDecay: 0.05 },
      { name: 'lamb', learningRate: 0.02 },
      { name: 'lamb', learningRate: 0.02, weightDecay: 0, alwaysAdapt: true, maxGradNorm: 0 },
      { name: 'lars', learningRate: 2, momentum: 0.9, weightDecay: 1e-3 },
      {
        name: 'lars',
        learningRate: 2,
        momentum: 0.9,
        nesterov: true,
        trustCoefficient: 0.02,
        alwaysAdapt: true,
      },
    ].map((row) => optimized(parseOptimizer(row))),
  };
}

function uniformsOf(seed: number, purpose: string, stream: number): Vectors['uniforms'][number] {
  const draws = randomStream({ seed, purpose, stream });
  const indices = [0, 1, 2, 3, 4, 1_000_003, 2 ** 34 + 3];
  return { seed, purpose, stream, indices, values: indices.map((index) => draws.uniform(index)) };
}

function levels(purpose: string, shape: readonly number[]): Uint8Array {
  const size = shape.reduce((a, b) => a * b, 1);
  return Uint8Array.from(uniforms({ seed: 1, purpose }, size, { max: 256 }));
}

const text = (bytes: Uint8Array | Uint8ClampedArray) => Buffer.from(bytes).toString('base64');

function augmented(steps: { name: string }[], i: number): Vectors['pictures'][number] {
  const shape = [
    [12, 17, 3],
    [9, 9, 1],
    [30, 11, 3],
    [8, 8, 3],
  ][i] as [number, number, number];
  // Steps that don't make a size of their own leave the picture's.
  const size = steps[0]!.name === 'randomResizedCrop' ? ([8, 10] as const) : ([shape[0], shape[1]] as const);
  const [seed, epoch, index] = [11, i, 5 * i + 2];
  const from = levels(`picture ${i}`, shape);
  const context = { shape: [...size, shape[2]] as const, seed, epoch, index };
  const last = augmentationsOf(steps).reduce<RawPicture>((picture, augment) => augment(picture, context), {
    data: from,
    height: shape[0],
    width: shape[1],
  });
  return { shape, size, steps, seed, epoch, index, from: text(from), to: text(last.data) };
}

/** All levels or some of them, in colour and in grey. */
function coloured(steps: readonly Step[]): Vectors['colours'] {
  const cases = [
    { shape: [11, 14, 3], levels: [256, 0], epoch: 0 },
    { shape: [20, 9, 3], levels: [70, 60], epoch: 1_000_005 },
    { shape: [9, 9, 1], levels: [90, 100], epoch: 2 },
    { shape: [2, 5, 3], levels: [3, 20], epoch: 3 },
  ] as const;
  const fitting = cases.filter(({ shape }) => shape[2] === 3 || !Array.isArray(steps[0]!.value));
  return fitting.map(({ shape, levels, epoch }) => {
    const [seed, count] = [13, 150];
    const apply = augmentationsOf(steps);
    const hash = createHash('sha256');
    for (let index = 0; index < count; index++) {
      const drawn = uniforms({ seed, purpose: 'levels', stream: index }, shape[0] * shape[1] * shape[2]);
      const data = Uint8Array.from(drawn, (share) => levels[1] + Math.floor(levels[0] * share));
      const from: RawPicture = { data, height: shape[0], width: shape[1] };
      const context = { shape, seed, epoch, index };
      hash.update(apply.reduce((picture, augment) => augment(picture, context), from).data);
    }
    return { shape, levels, steps, seed, epoch, count, sha256: hash.digest('hex') };
  });
}

/** An epoch in which each class comes equally often. */
function balanced(labels: number[], epoch: number): Vectors['balanced'][number] {
  const seed = 21;
  const classNames = Array.from({ length: 1 + Math.max(...labels) }, (_, label) => `class ${label}`);
  const images = new Uint8Array(labels.length);
  const drawn: number[] = [];
  const loader = new PictureLoader(
    pictureDataset({ name: 'a', images, labels, shape: [1, 1, 1], classNames }),
    {
      batchSize: labels.length,
      shuffle: { seed },
      balance: 'sampler',
      augment: [
        (picture, context) => {
          drawn.push(context.epoch);
          return picture;
        },
      ],
    },
  );
  const [batch] = loader.epoch(epoch);
  return { labels, seed, epoch, order: [...batch!.indices], drawn };
}

function resized(shape: number[], size: number[], interpolation: string): Vectors['resizes'][number] {
  const [height = 0, width = 0] = shape;
  const from = levels('resize', shape);
  const row = { name: 'stretch', height: size[0]!, width: size[1]!, interpolation };
  const { data } = applySteps({ data: from, height, width }, [row]);
  return { shape, size, interpolation, from: text(from), to: text(data) };
}

function centered(shape: number[], size: number[]): Vectors['crops'][number] {
  const [height = 0, width = 0] = shape;
  const from = levels('crop', shape);
  const { data } = applySteps({ data: from, height, width }, [
    centerCrop({ height: size[0]!, width: size[1]! }),
  ]);
  return { shape, size, from: text(from), to: text(data) };
}

function rates(name: keyof typeof schedules): Vectors['schedules'] {
  const options = {
    constant: { warmup: 0.25 },
    cosine: { warmup: 0.2, minimum: 0.05 },
    cosineRestarts: { warmup: 0.125, minimum: 0.1, cycles: 3, cycleMultiplier: 2, cycleDecay: 0.5 },
    oneCycle: { warmup: 0.1 },
    oneCycleCosine: { warmup: 0.3, divFactor: 25, finalDivFactor: 1e4 },
    step: { warmup: 0, every: 0.3, gamma: 0.5 },
    multiStep: { warmup: 0.1, milestones: [0.5, 0.75], gamma: 0.1 },
    warmUpStableDecay: { warmup: 0.05, minimum: 0.1, decay: 0.3 },
    plateau: { warmup: 0, minimum: 0.2, factor: 0.5, patience: 1, threshold: 1e-4, cooldown: 1 },
  }[name];
  const rate = schedules[name](options);
  const history = [2, 1.5, 1.6, 1.7, 1.55, 1.8, 1.9, 1.2].map((validationLoss, i) => ({
    ...{ epoch: i + 1, step: 3 * (i + 1), trainLoss: 1, trainAccuracy: 0 },
    ...{ validationLoss, validationAccuracy: 0, learningRate: 0 },
  }));
  return [30, 7].map((total) => ({
    schedule: { name, ...options },
    total,
    base: 0.2,
    history,
    rates: Array.from({ length: total }, (_, step) => rate(step, total, 0.2, history)),
  }));
}

/** Three steps of a matrix, which decays, and of a vector, which doesn't. */
function optimized(optimizer: Optimizer): Vectors['optimizers'][number] {
  const shapes = [[3, 4], [4]];
  const numbers = (purpose: string) =>
    shapes.map((shape, i) =>
      uniforms({ seed: 9, purpose: `${purpose} ${i}` }, shape[0]! * (shape[1] ?? 1), { min: -1 }),
    );
  const tensors = (values: Float32Array[]) => values.map((value, i) => tf.tensor(value, shapes[i]));
  const ofOps = optimizer as unknown as Parameters<typeof slotNames>[0];
  const from = numbers('from');
  let parameters = tensors(from);
  let slots = Object.fromEntries(
    slotNames(ofOps).map((name) => [name, shapes.map((shape) => tf.zeros(shape))]),
  );
  const { maxGradNorm: clipNorm = 0 } = optimizer as { maxGradNorm?: number };
  const steps = [0, 1, 2].map((step) => {
    const gradients = numbers(`gradient ${step}`);
    const given = tensors(gradients);
    const rate = optimizer.learningRate * (1 - step / 4);
    const weightDecay = [optimizer.weightDecay ?? 0, 0];
    const next = optimizerUpdate(
      { parameters, slots, firstNonFiniteStep: tf.scalar(-1, 'int32') },
      { gradients: given, gradientNorm: gradientNorm(given) },
      { optimizer: ofOps, step, learningRate: rate, weightDecay, clipNorm },
    );
    ({ parameters, slots } = next as typeof next & { slots: typeof slots });
    return {
      gradients: lists(gradients),
      rate,
      parameters: parameters.map((tensor) => [...tensor.dataSync()]),
    };
  });
  return { optimizer, steps, from: lists(from) };
}

const lists = (values: Float32Array[]) => values.map((value) => [...value]);
