import { HASH_BYTES, MOMENTS } from '../pack/packIndex.js';
import type { Decoded } from './keptPicture.js';

/** Of one picture: what is kept of larger ones doesn't come by shared memory. */
const SLOT_BYTES = 2 ** 20;
const FINGERPRINT_BYTES = 64;
const HASH = MOMENTS * Float64Array.BYTES_PER_ELEMENT;
const FINGERPRINT = HASH + HASH_BYTES;
const PIXELS = FINGERPRINT + FINGERPRINT_BYTES;

/** What a message says of a picture in a slot. */
export type SlotFacts = Pick<Decoded, 'originalWidth' | 'originalHeight' | 'isGrey' | 'crc32' | 'picture'>;

/** Memory that threads share, for so many pictures. What is never used of it, the system does not give. */
export function slotMemory(count: number): SharedArrayBuffer {
  return new SharedArrayBuffer(count * SLOT_BYTES);
}

/**
 * Puts a picture into its slot.
 *
 * @returns the rest of what there is to say of it; undefined for one that is too large
 */
export function toSlot(memory: SharedArrayBuffer, slot: number, made: Decoded): SlotFacts | undefined {
  if (PIXELS + made.pixels.length > SLOT_BYTES) return undefined;
  const { moments, sha256, fingerprint, pixels } = partsOf(memory, slot, made.pixels.length);
  moments.set(made.moments);
  sha256.set(made.sha256);
  fingerprint.set(made.fingerprint);
  pixels.set(made.pixels);
  const { originalWidth, originalHeight, isGrey, crc32, picture } = made;
  return { originalWidth, originalHeight, isGrey, crc32, picture };
}

/** A picture where it lies in its slot. */
export function inSlot(memory: SharedArrayBuffer, slot: number, facts: SlotFacts): Decoded {
  const { width, height, channels } = facts.picture;
  return { ...facts, ...partsOf(memory, slot, width * height * channels), notes: [] };
}

function partsOf(memory: SharedArrayBuffer, slot: number, pixelBytes: number) {
  const at = slot * SLOT_BYTES;
  return {
    moments: new Float64Array(memory, at, MOMENTS),
    sha256: new Uint8Array(memory, at + HASH, HASH_BYTES),
    fingerprint: new Uint8Array(memory, at + FINGERPRINT, FINGERPRINT_BYTES),
    pixels: new Uint8Array(memory, at + PIXELS, pixelBytes),
  };
}
