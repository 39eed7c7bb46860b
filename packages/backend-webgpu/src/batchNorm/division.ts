import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import { unsigned } from '../shader.js';

/** How x [..., C] falls into workgroups: a function of its shape alone, as it decides the order of the sums. */
export interface Division {
  rows: number;
  channels: number;
  /** Channels of a workgroup: a power of 2. */
  width: number;
  channelTiles: number;
  /** Parts of the rows in a pass that reduces. Each workgroup of the second pass adds them all up again: few. */
  parts: number;
  rowsPerPart: number;
  /** Blocks of rows in a pass that writes. */
  blocks: number;
  rowsPerBlock: number;
}

const MOST_PARTS = 128;
const WORKGROUPS = 1024;
/** Fewer would not be worth a workgroup. */
const ROWS_PER_THREAD = 16;

export function divide(x: TensorInfo): Division {
  const channels = x.shape[x.shape.length - 1]!;
  const rows = util.sizeFromShape(x.shape) / channels;
  const width = Math.min(64, 2 ** Math.ceil(Math.log2(channels)));
  const channelTiles = Math.ceil(channels / width);
  const useful = Math.ceil(rows / ((256 / width) * ROWS_PER_THREAD));
  const rowsPerPart = Math.ceil(rows / Math.min(useful, MOST_PARTS));
  const rowsPerBlock = Math.ceil(rows / Math.min(useful, Math.ceil(WORKGROUPS / channelTiles)));
  return {
    ...{ rows, channels, width, channelTiles },
    ...{ parts: Math.ceil(rows / rowsPerPart), rowsPerPart },
    ...{ blocks: Math.ceil(rows / rowsPerBlock), rowsPerBlock },
  };
}

export const divisionParameters = unsigned(
  ...(['rows', 'channels', 'channelTiles', 'parts', 'rowsPerPart', 'blocks', 'rowsPerBlock'] as const),
);
