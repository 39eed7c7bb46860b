/** Of a JPEG (ITU-T T.81, table B.1): baseline and extended frames, whose scans hold all 64 coefficients; start of scan. */
const SEQUENTIAL_FRAMES = [0xc0, 0xc1];
const START_OF_SCAN = 0xda;
/** The end of its header: first and last coefficient, and the bits of successive approximation (B.2.3). */
const WHOLE = [0, 63, 0];

/**
 * A copy of a sequential JPEG whose first scan says that it holds something else than coefficients 0 to 63, made to say so, as each such
 * scan does. Some cameras (Samsung's) write 0 to 0, which decoders warn of and ignore; strict as they should be with damage, they would
 * refuse it. Anything else comes back as it is.
 */
export function withWholeScan(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sequential = false;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    const end = at + 2 + view.getUint16(at + 2); // a segment's length counts itself, not its marker
    if (SEQUENTIAL_FRAMES.includes(marker)) sequential = true;
    if (marker === START_OF_SCAN) {
      const isWhole = WHOLE.every((byte, i) => bytes[end - WHOLE.length + i] === byte);
      if (!sequential || isWhole || end > bytes.length) break;
      const copy = Uint8Array.from(bytes);
      copy.set(WHOLE, end - WHOLE.length);
      return copy;
    }
    at = end;
  }
  return bytes;
}

/** Brands of an AVIF file (AV1 Image File Format 1.1, 6): a sequence of pictures, a picture. */
const SEQUENCE = 'avis';
const PICTURE = 'avif';

/** A copy of an AVIF sequence that calls itself a picture: as one, its primary item, its first frame is decoded. */
export function asStill(bytes: Uint8Array): Uint8Array {
  if (!isSequence(bytes)) return bytes;
  const copy = Uint8Array.from(bytes);
  copy.set(Buffer.from(PICTURE), 8);
  return copy;
}

/** How many frames an AVIF file has: of a sequence, the samples in its table of sizes (ISO/IEC 14496-12, 8.7.3). */
export function framesOfAvif(bytes: Uint8Array): number {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const table = isSequence(bytes) ? file.indexOf('stsz', file.indexOf('moov')) : -1;
  return table >= 0 && table + 16 <= file.length ? file.readUInt32BE(table + 12) : 1;
}

function isSequence(bytes: Uint8Array): boolean {
  return String.fromCharCode(...bytes.subarray(8, 12)) === SEQUENCE;
}
