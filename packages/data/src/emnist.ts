import type { PictureShape } from './dataset.js';
import { DataError } from './error.js';

/** Of a file of class names. */
const MOST_MAPPING = 2 ** 20;

/** The label of the first class, and what the classes are called from there on. */
export interface Numbering {
  readonly first: number;
  readonly names: readonly string[];
}

/** EMNIST's pictures have their rows for columns. */
export function transposed(
  images: Uint8Array,
  [height, width, channels]: PictureShape,
): { images: Uint8Array; shape: PictureShape } {
  const upright = new Uint8Array(images.length);
  const picture = height * width * channels;
  for (let start = 0; start < images.length; start += picture) {
    for (let pixel = 0; pixel < height * width; pixel++) {
      const [y, x] = [pixel % height, Math.floor(pixel / height)];
      for (let channel = 0; channel < channels; channel++) {
        upright[start + pixel * channels + channel] = images[start + (y * width + x) * channels + channel]!;
      }
    }
  }
  return { images: upright, shape: [width, height, channels] };
}

/** Lines of a label and either the code points of its characters (EMNIST) or its name. */
export function classNamesOf(bytes: Uint8Array, file: string): Numbering {
  const lines = new TextDecoder()
    .decode(bytes.subarray(0, MOST_MAPPING))
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const rows = lines.map((line) => /^\s*(\d+)\s+(.+?)\s*$/.exec(line));
  rows.sort((a, b) => Number(a?.[1]) - Number(b?.[1]));
  const first = Number(rows[0]?.[1]);
  const wrong = rows.findIndex((row, i) => row === null || Number(row[1]) !== first + i);
  if (wrong >= 0 || first > 1 || rows.length === 0) {
    throw new DataError('FORMAT', {
      where: file,
      expected:
        'lines of a label and its name, or the codes of its characters; labels from 0 or 1 on, each once',
      received: JSON.stringify(lines[Math.max(0, wrong)]?.slice(0, 40) ?? ''),
      fix: 'Correct the file, or give classNames.',
    });
  }
  const isCodes = rows.every((row) =>
    row![2]!.split(/\s+/).every((code) => /^\d+$/.test(code) && Number(code) <= 0x10ffff),
  );
  const names = rows.map((row) =>
    isCodes ? String.fromCodePoint(...row![2]!.split(/\s+/).map(Number)) : row![2]!,
  );
  return { first, names };
}
