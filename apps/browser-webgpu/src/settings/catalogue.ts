import type { ModelName } from '@residual/models';
import type { RecipeName } from '@residual/recipes';
import { defaultPictures } from '../defaults.js';
import type { Settings } from '../session/session.js';

// What there is to choose from. The packages' own tables would bring TensorFlow.js to the page's main thread;
// catalogue.test.ts compares these with them.

type RecipeFacts = Pick<Settings, 'model' | 'batchSize' | 'learningRate' | 'epochs' | 'seed'> & {
  label: string;
  /** One line below it. */
  summary: string;
};

export const recipeFacts: Record<RecipeName, RecipeFacts> = {
  quick: {
    label: 'Quick',
    summary: 'A small network and a modern schedule, also without a GPU',
    model: 'resnet20',
    batchSize: 128,
    learningRate: 0.2,
    epochs: 16,
    seed: 0,
  },
  d2l: {
    label: 'The chapter',
    summary: 'Section 8.6 of Dive into Deep Learning, exactly; wants a GPU',
    model: 'd2l-resnet18',
    batchSize: 128,
    learningRate: 0.01,
    epochs: 10,
    seed: 0,
  },
};

/** The networks that the page offers, with their parameters, the smallest first. */
export const modelLabels = {
  resnet20: 'ResNet-20 (0.27 M)',
  'd2l-resnet18': 'Chapter’s ResNet-18 (11 M)',
  'resnext50-32x4d': 'ResNeXt-50 (23 M)',
} satisfies Partial<Record<ModelName, string>>;

export const dataLabels = {
  [defaultPictures.name]: defaultPictures.label,
  own: 'Your own IDX files',
} satisfies Record<Settings['data'], string>;

export const recipeNames = Object.keys(recipeFacts) as RecipeName[];
export const modelNames = Object.keys(modelLabels) as (keyof typeof modelLabels)[];
export const dataNames = Object.keys(dataLabels) as Settings['data'][];
export const backendNames = ['auto', 'webgpu', 'simd'] as const satisfies readonly Settings['backend'][];
