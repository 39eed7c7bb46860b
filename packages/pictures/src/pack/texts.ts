/** Texts, one after another in UTF-8: some bytes each, where strings would take eighty. */
export class Texts {
  /** Of all, and room for more. */
  bytes: Uint8Array;
  /** Where each ends. */
  readonly ends: Uint32Array;

  /** @param ends with room for as many texts as `set` will be given */
  constructor(ends: Uint32Array, bytes: Uint8Array = new Uint8Array(0)) {
    this.ends = ends;
    this.bytes = bytes;
  }

  at(i: number): string {
    return decoder.decode(this.bytes.subarray(this.#start(i), this.ends[i]!));
  }

  /** Each in its turn, from the first on. */
  set(i: number, text: string): void {
    const start = this.#start(i);
    const bytes = encoder.encode(text);
    const end = start + bytes.length;
    if (end > this.bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.bytes.set(bytes, start);
    this.ends[i] = end;
  }

  /** The first ones alone, with no more memory than they take. */
  first(length: number): Texts {
    const ends = this.ends.slice(0, length);
    return new Texts(ends, this.bytes.slice(0, length === 0 ? 0 : ends[length - 1]));
  }

  #start(i: number): number {
    return i === 0 ? 0 : this.ends[i - 1]!;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
