import { expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type TensorData, WeightsError } from '../src/index.js';
import { entry, file, secondsSince } from './files.js';

/** Marsaglia's xorshift, 32 bits: reproducible, and good enough to choose a byte. */
function xorshift(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const tensors = new Map<string, TensorData>([
  ['stem.weight', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
  ['step', { dtype: 'I32', shape: [], data: Int32Array.of(7) }],
  ['empty', { dtype: 'U8', shape: [0, 5], data: new Uint8Array(0) }],
]);
const seeds = [
  encodeSafetensors(tensors, { epoch: '1', note: 'a "quoted" \\ text' }),
  encodeSafetensors(tensors),
  file(`{${entry('"a"', '[1]', '[0,1]')},${entry('"b"', '[2]', '[1,3]')}}`, 3),
];
const tokens = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"',
  '\\',
  '-',
  '0',
  '1e9',
  '9007199254740993',
  'null',
  '"dtype"',
];
const snippets = [...tokens, '"shape":[1]', '"__proto__"', '"__metadata__":{}', '\u0000', 'é'];

/** One to four changes; in two files of three, the header's length is put right so that they reach the parser. */
function mutate(original: Uint8Array, draw: (below: number) => number): Uint8Array {
  let bytes = Buffer.from(original);
  const headerEnd = 8 + Number(bytes.readBigUInt64LE(0));
  for (let change = 0; change <= draw(4); change++) {
    const at = draw(6) === 0 ? draw(bytes.length + 1) : Math.min(bytes.length, 8 + draw(headerEnd - 8));
    const length = draw(12);
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)];
    const inserted = Buffer.from(snippets[draw(snippets.length)]!);
    const kind = draw(5);
    if (kind === 0 && at < bytes.length) bytes[at] = bytes[at]! ^ (1 << draw(8));
    else if (kind === 1) bytes = Buffer.concat([before, inserted, after]);
    else if (kind === 2) bytes = Buffer.concat([before, after.subarray(length)]);
    else if (kind === 3) bytes = Buffer.concat([before, after.subarray(0, length), after]);
    else if (kind === 4) bytes = Buffer.concat([before, inserted, after.subarray(inserted.length)]);
  }
  const length = headerEnd - 8 + bytes.length - original.length;
  if (bytes.length >= 8 && draw(3) > 0) bytes.writeBigUInt64LE(BigInt(Math.max(0, length)));
  return bytes;
}

it('6,000 damaged files are read or refused, never anything else', () => {
  const draw = xorshift(20240607);
  const outcomes = new Map<string, number>();
  for (let i = 0; i < 6000; i++) {
    const bytes = mutate(seeds[draw(seeds.length)]!, draw);
    const start = process.cpuUsage();
    let outcome = 'read';
    try {
      const decoded = decodeSafetensors(bytes);
      // What is read is the whole file and nothing else: written again, it is read as the same.
      const again = decodeSafetensors(encodeSafetensors(decoded.tensors, decoded.metadata));
      expect(again).toEqual(decoded);
    } catch (error) {
      if (!(error instanceof WeightsError)) throw error;
      expect(error.message).not.toContain('\n');
      outcome = error.message.replace(/\d+/g, '0').replace(/"(\\.|[^"\\])*"/g, '"..."');
    }
    expect(secondsSince(start)).toBeLessThan(5);
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  // The changes are of a size that some files survive and most of the checks are reached.
  expect(outcomes.get('read')).toBeGreaterThan(100);
  expect(outcomes.size).toBeGreaterThan(40);
});

it('every truncation of a file is refused', () => {
  for (const seed of seeds) {
    for (let length = 0; length < seed.length; length++) {
      expect(() => decodeSafetensors(seed.subarray(0, length))).toThrow(WeightsError);
    }
  }
});
