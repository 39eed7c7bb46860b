import { decodeSafetensors, openSafetensors } from '../../../../packages/weights/src/decode.js';
import { encodeSafetensors } from '../../../../packages/weights/src/encode.js';
import { sourceOfBytes } from '../../../../packages/weights/src/stored.js';
import type { Target } from '../parser.ts';
import { eachOf, fixture, requireSame } from './inputs.ts';

export const target: Target = {
  seeds: () => [
    fixture('packages/weights/fixtures/python.safetensors'),
    encodeSafetensors(
      new Map([
        ['stem.weight', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
        ['step', { dtype: 'I32', shape: [], data: Int32Array.of(7) }],
        ['empty', { dtype: 'U8', shape: [0, 5], data: new Uint8Array(0) }],
      ]),
      { epoch: '1', note: 'a "quoted" \\ text' },
    ),
    new Uint8Array(7),
    Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0, 0x7b, 0x7d),
  ],
  parse: (bytes) =>
    eachOf(
      () => {
        const { tensors, metadata } = decodeSafetensors(bytes);
        const written = encodeSafetensors(tensors, metadata);
        const again = decodeSafetensors(written);
        requireSame(encodeSafetensors(again.tensors, again.metadata), written, 'safetensors');
      },
      async () => {
        for (const { read } of (await openSafetensors(sourceOfBytes(bytes, 'model'))).tensors.values())
          await read();
      },
    ),
  /** The header's length is the place of its last brace. */
  repair: (bytes) => {
    const file = Buffer.from(bytes);
    const end = file.lastIndexOf('}') + 1;
    if (end > 8) file.writeBigUInt64LE(BigInt(end - 8));
    return Uint8Array.from(file);
  },
  words: [
    '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
    '"__metadata__":{"k":"v"}',
    '\\u0061',
    '\\"',
  ],
};
