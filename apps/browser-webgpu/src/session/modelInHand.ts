import { dispose, layerSummary } from '@residual/blocks';
import type { RawPicture } from '@residual/data';
import { featurePaths } from '@residual/inspect';
import shipped from '@residual/pretrained/files/resnet20-fashion-mnist.safetensors?url';
import { decodeModel, encodeModel, type ModelFacts, type TaskInput, taskInput } from '@residual/runs';
import type { Classifier } from '@residual/trainer';
import type * as tf from '@tensorflow/tfjs-core';
import type { NetworkFacts, Provenance } from './session.js';

/** The network that questions are about. */
export class ModelInHand {
  /** How any picture becomes one that it sees. */
  readonly input: TaskInput;

  constructor(
    readonly model: Classifier,
    readonly facts: ModelFacts,
    readonly provenance: Provenance,
    /** Steps it was trained for, where that is known. */
    public step: number | null = null,
  ) {
    this.input = taskInput(facts.task);
  }

  /** The network's input [1, H, W, C] for a picture. Belongs to the caller. */
  inputOf(picture: RawPicture): tf.Tensor4D {
    const { fit, prepare, shape } = this.input;
    return prepare({ images: fit(picture), shape: [1, ...shape] });
  }

  describe(): NetworkFacts {
    const { task, model } = this.facts;
    const { height, width, channels } = task.picture;
    const inputShape = [1, height, width, channels] as const;
    const { layers, parameters } = layerSummary(this.model, inputShape);
    return {
      name: model.name,
      provenance: this.provenance,
      step: this.step,
      data: task.data.name,
      isLightOnDark: task.steps.some(({ name }) => name === 'lightOnDark'),
      classNames: task.classNames,
      parameters,
      layers,
      paths: featurePaths(this.model, inputShape).map(({ path }) => path),
    };
  }

  /** As a safetensors file. */
  encode(): Promise<Uint8Array> {
    return encodeModel(this.model, this.facts);
  }

  dispose(): void {
    dispose(this.model);
  }
}

/**
 * The network of a model file.
 *
 * @throws RunsError `MODEL` or `VERSION`, WeightsError when it's something else or damaged.
 */
export function readModel(
  bytes: Uint8Array,
  where: string,
  provenance: Provenance,
  step: number | null = null,
): ModelInHand {
  const { model, facts } = decodeModel(bytes, where);
  return new ModelInHand(model, facts, provenance, step);
}

/** The trained network that comes with the page. */
export async function shippedModel(): Promise<ModelInHand> {
  const response = await fetch(shipped);
  if (!response.ok) throw new Error(`The network that comes with the page: HTTP status ${response.status}.`);
  return readModel(
    new Uint8Array(await response.arrayBuffer()),
    'resnet20-fashion-mnist.safetensors',
    'shipped',
  );
}
