import { dispose, layerSummary } from '@residual/blocks';
import type { PictureBatch } from '@residual/data';
import { featurePaths } from '@residual/inspect';
import type { ResNet } from '@residual/models';
import { type Recipe, recipeInput } from '@residual/recipes';
import type { Prepare } from '@residual/trainer';
import type * as tf from '@tensorflow/tfjs-core';
import type { ModelFacts } from './session.js';

/** The side of the pictures that networks here are trained on. */
export const SIDE = 28;

/** The network that questions are about. */
export class ModelInHand {
  constructor(
    readonly model: ResNet,
    readonly recipe: Recipe,
    readonly classNames: readonly string[],
    readonly provenance: ModelFacts['provenance'],
    /** Steps it was trained for, where that is known. */
    public step: number | null,
  ) {}

  get prepare(): Prepare {
    return recipeInput(this.recipe);
  }

  /** The network's input [1, h, w, 1] for a picture of 28 x 28 bytes. Belongs to the caller. */
  input(pixels: Uint8Array): tf.Tensor4D {
    const batch: Pick<PictureBatch, 'images' | 'shape'> = { images: pixels, shape: [1, SIDE, SIDE, 1] };
    return this.prepare(batch);
  }

  get inputShape(): [number, number, number, number] {
    return [1, ...this.recipe.inputSize, 1] as [number, number, number, number];
  }

  facts(): ModelFacts {
    const { layers, parameters } = layerSummary(this.model, this.inputShape);
    const { recipe, classNames, provenance, step } = this;
    const paths = featurePaths(this.model, this.inputShape).map(({ path }) => path);
    return { name: recipe.model, provenance, step, classNames, parameters, layers, paths };
  }

  dispose(): void {
    dispose(this.model);
  }
}
