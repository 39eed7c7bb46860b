import { npyStart } from '../../../../packages/data/src/npz.js';
import { makeZip } from '../../../../packages/data/test/makeZip.js';
import { openWeights } from '../../../../packages/weights/src/open.js';
import { sourceOfBytes } from '../../../../packages/weights/src/stored.js';
import { openZip } from '../../../../packages/weights/src/zip/archive.js';
import { zipFile } from '../../../../packages/weights/test/zipFile.js';
import type { Target } from '../parser.ts';
import { eachOf, fixture, repairZip, text } from './inputs.ts';

const array = Buffer.concat([npyStart('<f4', [2]), Buffer.alloc(8)]);

export const target: Target = {
  seeds: () => [
    ...['stored.npz', 'deflated.npz'].map((name) => fixture(`packages/weights/fixtures/${name}`)),
    Uint8Array.from(zipFile({ 'a.npy': array, 'b.npy': array })),
    makeZip([{ name: 'a.npy', data: array, zip64: true }]),
    makeZip([{ name: 'a.npy', data: array, encrypted: true }]),
    makeZip([{ name: 'a.txt', data: array }]),
    zip64End(),
    ...['<html>', 'version https://git-lfs', '\x89HDF', '{}', ''].map(text),
    Uint8Array.of(0x1f, 0x8b, 8),
    Uint8Array.from(Buffer.concat([Buffer.alloc(257), Buffer.from('ustar\0')])),
  ],
  parse: (bytes) =>
    eachOf(
      async () => {
        for (const { read } of (await openWeights(sourceOfBytes(bytes, 'model'))).tensors.values())
          await read();
      },
      async () => {
        for (const record of (await openZip(sourceOfBytes(bytes, 'model'))).values()) {
          await eachOf(
            () => record.read(0, Math.min(1, record.size)),
            () => record.unpack(Math.min(7, record.size)),
          );
        }
      },
    ),
  repair: repairZip,
};

/** Whose end says that another end says it. */
function zip64End(): Uint8Array {
  const whole = zipFile({ 'a.npy': array });
  const end = whole.length - 22;
  const large = Buffer.alloc(56);
  large.writeUInt32LE(0x06064b50);
  large.writeBigUInt64LE(1n, 32);
  large.writeBigUInt64LE(BigInt(whole.readUInt32LE(end + 12)), 40);
  large.writeBigUInt64LE(BigInt(whole.readUInt32LE(end + 16)), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50);
  locator.writeBigUInt64LE(BigInt(end), 8);
  const last = Buffer.from(whole.subarray(end));
  last.writeUInt16LE(0xffff, 10);
  return Uint8Array.from(Buffer.concat([whole.subarray(0, end), large, locator, last]));
}
