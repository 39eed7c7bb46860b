/** Of a JPEG (ITU-T T.81, table B.1): baseline and extended frames, whose scans hold all 64 coefficients; start of scan. */
const SEQUENTIAL_FRAMES = [0xc0, 0xc1];
const START_OF_SCAN = 0xda;

/**
 * A copy of a sequential JPEG whose first scan says that it holds coefficients 0 to 63, as each such scan does. Some cameras
 * (Samsung's) write 0 to 0, which decoders warn of and ignore; strict as they should be with damage, they would refuse it.
 * Anything else comes back as it is.
 */
export function withWholeScan(bytes: Uint8Array): Uint8Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let sequential = false;
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff; ) {
    const marker = bytes[at + 1]!;
    const end = at + 2 + view.getUint16(at + 2); // a segment's length counts itself, not its marker
    if (SEQUENTIAL_FRAMES.includes(marker)) sequential = true;
    if (marker === START_OF_SCAN) {
      if (!sequential || end > bytes.length) break;
      const copy = Uint8Array.from(bytes);
      copy.set([0, 63, 0], end - 3); // first, last, and the bits of successive approximation (B.2.3)
      return copy;
    }
    at = end;
  }
  return bytes;
}
