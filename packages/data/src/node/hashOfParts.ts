import { createHash } from 'node:crypto';
import type { PictureDataset } from '../dataset.js';
import { PARTS } from '../part.js';
import type { DataParts } from '../source.js';

/** The SHA-256, in hexadecimal, of all pictures and labels of a data set in memory: which pictures they are, wherever they lie. */
export function hashOfParts(parts: DataParts<PictureDataset>): string {
  const hash = createHash('sha256');
  for (const part of PARTS) {
    const pictures = parts[part];
    if (pictures === undefined) continue;
    const { images, labels, shape } = pictures;
    hash.update(JSON.stringify([part, labels.length, shape]));
    hash.update(Uint32Array.from(labels)).update(images);
  }
  return hash.digest('hex');
}
