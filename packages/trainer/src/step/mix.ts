import type { PictureBatch } from '@residual/data';
import { beta, randomStream } from '@residual/random';
import * as tf from '@tensorflow/tfjs-core';
import type { Prepare } from '../data.js';
import { notNegativeInteger, positive, requireNumber, TrainerError } from '../error.js';
import type { Loss } from './loss.js';

/** How the pictures of a batch are mixed with one another, and their labels with them: plain data. */
export type Mix = {
  readonly name: 'mixup' | 'cutmix';
  /** Of the beta distribution from which the share of the own picture is drawn. */
  readonly alpha: number;
  /** Decides the shares, and where pictures are cut. */
  readonly seed: number;
};

interface MixOptions {
  /** Above 0: small ones leave most batches nearly as they are, 1 draws any share alike. */
  alpha: number;
  /** Default 0. */
  seed?: number;
}

/**
 * mixup: each picture is a weighted mean of itself and the one before it in its batch, and so is its loss. torchvision's `MixUp`.
 *
 * Source: Zhang et al., "mixup: Beyond Empirical Risk Minimization" (arXiv 1710.09412).
 *
 * @throws TrainerError `OPTION`
 */
export function mixup({ alpha, seed = 0 }: MixOptions): Mix {
  return parseMix({ name: 'mixup', alpha, seed });
}

/**
 * CutMix: a rectangle of each picture is that of the one before it in its batch, and the loss is mixed by areas. torchvision's `CutMix`.
 *
 * Source: Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers" (arXiv 1905.04899).
 *
 * @throws TrainerError `OPTION`
 */
export function cutmix({ alpha, seed = 0 }: MixOptions): Mix {
  return parseMix({ name: 'cutmix', alpha, seed });
}

/** @throws TrainerError `OPTION` */
export function parseMix(mix: Mix): Mix {
  if (mix?.name !== 'mixup' && mix?.name !== 'cutmix') {
    const fix = 'Make it with mixup or cutmix.';
    const received = String(mix?.name);
    throw new TrainerError('OPTION', { where: 'mix: name', expected: 'mixup or cutmix', received, fix });
  }
  requireNumber(`${mix.name}: alpha`, mix.alpha, positive, 'Try 0.2, or leave it out.');
  requireNumber(`${mix.name}: seed`, mix.seed, notNegativeInteger, 'Any such number will do.');
  return { name: mix.name, alpha: mix.alpha, seed: mix.seed };
}

/** Where a batch stands in a run. */
export interface Place {
  /** From 0. */
  epoch: number;
  /** From 0, within the epoch. */
  batch: number;
}

interface Rectangle {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

/** What a batch is mixed by. */
export interface Drawn {
  /** lambda: the share of the own picture in the loss. */
  share: number;
  /** Of CutMix: what is the other's. */
  rectangle?: Rectangle;
}

/**
 * A pure function of (mix, place, size). Source: torchvision v2's `MixUp` and `CutMix`.
 *
 * @param size of the pictures as the network sees them
 */
export function drawMix(
  { name, alpha, seed }: Mix,
  { epoch, batch }: Place,
  [height, width]: readonly [number, number],
): Drawn {
  const share = beta(randomStream({ seed, purpose: name, stream: epoch }), batch, alpha, alpha);
  if (name === 'mixup') return { share };
  const places = randomStream({ seed, purpose: `${name}.place`, stream: epoch });
  return cut(share, [places.uniform(2 * batch), places.uniform(2 * batch + 1)], [height, width]);
}

/** @param center in [0, 1), of each axis */
export function cut(
  share: number,
  center: readonly [number, number],
  size: readonly [number, number],
): Drawn {
  const radius = 0.5 * Math.sqrt(1 - share);
  const range = (axis: 0 | 1): [number, number] => {
    const middle = Math.floor(center[axis] * size[axis]);
    const half = Math.trunc(radius * size[axis]);
    return [Math.max(0, middle - half), Math.min(size[axis], middle + half)];
  };
  const [top, bottom] = range(0);
  const [left, right] = range(1);
  const area = (bottom - top) * (right - left);
  return { share: 1 - area / (size[0] * size[1]), rectangle: { top, left, bottom, right } };
}

/** Bytes and labels of a batch with each picture in the place of the one after it, the last in that of the first. */
function rolled({ images, labels, shape }: Pick<PictureBatch, 'images' | 'labels' | 'shape'>) {
  const size = images.length / shape[0];
  const rolledImages = new Uint8Array(images.length);
  rolledImages.set(images.subarray(images.length - size));
  rolledImages.set(images.subarray(0, images.length - size), size);
  const rolledLabels = Int32Array.from(labels, (_, i) => labels.at(i - 1)!);
  return { images: rolledImages, labels: rolledLabels, shape };
}

export interface MixedBatch {
  /** [B, h, w, C] */
  x: tf.Tensor4D;
  /** [B], int32: those of the larger share, by which answers are counted right. */
  labels: tf.Tensor1D;
  /** What the loss is of, beside the logits. */
  targets: readonly tf.Tensor[];
  loss: LossOfTargets;
}

/** A function of its arguments alone, so that a recorded pass has it of other targets. */
export type LossOfTargets = (logits: tf.Tensor2D, targets: readonly tf.Tensor[]) => tf.Scalar;

/**
 * Mixes a batch on the device. Its tensors belong to the caller.
 *
 * The other pictures are prepared by themselves, so that whatever backend there is needs no more than sums and products.
 */
export function mixedBatch(
  batch: Pick<PictureBatch, 'images' | 'labels' | 'shape'>,
  { prepare, loss, drawn }: { prepare: Prepare; loss: Loss; drawn(size: [number, number]): Drawn },
): MixedBatch {
  const own = prepare(batch); // [B, h, w, C]
  const others = rolled(batch);
  const other = prepare(others);
  const { share, rectangle } = drawn([own.shape[1], own.shape[2]]);
  const [ownShare, otherShare] = rectangle === undefined ? shares(share) : masks(own.shape, rectangle);
  const labels = tf.tensor1d(batch.labels, 'int32');
  const otherLabels = tf.tensor1d(others.labels, 'int32');
  return {
    x: tf.add(tf.mul(own, ownShare), tf.mul(other, otherShare)),
    labels: share >= 0.5 ? labels : otherLabels,
    targets: [labels, otherLabels, ...shares(share)],
    loss: (logits, targets) => {
      const [labels, otherLabels, lambda, rest] = targets as [tf.Tensor1D, tf.Tensor1D, tf.Scalar, tf.Scalar];
      return tf.add(scaled(loss(logits, labels), lambda), scaled(loss(logits, otherLabels), rest));
    },
  };
}

/** x times a factor that has no gradient: tfjs's own product would cast it in the backward pass. */
function scaled(x: tf.Scalar, factor: tf.Scalar): tf.Scalar {
  const times = tf.customGrad((value) => ({
    value: tf.mul(value as tf.Tensor, factor),
    gradFunc: (dy) => tf.mul(dy, factor),
  }));
  return times(x) as tf.Scalar;
}

function shares(share: number): [tf.Scalar, tf.Scalar] {
  return [tf.scalar(share), tf.scalar(1 - share)];
}

/** [h, w, C] of ones for the own picture, and what they leave of 1. */
function masks(
  [, height, width, channels]: tf.Tensor4D['shape'],
  rectangle: Rectangle,
): [tf.Tensor, tf.Tensor] {
  const own = new Float32Array(height * width * channels).fill(1);
  const other = new Float32Array(own.length);
  for (let row = rectangle.top; row < rectangle.bottom; row++) {
    const start = (row * width + rectangle.left) * channels;
    const end = (row * width + rectangle.right) * channels;
    own.fill(0, start, end);
    other.fill(1, start, end);
  }
  const shape: [number, number, number] = [height, width, channels];
  return [tf.tensor3d(own, shape), tf.tensor3d(other, shape)];
}
