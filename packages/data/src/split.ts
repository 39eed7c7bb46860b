import * as v from 'valibot';
import { DataError } from './error.js';
import { PARTS, type Part, type Shares } from './part.js';
import { validate } from './validate.js';

/** Which picture is in which part: plain JSON, the file that keeps pictures where they are. */
export interface Split {
  readonly version: 1;
  readonly seed: number;
  readonly shares: Shares;
  /** The pattern of `groupsBy`; null where pictures are in no groups. */
  readonly group: string | null;
  /** By the SHA-256 of a picture's file; in the order in which they became known. */
  readonly parts: Readonly<Record<string, Part>>;
}

const SPLIT_VERSION = 1;

/** SHA-256, as a key of a split. */
export const keyPattern = /^[0-9a-f]{64}$/;
const share = v.pipe(v.number(), v.minValue(0), v.maxValue(100));

/** A valibot schema of shares: three numbers from 0 to 100 that come to 100, the first above 0. */
export const sharesSchema: v.GenericSchema<unknown, Shares> = v.pipe(
  v.strictTuple([share, share, share]),
  v.check(
    ([train, validation, test]) => Math.abs(train + validation + test - 100) < 1e-6,
    'three numbers that come to 100',
  ),
  v.check(([train]) => train > 0, 'more than 0 pictures to train on'),
);

/** A valibot schema of a seed. */
export const seedSchema = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const splitSchema = v.strictObject({
  version: v.literal(SPLIT_VERSION),
  seed: seedSchema,
  shares: sharesSchema,
  group: v.nullable(v.pipe(v.string(), v.nonEmpty())),
  parts: v.record(
    v.pipe(v.string(), v.regex(keyPattern, '64 hexadecimal digits in lower case')),
    v.picklist(PARTS),
  ),
});

/**
 * Reads a split as its file has it: JSON.
 *
 * @param where The file, for errors.
 * @throws DataError `VERSION` when it has another version than 1, `FORMAT` naming what is wrong.
 */
export function parseSplit(text: string, where: string): Split {
  const value = jsonOf(text);
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined;
  const fix = 'Put the file back as it was, or delete it: then the parts are computed anew.';
  if (typeof version === 'number' && version !== SPLIT_VERSION) {
    throw new DataError('VERSION', {
      where: `${where}: version`,
      expected: `a split of version ${SPLIT_VERSION}`,
      received: `${version}`,
      fix: version > SPLIT_VERSION ? 'A newer Residual wrote it: install that one.' : fix,
    });
  }
  return validate(splitSchema, value, where, { fix }) as Split;
}

/** What is no JSON is no split either. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 40);
  }
}
