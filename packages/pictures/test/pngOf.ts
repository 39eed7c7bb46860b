import { crc32, deflateSync } from 'node:zlib';

interface Content {
  width?: number;
  height?: number;
  /** One level a pixel instead of three. */
  isGrey?: boolean;
  /** Data of chunks before the picture, by their names. */
  before?: readonly (readonly [name: string, data: Uint8Array])[];
  /** Packed rows. Default: those of one red pixel. */
  rows?: Uint8Array;
}

/** A PNG of 8 bits, in RGB or grey, with whatever lies it tells. */
export function pngOf({ width = 1, height = 1, isGrey = false, before = [], rows }: Content): Uint8Array {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 8, isGrey ? 0 : 2, 0, 0, 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return new Uint8Array(
    Buffer.concat([
      Buffer.from('89504e470d0a1a0a', 'hex'),
      chunk('IHDR', header),
      ...before.map(([name, data]) => chunk(name, data)),
      chunk('IDAT', rows ?? deflateSync(Buffer.of(0, 255, 0, 0))),
      chunk('IEND', new Uint8Array(0)),
    ]),
  );
}

function chunk(name: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(name), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  body.copy(framed, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
