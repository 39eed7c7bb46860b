/** What pictures are for: to learn from, to choose settings by, and to judge what was chosen, once, at the end. */
export type Part = 'train' | 'validation' | 'test';

/** In the order of their shares. */
export const PARTS: readonly Part[] = ['train', 'validation', 'test'];

/** How many of a hundred pictures go into each part. */
export type Shares = readonly [train: number, validation: number, test: number];

/** Unless someone says otherwise. */
export const SHARES: Shares = [80, 10, 10];

/** A picture's brightness in 8 rows of 8 places, a byte each: enough to know a copy by, however it was saved. */
export type Fingerprint = Uint8Array;

/** What decides in which part a picture is. */
export interface SplitPicture {
  /** Its class. */
  readonly label: number;
  /** SHA-256 of its file, as 64 hexadecimal digits in lower case. */
  readonly key: string;
  /** The person, patient or object that it shows: all of its pictures are in one part. */
  readonly group?: string;
  /** As `fingerprint` of `@residual/pictures` makes them; without it only equal files are alike. */
  readonly fingerprint?: Fingerprint;
}
