// The coded data of a scan (ITU-T T.81, annex F.2.2): Huffman codes, each followed by the bits of a coefficient.

/** Codes of so many bits are found in one look. An entry: 8 bits each of the code's and its coefficient's together, the code's, the
 * coefficient's; how many zeros come before it. */
const LOOK: i32 = 10;
/** What a table takes: the look; for codes of 11 to 16 bits where they end (as 16 bits) and where their symbols are; the symbols. */
const ENDS: usize = 4 << LOOK;
const PLACES: usize = ENDS + 4 * 17;
const SYMBOLS: usize = PLACES + 4 * 17;
export const TABLE_BYTES: usize = SYMBOLS + 256;
/** Zeros behind the data: no block is longer. */
export const BEYOND: usize = 512;

/** How many zeros a code without a coefficient tells of; otherwise the block ends. */
const SIXTEEN_ZEROS: i32 = 15;
/** The highest symbols of 8-bit pictures: the zeros before a coefficient and its bits, of the first, and of the others (tables F.1, F.2). */
export const MOST_OF_FIRST: i32 = 0x0b;
export const MOST_OF_OTHERS: i32 = 0xfa;

/** Where the coefficients lie in a block of int16, in bytes, in the order in which they come (figure 5); no run leads further. */
const ORDER = memory.data<u8>([
  0, 2, 16, 32, 18, 4, 6, 20, 34, 48, 64, 50, 36, 22, 8, 10,
  24, 38, 52, 66, 80, 96, 82, 68, 54, 40, 26, 12, 14, 28, 42, 56,
  70, 84, 98, 112, 114, 100, 86, 72, 58, 44, 30, 46, 60, 74, 88, 102,
  116, 118, 104, 90, 76, 62, 78, 92, 106, 120, 122, 108, 94, 110, 124, 126,
  126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126,
]);

// The bits not read yet, the first one highest, of which `count` are counted; the eight bytes to take bits from next. The data lie
// backwards, so that the first byte of eight is the highest.
let held: u64 = 0;
let count: i32 = 0;
let next: usize = 0;
let first: usize = 0;
let last: usize = 0;

/** Where a coefficient lies in a block, in bytes. */
export function placeOf(k: i32): usize {
  return <usize>load<u8>(ORDER + <usize>k);
}

/**
 * Makes a table of the codes that a file defines.
 *
 * @param lengths how many codes have 1 to 16 bits, a byte each; the symbols follow
 * @param mostOf of a symbol: `MOST_OF_FIRST`, `MOST_OF_OTHERS`
 * @returns whether the codes are possible
 */
export function buildTable(table: usize, lengths: usize, symbolCount: i32, mostOf: i32): bool {
  for (let i = 0; i < symbolCount; i++) {
    const symbol = <i32>load<u8>(lengths + 16 + <usize>i);
    if (symbol > mostOf || (symbol & 15) > (mostOf & 15)) return false;
  }
  memory.fill(table, 0, SYMBOLS);
  memory.copy(table + SYMBOLS, lengths + 16, <usize>symbolCount);
  let code: i32 = 0;
  let symbol: i32 = 0;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    store<i32>(table + PLACES + 4 * <usize>length, symbol - code);
    for (let left = <i32>load<u8>(lengths + <usize>(length - 1)); left > 0; left--, code++, symbol++) {
      if (code >= (1 << length) - 1) return false; // all ones are no code
      if (length <= LOOK) enter(table, code, length, <i32>load<u8>(table + SYMBOLS + <usize>symbol));
    }
    store<i32>(table + ENDS + 4 * <usize>length, code << (16 - length));
  }
  return true;
}

/** Enters a code for all bits that may follow it. */
function enter(table: usize, code: i32, length: i32, symbol: i32): void {
  const spare = LOOK - length;
  const start = table + 4 * <usize>(code << spare);
  for (let i: usize = 0; i < 1 << spare; i++) store<i32>(start + 4 * i, entryOf(length, symbol));
}

function entryOf(length: i32, symbol: i32): i32 {
  const size = symbol & 15;
  return (length + size) | (length << 8) | (size << 16) | ((symbol >> 4) << 24);
}

/** Begins with data whose first byte lies at `top`, the next one before it, and so on to `bottom`; zeros lie beyond. */
export function begin(top: usize, bottom: usize): void {
  held = 0;
  count = 0;
  first = top - 7;
  next = first;
  last = bottom;
}

/** Whether all was read, but for the bits that fill the last byte. */
export function isAtEnd(): bool {
  const read = 8 * <i32>(first - next) - count;
  const bytes = <i32>(first + 7 - last) + 1;
  return read <= 8 * bytes && read > 8 * (bytes - 1);
}

/**
 * Reads a block's coefficients.
 *
 * @param block 64 int16, of which the first becomes its difference to the one before
 * @returns the place of the last coefficient that may not be 0; -1 for what no encoder writes
 */
export function readBlock(block: usize, ofFirst: usize, ofOthers: usize): i32 {
  let bits = held;
  let n = count;
  let at = next;
  if (at + BEYOND / 2 < last) return -1;
  const zero = i64x2.splat(0);
  v128.store(block, zero);
  v128.store(block, zero, 16);
  v128.store(block, zero, 32);
  v128.store(block, zero, 48);
  v128.store(block, zero, 64);
  v128.store(block, zero, 80);
  v128.store(block, zero, 96);
  v128.store(block, zero, 112);

  bits |= load<u64>(at) >> n;
  at -= <usize>((63 - n) >> 3);
  n |= 56;
  let entry = load<i32>(ofFirst + (<usize>(bits >> (64 - LOOK)) << 2));
  if (entry == 0) entry = longCode(ofFirst, <i32>(bits >> 48));
  if (entry == 0) return -1;
  if (sizeOf(entry) > 0) store<i16>(block, coefficient(bits, entry));
  bits <<= entry & 0xff;
  n -= entry & 0xff;
  let k = 1;
  for (; k < 64; k++) {
    if (n < 32) {
      bits |= load<u64>(at) >> n;
      at -= <usize>((63 - n) >> 3);
      n |= 56;
    }
    entry = load<i32>(ofOthers + (<usize>(bits >> (64 - LOOK)) << 2));
    if (entry == 0) entry = longCode(ofOthers, <i32>(bits >> 48));
    const zeros = <i32>(<u32>entry >> 24);
    if (sizeOf(entry) == 0) {
      if (entry == 0) return -1;
      if (zeros != SIXTEEN_ZEROS) {
        if (zeros != 0) return -1;
        bits <<= entry & 0xff;
        n -= entry & 0xff;
        break;
      }
      k += zeros;
    } else {
      k += zeros;
      store<i16>(block + placeOf(k), coefficient(bits, entry));
    }
    bits <<= entry & 0xff;
    n -= entry & 0xff;
  }
  if (k > 64) return -1;
  held = bits;
  count = n;
  next = at;
  return k - 1;
}

// @ts-ignore: decorator
@inline
function sizeOf(entry: i32): i32 {
  return (entry >> 16) & 0xff;
}

/** The coefficient behind a code (F.2.2.1, `EXTEND`): of those with as many bits, the lower half is below 0. */
// @ts-ignore: decorator
@inline
function coefficient(bits: u64, entry: i32): i16 {
  const size = sizeOf(entry);
  const own = bits << <u64>((entry >> 8) & 0xff);
  const isNegative = ~<i32>(<i64>own >> 63);
  return <i16>(<i32>(own >> <u64>(64 - size)) + (isNegative & ((-1 << size) + 1)));
}

/** An entry, of a code of more bits than are looked at; 0 for none. */
function longCode(table: usize, bits: i32): i32 {
  for (let length = LOOK + 1; length <= 16; length++) {
    if (bits >= load<i32>(table + ENDS + 4 * <usize>length)) continue;
    const place = load<i32>(table + PLACES + 4 * <usize>length) + (bits >> (16 - length));
    return entryOf(length, <i32>load<u8>(table + SYMBOLS + <usize>place));
  }
  return 0;
}

/**
 * Copies coded data backwards, without the zeros that stand behind bytes of 255 (B.1.1.5), up to a marker.
 *
 * @returns where the marker is; 0 where there's none
 */
export function unstuffed(from: usize, end: usize, top: usize): usize {
  const backwards = i8x16(15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
  const ones = i8x16.splat(-1);
  let to = top;
  for (;;) {
    while (from + 16 <= end) {
      const bytes = v128.load(from);
      const marks = i8x16.bitmask(i8x16.eq(bytes, ones));
      v128.store(to - 15, i8x16.swizzle(bytes, backwards));
      const whole = marks == 0 ? 16 : <usize>ctz(marks);
      from += whole;
      to -= whole;
      if (marks != 0) break;
    }
    if (from + 2 > end) return 0;
    const byte = load<u8>(from);
    if (byte == 0xff && load<u8>(from + 1) != 0) break;
    store<u8>(to--, byte);
    from += byte == 0xff ? 2 : 1;
  }
  memory.fill(to + 1 - BEYOND, 0, BEYOND);
  begin(top, to + 1);
  return from;
}
