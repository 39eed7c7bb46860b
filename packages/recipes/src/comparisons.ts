import type { Recipe } from '@residual/runs';
import { sgd } from '@residual/trainer';

/** Networks that are trained alike, to see what becomes of a claim. Plain JSON. */
export type Comparison = {
  readonly name: string;
  /** One line for a list. */
  readonly summary: string;
  /** What the chapter or a paper says, and where. */
  readonly claim: string;
  /** One for each network; they differ in it alone. */
  readonly recipes: readonly Recipe[];
};

/** Of all networks of a comparison: SGD as He et al. train theirs, on a schedule that fits into any number of epochs. */
const training: Omit<Recipe['training'], 'recipe' | 'model'> = {
  optimizer: sgd({ learningRate: 0.1, momentum: 0.9, weightDecay: 1e-4 }),
  schedule: { name: 'oneCycle', warmup: 0.1 },
  loss: { name: 'softmaxCrossEntropy', labelSmoothing: 0 },
  epochs: 10,
  batchSize: 128,
  gradientClipNorm: 0,
  averageDecay: null,
  augment: [],
  seed: 0,
  limit: 20_000,
  holdOut: 5000,
};

interface Alike {
  models: readonly string[];
  resize?: Recipe['resize'];
  /** What all of them have in place of the usual. */
  training?: Partial<Recipe['training']>;
}

function comparison(
  facts: Pick<Comparison, 'name' | 'summary' | 'claim'>,
  { models, resize = null, training: own }: Alike,
): Comparison {
  const { name, summary } = facts;
  return {
    ...facts,
    recipes: models.map((model) => ({
      name,
      summary,
      resize,
      normalize: true,
      training: { ...training, ...own, recipe: name, model: { name: model } },
    })),
  };
}

const depth = comparison(
  {
    name: 'depth',
    summary: 'plain and residual networks of 20 and of 56 layers',
    claim:
      'He et al. (arXiv 1512.03385), sections 1 and 4.2: deeper plain networks have a higher training error, deeper residual ones a lower (CIFAR-10, test error: ResNet-20 8.75 %, ResNet-56 6.97 %).',
  },
  { models: ['cifar-plain20', 'cifar-plain56', 'cifar-resnet20', 'cifar-resnet56'] },
);

const resnext = comparison(
  {
    name: 'resnext',
    summary: "the chapter's ResNet-18 beside the same of its ResNeXt blocks",
    claim:
      'Dive into Deep Learning 1.0.3, section 8.6.5: groups of a ResNeXt block need fewer multiplications than one dense convolution. Xie et al. (arXiv 1611.05431), table 3: at equal ones, more groups do better (ImageNet, error: ResNet-50 23.9 %, ResNeXt-50 22.2 %).',
  },
  {
    models: ['d2l-resnet18', 'd2l-resnext18'],
    resize: [48, 48],
    training: { limit: 4000 },
  },
);

const highway = comparison(
  {
    name: 'highway',
    summary: 'a residual network beside a highway network and a plain one, of 20 layers',
    claim:
      'Dive into Deep Learning 1.0.3, section 8.6: highway networks share the motivation, "albeit without the elegant parametrization around the identity function". He et al. (arXiv 1512.03385), table 6 (CIFAR-10, test error): Highway of 19 layers 7.54 %, ResNet-20 8.75 %.',
  },
  { models: ['cifar-plain20', 'highway20', 'cifar-resnet20'] },
);

const blocks = comparison(
  {
    name: 'blocks',
    summary: 'residual, Inception and VGG blocks at equal multiplications',
    claim:
      'Dive into Deep Learning 1.0.3, section 8.6.4 and exercise 1: a residual network is simpler than GoogLeNet, and its blocks resemble Inception ones; which differences matter is the question.',
  },
  { models: ['cifar-vgg', 'cifar-inception', 'cifar-resnet20'] },
);

const order = comparison(
  {
    name: 'order',
    summary: 'post-activation beside pre-activation blocks, in 20 and in 56 layers',
    claim:
      'He et al. (arXiv 1603.05027), table 3: pre-activation makes deep networks easier to train (CIFAR-10, test error: ResNet-110 6.61 %, pre-activation 6.37 %; of 164 layers 5.93 % and 5.46 %); exercise 4 of the chapter.',
  },
  { models: ['cifar-resnet20', 'cifar-resnetv2-20', 'cifar-resnet56', 'cifar-resnetv2-56'] },
);

/** All comparisons by name. */
export const comparisons = { depth, resnext, highway, blocks, order } as const;
