import { crc32 } from 'node:zlib';
import type { RawPicture } from '@residual/data';
import { channelsOf } from '../grey.js';
import type { PackEntry } from '../pack/packIndex.js';
import type { DecodedPicture } from './decode.js';
import { measured } from './measured.js';

/** What is known of a picture once it is decoded, and its pixels. */
export type Decoded = Omit<PackEntry, 'path' | 'stamp' | 'label' | 'part'> & {
  readonly pixels: Uint8Array | Uint8ClampedArray;
};

/**
 * What a pack keeps of a decoded picture.
 *
 * @param stored as of `storedForm`
 * @param sha256 of its file
 */
export function keptPicture(
  original: DecodedPicture,
  stored: (picture: RawPicture) => RawPicture,
  sha256: Uint8Array,
): Decoded {
  const kept = stored(original);
  const { data, width, height } = kept;
  return {
    sha256,
    originalWidth: original.width,
    originalHeight: original.height,
    ...measured(kept),
    notes: original.notes,
    crc32: crc32(data),
    picture: { width, height, channels: channelsOf(kept) },
    pixels: data,
  };
}
