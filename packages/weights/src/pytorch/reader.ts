import { WeightsError, type WeightsErrorCode } from '../error.js';

/** A pickle's bytes end before it does: perhaps not all of the file's were given. */
export class PickleCutOff extends Error {}

const MOST_LINE = 300;

/** Reads a pickle's numbers and texts from left to right. */
export class PickleReader {
  position = 0;
  readonly #view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    /** The file and the part of it, for errors. */
    readonly where: string,
  ) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  error(
    expected: string,
    received: string,
    code: WeightsErrorCode = 'FORMAT',
    fix = 'Download or save the file again.',
  ): WeightsError {
    return new WeightsError(code, { where: `${this.where}, byte ${this.position}`, expected, received, fix });
  }

  /** Passes `count` bytes, and gives the place of the first. */
  #pass(count: number): number {
    if (this.position + count > this.bytes.length) throw new PickleCutOff();
    this.position += count;
    return this.position - count;
  }

  uint8(): number {
    return this.#view.getUint8(this.#pass(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#pass(2), true);
  }

  int32(): number {
    return this.#view.getInt32(this.#pass(4), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#pass(4), true);
  }

  /** An unsigned length of 8 bytes. */
  length64(): number {
    const value = Number(this.#view.getBigUint64(this.#pass(8), true));
    if (!Number.isSafeInteger(value)) throw this.error('a length up to 2^53 - 1', `${value}`);
    return value;
  }

  /** Python writes floats as big-endian. */
  float64(): number {
    return this.#view.getFloat64(this.#pass(8));
  }

  /** A whole number of `count` bytes, two's complement: a BigInt where a number would round it. */
  long(count: number): number | bigint {
    const begin = this.#pass(count);
    let value = 0n;
    for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.bytes[begin + i]!);
    const signed = BigInt.asIntN(8 * count, value);
    return BigInt.asIntN(53, signed) === signed ? Number(signed) : signed;
  }

  take(count: number): Uint8Array {
    const begin = this.#pass(count);
    return this.bytes.subarray(begin, begin + count);
  }

  text(count: number): string {
    const bytes = new Uint8Array(this.take(count)); // a copy, since text decoders refuse shared memory
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw this.error('text in UTF-8', 'other bytes');
    }
  }

  /** Up to the end of the line, which is passed. */
  line(): string {
    const end = this.bytes.subarray(this.position, this.position + MOST_LINE).indexOf(0x0a);
    if (end >= 0) return this.text(end + 1).slice(0, -1);
    if (this.bytes.length - this.position < MOST_LINE) throw new PickleCutOff();
    throw this.error(`a name of at most ${MOST_LINE} characters`, 'a longer one');
  }
}
