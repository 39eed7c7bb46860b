/** What `inflate` throws, as its caller wants it said. */
export interface InflateErrors {
  /** The bytes end before the content does. */
  early(): Error;
  /** There is more content than allowed. */
  long(): Error;
  /** They make no sense; the reason in zlib's words. */
  damaged(reason: string): Error;
}

export interface InflateOptions {
  /** Where the compressed bytes begin. */
  start: number;
  /** How many bytes the content says it has: the room it is given at first. */
  size: number;
  /** The most it may have. */
  maxBytes: number;
  errors: InflateErrors;
}

/**
 * A code's table: for each `bits` that may come next, 16 symbol + length of its code; 0 where no code begins so. One lookup
 * for a symbol.
 */
interface Codes {
  readonly table: Uint16Array;
  readonly maxLength: number;
}

/** The order in which a block gives the lengths of the code lengths' own code. Source: RFC 1951, section 3.2.7. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Of symbols 257 to 285, and of the distances' symbols: the least value, and how many bits are added. Source: section 3.2.5. */
const LENGTHS = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195,
  227, 258,
];
const DISTANCES = [
  1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
  6145, 8193, 12289, 16385, 24577,
];
const lengthBits = (symbol: number): number => (symbol < 8 || symbol === 28 ? 0 : (symbol >> 2) - 1);
const distanceBits = (symbol: number): number => (symbol < 4 ? 0 : (symbol >> 1) - 1);

/**
 * The content of a deflate stream, and where it ends. Source: RFC 1951.
 *
 * Of its own because a page would bring all of pako, which compresses too, for this.
 */
export function inflate(
  bytes: Uint8Array,
  { start, size, maxBytes, errors }: InflateOptions,
): { content: Uint8Array; end: number } {
  let at = start;
  /** Bits that are read and not used yet, the next one lowest. */
  let bits = 0;
  let count = 0;
  let content = new Uint8Array(Math.min(size, maxBytes));
  let length = 0;
  let fixed: [Codes, Codes] | undefined;

  /** The next bits as a number; 16 at most. */
  function take(wanted: number): number {
    while (count < wanted) {
      if (at === bytes.length) throw errors.early();
      bits |= bytes[at++]! << count;
      count += 8;
    }
    const value = bits & ((1 << wanted) - 1);
    bits >>>= wanted;
    count -= wanted;
    return value;
  }

  function symbolOf({ table, maxLength }: Codes, unknown: string): number {
    while (count < maxLength && at < bytes.length) {
      bits |= bytes[at++]! << count;
      count += 8;
    }
    const entry = table[bits & (table.length - 1)]!;
    const taken = entry & 15;
    if (taken > count || (taken === 0 && count < maxLength)) throw errors.early();
    if (taken === 0) throw errors.damaged(unknown);
    bits >>>= taken;
    count -= taken;
    return entry >> 4;
  }

  /** Room for as many bytes more. */
  function grow(wanted: number): void {
    if (length + wanted > maxBytes) throw errors.long();
    const larger = new Uint8Array(Math.min(maxBytes, Math.max(2 * content.length, length + wanted)));
    larger.set(content);
    content = larger;
  }

  function stored(): void {
    bits = 0; // what is left of its byte says nothing; no whole byte is read ahead here
    count = 0;
    if (at + 4 > bytes.length) throw errors.early();
    const size = bytes[at]! | (bytes[at + 1]! << 8);
    const complement = bytes[at + 2]! | (bytes[at + 3]! << 8);
    if (size !== (complement ^ 0xffff)) throw errors.damaged('invalid stored block lengths');
    at += 4;
    const part = bytes.subarray(at, at + size);
    if (length + part.length > content.length) grow(part.length);
    content.set(part, length);
    length += part.length;
    at += part.length;
    if (part.length < size) throw errors.early();
  }

  function compressed(symbols: Codes, distances: Codes): void {
    for (;;) {
      const symbol = symbolOf(symbols, 'invalid literal/length code');
      if (symbol < 256) {
        if (length === content.length) grow(1);
        content[length++] = symbol;
        continue;
      }
      if (symbol === 256) return;
      if (symbol > 285) throw errors.damaged('invalid literal/length code');
      const size = LENGTHS[symbol - 257]! + take(lengthBits(symbol - 257));
      const far = symbolOf(distances, 'invalid distance code');
      if (far > 29) throw errors.damaged('invalid distance code');
      const distance = DISTANCES[far]! + take(distanceBits(far));
      if (distance > length) throw errors.damaged('invalid distance too far back');
      if (length + size > content.length) grow(size);
      // Byte by byte: what is copied may have just been written.
      for (const end = length + size; length < end; length++) content[length] = content[length - distance]!;
    }
  }

  /** The two codes that a block brings with it. */
  function codesOfBlock(): [Codes, Codes] {
    const symbols = take(5) + 257;
    const distances = take(5) + 1;
    const given = take(4) + 4;
    if (symbols > 286 || distances > 30) throw errors.damaged('too many length or distance symbols');
    const own = new Uint8Array(19);
    for (const symbol of ORDER.slice(0, given)) own[symbol] = take(3);
    const ofLengths = codesOf(own, true) ?? refuse('invalid code lengths set');
    const lengths = new Uint8Array(symbols + distances);
    for (let i = 0; i < lengths.length; ) {
      const symbol = symbolOf(ofLengths, 'invalid code lengths set');
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw errors.damaged('invalid bit length repeat');
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times = symbol === 16 ? 3 + take(2) : symbol === 17 ? 3 + take(3) : 11 + take(7);
      if (i + times > lengths.length) throw errors.damaged('invalid bit length repeat');
      lengths.fill(value, i, i + times);
      i += times;
    }
    if (lengths[256] === 0) throw errors.damaged('invalid code -- missing end-of-block');
    return [
      codesOf(lengths.subarray(0, symbols)) ?? refuse('invalid literal/lengths set'),
      codesOf(lengths.subarray(symbols)) ?? refuse('invalid distances set'),
    ];
  }

  function refuse(reason: string): never {
    throw errors.damaged(reason);
  }

  for (let isLast = false; !isLast; ) {
    isLast = take(1) === 1;
    const type = take(2);
    if (type === 3) throw errors.damaged('invalid block type');
    at -= count >> 3; // whole bytes that were read ahead
    count &= 7;
    bits &= (1 << count) - 1;
    if (type === 0) stored();
    else if (type === 2) compressed(...codesOfBlock());
    else {
      fixed ??= fixedCodes();
      compressed(...fixed);
    }
  }
  return { content: content.subarray(0, length), end: at - (count >> 3) };
}

/** Source: RFC 1951, section 3.2.6. */
function fixedCodes(): [Codes, Codes] {
  const symbols = Uint8Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  );
  return [codesOf(symbols)!, codesOf(new Uint8Array(32).fill(5))!];
}

/**
 * The code with these lengths, 0 for symbols without one; undefined if there is none. As in zlib a code may be incomplete only if it has
 * one symbol, of one bit, or none: then whoever reads it fails.
 */
function codesOf(lengths: Uint8Array, isComplete = false): Codes | undefined {
  const maxLength = Math.max(...lengths);
  const next = new Uint32Array(16); // the first code of each length. Source: RFC 1951, section 3.2.2
  let free = 1;
  for (let length = 1, code = 0; length <= maxLength; length++) {
    const used = lengths.reduce((sum, each) => sum + (each === length ? 1 : 0), 0);
    next[length] = code;
    code = (code + used) << 1;
    free = 2 * free - used;
    if (free < 0) return undefined;
  }
  if (free > 0 && maxLength > 0 && (isComplete || maxLength > 1)) return undefined;
  const table = new Uint16Array(1 << maxLength);
  for (const [symbol, length] of lengths.entries()) {
    if (length === 0) continue;
    const code = next[length]!++;
    let reversed = 0; // codes come highest bit first, all else lowest
    for (let bit = 0; bit < length; bit++) reversed |= ((code >> bit) & 1) << (length - 1 - bit);
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  }
  return { table, maxLength };
}
