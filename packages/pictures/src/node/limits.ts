import * as v from 'valibot';

/** What no picture may exceed: a small file can claim to have far more pixels than it has bytes, or take for ever. */
export interface DecodeLimits {
  /** The most pixels. Default 120 million, a large camera's. */
  readonly maxPixels?: number;
  /** The most bytes of a file. Default 256 MiB. */
  readonly maxBytes?: number;
  /** The most seconds that decoding takes; no honest picture within the other limits takes as long. Default 30. */
  readonly seconds?: number;
}

const MOST: Required<DecodeLimits> = { maxPixels: 120_000_000, maxBytes: 256 * 2 ** 20, seconds: 30 };

/** These limits, and the usual ones where none is said. */
export function limitsOf({
  maxPixels = MOST.maxPixels,
  maxBytes = MOST.maxBytes,
  seconds = MOST.seconds,
}: DecodeLimits): Required<DecodeLimits> {
  return { maxPixels, maxBytes, seconds };
}

const count = v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)));

/** What a row can say of them. */
export const limitParameters = {
  maxPixels: count,
  maxBytes: count,
  seconds: v.optional(v.pipe(v.number(), v.gtValue(0), v.maxValue(3600))),
};
