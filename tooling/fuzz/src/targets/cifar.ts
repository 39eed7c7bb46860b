import { cifarPictures, cifarReleases } from '../../../../packages/data/src/cifar.js';
import type { Target } from '../parser.ts';
import { eachOf } from './inputs.ts';

const classNames = (count: number) => Array.from({ length: count }, (_, i) => `class ${i}`);

export const target: Target = {
  seeds: () => [
    new Uint8Array(3073),
    new Uint8Array(3074).fill(9),
    new Uint8Array(6146),
    Uint8Array.of(0x80, 2),
  ],
  parse: (bytes) =>
    eachOf(
      ...Object.values(cifarReleases).map((release) => () => {
        const { labels } = cifarPictures([{ name: 'batch.bin', bytes }], release, {
          name: 'a/train',
          classNames: classNames(release.classes),
        });
        for (const label of labels) if (label >= release.classes) throw new Error(`a label of ${label}`);
      }),
    ),
};
