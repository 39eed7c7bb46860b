/** Of a record: its length, the length's checksum, and after the bytes theirs. */
const [LENGTH, CHECKSUM] = [8, 4];

/**
 * Bytes as a record of TensorFlow's: length, masked CRC-32C of the length, the bytes, masked CRC-32C of them; little-endian.
 * Source: TensorFlow, "TFRecord and tf.train.Example", section "TFRecords format details".
 */
export function record(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(LENGTH + CHECKSUM + bytes.length + CHECKSUM);
  const view = new DataView(whole.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(LENGTH, maskedChecksum(whole.subarray(0, LENGTH)), true);
  whole.set(bytes, LENGTH + CHECKSUM);
  view.setUint32(LENGTH + CHECKSUM + bytes.length, maskedChecksum(bytes), true);
  return whole;
}

/** How many whole and undamaged records a file begins with, and how many bytes these are. */
export function wholeRecords(bytes: Uint8Array): { count: number; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let [count, end] = [0, 0];
  for (; end + LENGTH + CHECKSUM <= bytes.length; count++) {
    const length = Number(view.getBigUint64(end, true));
    const from = end + LENGTH + CHECKSUM;
    const to = from + length;
    if (to + CHECKSUM > bytes.length) break;
    const isWhole =
      view.getUint32(end + LENGTH, true) === maskedChecksum(bytes.subarray(end, end + LENGTH)) &&
      view.getUint32(to, true) === maskedChecksum(bytes.subarray(from, to));
    if (!isWhole) break;
    end = to + CHECKSUM;
  }
  return { count, end };
}

/** Rotated and added to, since a checksum of bytes that hold their own checksums says little. Source: as above. */
function maskedChecksum(bytes: Uint8Array): number {
  const checksum = crc32c(bytes);
  return (((checksum >>> 15) | (checksum << 17)) + 0xa282ead8) >>> 0;
}

/** Castagnoli's polynomial, its bits reversed: not the one that gzip has. */
const POLYNOMIAL = 0x82f63b78;
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = (rest >>> 1) ^ (rest & 1 ? POLYNOMIAL : 0);
  return rest;
});

/** The checksum CRC-32C of bytes. Source: RFC 3720, appendix B.4. */
export function crc32c(bytes: Uint8Array): number {
  let rest = 0xffffffff;
  for (const byte of bytes) rest = TABLE[(rest ^ byte) & 0xff]! ^ (rest >>> 8);
  return ~rest >>> 0;
}
