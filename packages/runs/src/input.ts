import {
  type DataParts,
  isSource,
  type PictureDataset,
  PictureLoader,
  type PictureLoaderOptions,
  type PictureShape,
  type Pictures,
  type RawPicture,
  SourceLoader,
  type Step,
  type Task,
} from '@residual/data';
import { augmentationsOf, isCropped, keptKey, preparation, sizeAfter, trainingOf } from '@residual/pictures';
import { type BatchSource, type Prepare, pictureInput, type TrainingData } from '@residual/trainer';
import type * as tf from '@tensorflow/tfjs-core';
import type { RunConfig } from './config.js';
import { RunsError } from './error.js';
import { type RunParts, runParts } from './runParts.js';

/** How any picture becomes a network's input. */
export interface TaskInput {
  /** Of a picture that is kept: before the device resizes it, where it does. */
  shape: PictureShape;
  /** The task's steps that make it; the one that the device does isn't among them. */
  steps: readonly Step[];
  /** These steps, from any picture to the bytes of one that is kept. */
  fit(picture: RawPicture): Uint8Array;
  /** From kept pictures [B, h, w, C], as bytes, to the network's input [B, H, W, C]. */
  prepare: Prepare;
}

/**
 * Works a task's steps: a last bilinear `stretch` of pictures that have one size by then runs on the device, in batches, which
 * gives the same bytes; all others on the host.
 *
 * @example
 * const { fit, prepare, shape } = taskInput(task);
 * const x = prepare({ images: fit(photo), shape: [1, ...shape] });
 */
export function taskInput({ picture, steps, normalize }: Task): TaskInput {
  const last = steps.at(-1);
  const before = sizeAfter(steps.slice(0, -1));
  const isOnDevice = last !== undefined && isBilinearStretch(last) && before !== undefined;
  const hostSteps = isOnDevice ? steps.slice(0, -1) : steps;
  const [height, width] = isOnDevice ? before : [picture.height, picture.width];
  return {
    shape: [height, width, picture.channels],
    steps: hostSteps,
    fit: preparation({ picture: { ...picture, height, width }, steps: hostSteps }),
    prepare: pictureInput({
      resize: isOnDevice ? [picture.height, picture.width] : undefined,
      normalize: normalize ?? undefined,
    }),
  };
}

/** Pictures of any size as a network's input, in one batch [B, H, W, C], which belongs to the caller. */
export function inputOf(pictures: readonly RawPicture[], { fit, prepare, shape }: TaskInput): tf.Tensor4D {
  const size = shape[0] * shape[1] * shape[2];
  const images = new Uint8Array(pictures.length * size);
  pictures.forEach((picture, i) => {
    images.set(fit(picture), i * size);
  });
  return prepare({ images, shape: [pictures.length, ...shape] });
}

function isBilinearStretch({ name, interpolation = 'bilinear' }: Step): boolean {
  return name === 'stretch' && interpolation === 'bilinear';
}

/** What a run trains on and validates with. */
export interface RunData extends TrainingData {
  train: BatchSource;
  validation?: BatchSource;
  /** Of one picture as the network sees it. */
  inputShape: PictureShape;
  /** The pictures themselves. */
  parts: RunParts;
}

/**
 * Batches of the pictures that a run trains on and validates with, as {@link runParts} has them.
 *
 * @throws RunsError `DATA` when the data's classes are not the task's; DataError for pictures that don't fit.
 */
export function runData(config: RunConfig, data: DataParts): RunData {
  const { task, training } = config;
  const { batchSize } = training;
  const { picture } = task;
  const input = taskInput(task);
  const parts = runParts(config, data);
  const { train, validation } = parts;
  return {
    train: trainingBatches(train, input, training),
    ...(validation && { validation: batchesOf(validation, input, { batchSize }) }),
    prepare: input.prepare,
    inputShape: [picture.height, picture.width, picture.channels],
    parts,
  };
}

/** Batches of training: cropped by the task's steps, or by the training's in their place. */
function trainingBatches(
  pictures: Pictures,
  input: TaskInput,
  { augment: rows, batchSize, seed, dropLast, balance }: RunConfig['training'],
): BatchSource {
  const sampling = balance === 'sampler' ? 'sampler' : 'none'; // a loss that balances takes the pictures as they come
  const options = { batchSize, shuffle: { seed }, dropLast, balance: sampling } as const;
  if (!isCropped(rows)) return batchesOf(pictures, input, { ...options, augment: augmentationsOf(rows) });
  requireKept(pictures, input);
  const uncropped = { ...options, picture: input.shape, augment: trainingOf(input.steps, rows) };
  return isSource(pictures) ? new SourceLoader(pictures, uncropped) : new PictureLoader(pictures, uncropped);
}

/**
 * Batches of pictures as a task's steps leave them: of pictures in memory at once, of others as they are read.
 *
 * @throws RunsError `DATA` for a source that reads pictures for another task's steps; DataError as the loaders of `@residual/data`.
 */
export function batchesOf(pictures: Pictures, input: TaskInput, options: PictureLoaderOptions): BatchSource {
  requireKept(pictures, input);
  if (!isSource(pictures)) return new PictureLoader(fitDataset(pictures, input), options);
  return new SourceLoader(pictures, { ...options, picture: input.shape, prepare: input.fit });
}

/** A data set in memory as a task's steps leave it: the same one where they change nothing. */
export function fitDataset(dataset: PictureDataset, { fit, shape }: TaskInput): PictureDataset {
  const [height, width, channels] = dataset.shape;
  const bytes = height * width * channels;
  const size = shape[0] * shape[1] * shape[2];
  const isSameShape = dataset.shape.every((length, i) => length === shape[i]);
  let fitted = isSameShape ? undefined : new Uint8Array(dataset.length * size);
  for (let i = 0; i < dataset.length; i++) {
    const data = dataset.images.subarray(i * bytes, (i + 1) * bytes);
    const result = fit({ data, width, height });
    if (fitted === undefined) {
      if (result === data || result.every((byte, at) => byte === data[at])) continue;
      fitted = new Uint8Array(dataset.images); // a copy: the data set belongs to the caller
    }
    fitted.set(result, i * size);
  }
  return fitted === undefined ? dataset : { ...dataset, images: fitted, shape };
}

/** A pack has pictures as one task's resize leaves them: another would train on enlarged ones and nobody would know. */
function requireKept(pictures: Pictures, { steps }: TaskInput): void {
  if (!isSource(pictures) || pictures.steps === undefined) return;
  const [expected, received] = [keptKey(steps), keptKey(pictures.steps)];
  if (expected === received) return;
  throw new RunsError('DATA', {
    where: pictures.name,
    expected: `pictures as the task's steps leave them: ${expected}`,
    received: `pictures for ${received}`,
    fix: 'Load them for the task: loadSource(row, { fit: () => task }).',
  });
}
