import type * as tf from '@tensorflow/tfjs-core';
import { BlocksError } from '../error.js';

/** The length of x's last axis; throws unless x has these axes. */
export function inputChannels(x: tf.Tensor, axes: readonly string[], layer: string): number {
  const channels = x.shape[axes.length - 1];
  if (x.rank === axes.length && channels !== undefined) return channels;
  throw new BlocksError('SHAPE', {
    where: layer,
    expected: `an input [${axes.join(', ')}]`,
    received: `one of shape [${x.shape}]`,
    fix: 'Give an input with these axes.',
  });
}

/** Throws unless a layer's number of channels is a positive integer. */
export function assertChannelCount(channels: number, layer: string): void {
  if (Number.isInteger(channels) && channels >= 1) return;
  throw new BlocksError('OPTION', {
    where: `${layer}: channels`,
    expected: 'a positive integer',
    received: String(channels),
    fix: 'Give the number of channels that come out.',
  });
}

export const PICTURES = ['B', 'H', 'W', 'C'] as const;
export const ROWS = ['B', 'C'] as const;
