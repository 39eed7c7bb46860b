/** An array as NumPy writes it. */
export function npyOf(
  shape: readonly number[],
  data: Uint8Array,
  { type = '|u1', order = 'False' } = {},
): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': ${order}, 'shape': (${shape.join(', ')}${shape.length === 1 ? ',' : ''}), }`;
  const header = `${text.padEnd(117)}\n`;
  return new Uint8Array(
    Buffer.concat([
      Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
      Buffer.of(header.length & 255, header.length >> 8),
      Buffer.from(header),
      data,
    ]),
  );
}
