import type { ModelName } from '@residual/models';
import type { RecipeName } from '@residual/recipes';
import type { Settings } from '../session/session.js';

// What there is to choose from. The packages' own tables would bring TensorFlow.js to the page's main thread;
// catalogue.test.ts compares these with them.

type RecipeFacts = Pick<Settings, 'model' | 'batchSize' | 'learningRate' | 'epochs' | 'seed'> & {
  label: string;
  /** The side of the pictures that the network sees. */
  side: number;
};

export const recipeFacts: Record<RecipeName, RecipeFacts> = {
  quick: {
    label: 'Quick: small network, modern schedule',
    side: 28,
    model: 'resnet20',
    batchSize: 128,
    learningRate: 0.2,
    epochs: 10,
    seed: 0,
  },
  d2l: {
    label: 'The book chapter, exactly (wants a GPU)',
    side: 96,
    model: 'd2l-resnet18',
    batchSize: 128,
    learningRate: 0.01,
    epochs: 10,
    seed: 0,
  },
};

/** The networks that the page offers, the smallest first. */
export const modelLabels = {
  resnet20: 'ResNet-20 (0.27 million parameters)',
  'd2l-resnet18': 'ResNet-18 of the chapter (11 million)',
  'resnext50-32x4d': 'ResNeXt-50 32x4d (23 million)',
} satisfies Partial<Record<ModelName, string>>;

export const recipeNames = Object.keys(recipeFacts) as RecipeName[];
export const modelNames = Object.keys(modelLabels) as (keyof typeof modelLabels)[];
export const backendNames = ['auto', 'webgpu', 'simd'] as const satisfies readonly Settings['backend'][];
