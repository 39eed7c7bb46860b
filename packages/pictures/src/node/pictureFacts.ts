import { createHash } from 'node:crypto';
import { type Normalize, normalizationOfMoments, type RawPicture } from '@residual/data';
import { toColor } from '../grey.js';
import { decodePicture } from './decode.js';
import type { Files } from './files.js';

/** What is known of a picture after it was decoded once. */
export interface PictureFacts {
  /** In pixels. */
  readonly shortSide: number;
  readonly isGrey: boolean;
  /** Mean levels of red, green and blue, then the means of their squares. */
  readonly moments: Float64Array;
  /** SHA-256 of the file. */
  readonly hash: Uint8Array;
}

/** @throws what reading and decoding the file throw. */
export async function factsOf(files: Files, path: string): Promise<PictureFacts> {
  const bytes = await files.read(path);
  const picture = await decodePicture(bytes, { where: path });
  return {
    ...levelsOf(picture),
    shortSide: Math.min(picture.width, picture.height),
    hash: createHash('sha256').update(bytes).digest(),
  };
}

function levelsOf(picture: RawPicture): Pick<PictureFacts, 'isGrey' | 'moments'> {
  const { data } = toColor(picture);
  const sums = new Float64Array(6);
  let isGrey = true;
  for (let at = 0; at < data.length; at += 3) {
    const [red, green, blue] = [data[at]!, data[at + 1]!, data[at + 2]!];
    if (red !== green || red !== blue) isGrey = false;
    sums[0]! += red;
    sums[1]! += green;
    sums[2]! += blue;
    sums[3]! += red * red;
    sums[4]! += green * green;
    sums[5]! += blue * blue;
  }
  return { isGrey, moments: sums.map((sum) => sum / (data.length / 3)) };
}

/** Each picture counts the same, whatever its size; summed in order, so that the result is always the same. */
export function normalizationOfFacts(pictures: readonly PictureFacts[], channels: 1 | 3): Normalize {
  const means = Array.from({ length: 6 }, (_, i) => {
    const sum = pictures.reduce((total, { moments }) => total + moments[i]!, 0);
    return sum / pictures.length;
  });
  return normalizationOfMoments(means.slice(0, channels), means.slice(3, 3 + channels));
}
