import fc from 'fast-check';

/** A whole number from 0 up to a limit, the same ones for a seed. */
export type Draw = (below: number) => number;

/** Marsaglia's xorshift, 32 bits: good enough to choose a byte. */
export function drawsOf(seed: number): Draw {
  let state = seed | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

/** Of the whole input. */
export const MOST_BYTES = 16_384;
const MOST_CHANGES = 6;
const MOST_PIECE = 64;
const NUMBERS = [
  0,
  1,
  2,
  7,
  8,
  127,
  128,
  255,
  256,
  32_767,
  32_768,
  65_535,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
];
const LONG_NUMBERS = [2n ** 53n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 64n - 1n];
/** JSON that JSON.stringify never writes, or readers trip over. */
const TEXTS = [
  ...['null', 'true', '-1', '0', '-0', '1.5', '1e400', '9007199254740993', '1e-400', '{}', '[]', '""'],
  ...['"__proto__"', '"constructor"', '"\\u0000"', '"\\ud800"', '"\\n"', '[[[[[[[[]]]]]]]]'],
  `"${'x'.repeat(300)}"`,
];

/** Changes inputs, with words that the parser's source knows. */
export class Mutator {
  readonly #draw: Draw;
  readonly #words: readonly Uint8Array[];
  readonly #texts: readonly string[];

  constructor(draw: Draw, words: readonly (string | number)[], seed: number) {
    this.#draw = draw;
    this.#words = words.flatMap(encodings);
    const values = fc.sample(fc.jsonValue({ maxDepth: 2 }), { numRuns: 200, seed });
    this.#texts = [
      ...TEXTS,
      ...words.map((word) => JSON.stringify(word)),
      ...values.map((value) => JSON.stringify(value)),
    ];
  }

  /** One to six changes of bytes; `other` is where pieces come from. */
  bytes(input: Uint8Array, other: Uint8Array): Uint8Array {
    let bytes = input;
    for (let left = 1 + this.#draw(MOST_CHANGES); left > 0; left--) bytes = this.#change(bytes, other);
    return bytes.subarray(0, MOST_BYTES);
  }

  /** The same of JSON, whose values, keys and their order change; undefined for what is none. */
  json(input: Uint8Array): Uint8Array | undefined {
    let text = new TextDecoder().decode(input);
    try {
      JSON.parse(text);
    } catch {
      return undefined;
    }
    for (let left = 1 + this.#draw(3); left > 0; left--) text = this.#changeValue(text);
    return new TextEncoder().encode(text).subarray(0, MOST_BYTES);
  }

  #change(bytes: Uint8Array, other: Uint8Array): Uint8Array {
    const draw = this.#draw;
    const at = draw(bytes.length + 1);
    const length = Math.min(1 + draw(draw(4) === 0 ? MOST_PIECE : 4), bytes.length - at);
    const [before, piece, after] = [
      bytes.subarray(0, at),
      bytes.subarray(at, at + length),
      bytes.subarray(at + length),
    ];
    const word = this.#words.length > 0 ? this.#words[draw(this.#words.length)]! : Uint8Array.of(draw(256));
    const from = draw(other.length + 1);
    const borrowed = other.subarray(from, from + 1 + draw(MOST_PIECE));
    switch (draw(13)) {
      case 0:
        return joined(
          before,
          piece.slice().map((byte, i) => (i === 0 ? byte ^ (1 << draw(8)) : byte)),
          after,
        );
      case 1:
        return joined(
          before,
          piece.slice().map(() => draw(256)),
          after,
        );
      case 2:
        return joined(
          before,
          piece.slice().map((byte) => byte + draw(9) - 4),
          after,
        );
      case 3:
        return joined(before, after);
      case 4:
        return joined(before, piece, piece, after);
      case 5:
        return joined(before, word, bytes.subarray(at));
      case 6:
        return joined(before, word, bytes.subarray(at + word.length));
      case 7:
        return joined(before, this.#number(), bytes.subarray(at));
      case 8: {
        const number = this.#number();
        return joined(before, number, bytes.subarray(at + number.length));
      }
      case 9:
        return joined(before, borrowed, bytes.subarray(at));
      case 10:
        return joined(before, borrowed, bytes.subarray(at + borrowed.length));
      case 11:
        return draw(4) === 0 ? before : joined(bytes, borrowed);
      default:
        return joined(before, new Uint8Array(piece.length).fill([0, 32, 255][draw(3)]!), after);
    }
  }

  /** One that is often a limit, in bytes of either order, or in digits. */
  #number(): Uint8Array {
    const draw = this.#draw;
    const bytes = new Uint8Array([1, 2, 4, 8][draw(4)]!);
    const view = new DataView(bytes.buffer);
    const value = draw(3) === 0 ? draw(300) : NUMBERS[draw(NUMBERS.length)]!;
    const isLittle = draw(2) === 0;
    if (draw(6) === 0) return new TextEncoder().encode(String(value));
    if (bytes.length === 1) view.setUint8(0, value);
    else if (bytes.length === 2) view.setUint16(0, value, isLittle);
    else if (bytes.length === 4) view.setUint32(0, value, isLittle);
    else if (draw(2) === 0) view.setBigUint64(0, LONG_NUMBERS[draw(LONG_NUMBERS.length)]!, isLittle);
    else view.setBigUint64(0, BigInt(value), isLittle);
    return bytes;
  }

  #changeValue(text: string): string {
    const draw = this.#draw;
    const spans = [...text.matchAll(/"(?:\\.|[^"\\])*"|-?\d[\d.eE+-]*|true|false|null|[[{][^[\]{}]*[\]}]/g)];
    const span = spans[draw(Math.max(1, spans.length))];
    if (span === undefined) return this.#texts[draw(this.#texts.length)]!;
    const { 0: value, index } = span;
    const [before, after] = [text.slice(0, index), text.slice(index + value.length)];
    const fresh = this.#texts[draw(this.#texts.length)]!;
    const other = spans[draw(spans.length)]![0];
    switch (draw(6)) {
      case 0:
        return `${before}${other}${after}`;
      case 1:
        return `${before}${value},${fresh}${after}`;
      case 2:
        return `${before}${value},${fresh}:${other}${after}`;
      case 3: // without it, and the comma or the key before it
        return `${before.replace(/,?("[^"]*":)?$/, '')}${after}`;
      default:
        return `${before}${fresh}${after}`;
    }
  }
}

/** One after another. */
export function joined(...parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** A word as a file may hold it: a text as it is, a number in one to eight bytes. */
function encodings(word: string | number): Uint8Array[] {
  if (typeof word === 'string') {
    return word === '' ? [] : [Uint8Array.from(Buffer.from(word, 'latin1')), new TextEncoder().encode(word)];
  }
  if (!Number.isInteger(word) || word < 0 || word >= 2 ** 32) return [new TextEncoder().encode(String(word))];
  if (word < 256) return [Uint8Array.of(word)];
  return [true, false].map((isLittle) => {
    const bytes = new Uint8Array(word < 65_536 ? 2 : 4);
    const view = new DataView(bytes.buffer);
    if (bytes.length === 2) view.setUint16(0, word, isLittle);
    else view.setUint32(0, word, isLittle);
    return bytes;
  });
}
