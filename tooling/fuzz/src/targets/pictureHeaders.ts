import { otherKind, pictureKind, pngChunks } from '../../../../packages/pictures/src/fileKinds.js';
import { jpegFacts, jpegHeader } from '../../../../packages/pictures/src/node/jpegHeader.js';
import { asStill, framesOfAvif, withWholeScan } from '../../../../packages/pictures/src/node/repair.js';
import { webpWithoutOrientation } from '../../../../packages/pictures/src/webpOrientation.js';
import type { Target } from '../parser.ts';
import { fixture, text } from './inputs.ts';

const starts = [
  ...[
    '\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR',
    'GIF89a',
    'RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0',
    '\0\0\0\x1cftypavis\0\0\0\0avifmif1heic',
  ],
  ...['\0\0\0\x14ftypheic\0\0\0\0mif1', '\0\0\0\x14ftypcrx \0\0\0\0mif1', '\0\0\0\x14ftypisom\0\0\0\0mp42'],
  ...[
    'II*\0\x10\0\0\0CR\x02\0',
    'IIU\0\x08\0\0\0',
    'IIRO\x08\0\0\0',
    'MM\0*\0\0\0\x08\0\0',
    'BM\0\0\0\0\0\0\0\0\0\0\0\0\x28\0\0\0',
  ],
  ...[
    '%PDF-1.7',
    'PK\x03\x04',
    '8BPS',
    '\xff\x0a',
    '<?xml version="1.0"?><svg>',
    '<!DOCTYPE html>',
    'version https://git-lfs',
  ],
];

/** TIFF's directory with a maker's name and directories below it. */
function tiff(tags: [tag: number, value: number][], make = 'NIKON\0\0\0'): Uint8Array {
  const bytes = Buffer.alloc(10 + 12 * tags.length + 4 + make.length);
  bytes.write('II*\0', 'latin1');
  bytes.writeUInt32LE(8, 4);
  bytes.writeUInt16LE(tags.length, 8);
  for (const [i, [tag, value]] of tags.entries()) {
    bytes.writeUInt16LE(tag, 10 + 12 * i);
    bytes.writeUInt16LE(3, 12 + 12 * i);
    bytes.writeUInt32LE(1, 14 + 12 * i);
    bytes.writeUInt32LE(value, 18 + 12 * i);
  }
  bytes.write(make, bytes.length - make.length, 'latin1');
  return Uint8Array.from(bytes);
}

function jpeg(...segments: [marker: number, ...content: (number | string)[]][]): Uint8Array {
  const parts = segments.map(([marker, ...content]) => {
    const bytes = Buffer.concat(
      content.map((one) => (typeof one === 'number' ? Buffer.of(one) : Buffer.from(one, 'latin1'))),
    );
    return Buffer.concat([Buffer.of(0xff, marker, (bytes.length + 2) >> 8, (bytes.length + 2) & 255), bytes]);
  });
  return Uint8Array.from(Buffer.concat([Buffer.of(0xff, 0xd8), ...parts]));
}

const frame = (marker: number): [number, ...number[]] => [marker, 8, 0, 9, 0, 7, 1, 1, 0x11, 0];
const scan: [number, ...number[]] = [0xda, 1, 1, 0, 0, 0, 0];
const orientation = (value: number) =>
  `Exif\0\0${Buffer.from(tiff([[0x112, value]], '')).toString('latin1')}`;

function webp(exif: Uint8Array): Uint8Array {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(exif.length);
  return Uint8Array.from(
    Buffer.concat([
      Buffer.from('RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\x08\0\0\0\0\0\0\0\0\0EXIF', 'latin1'),
      size,
      exif,
    ]),
  );
}

export const target: Target = {
  seeds: () => [
    ...starts.map((start) => Uint8Array.from(Buffer.from(start, 'latin1'))),
    ...[[50_706], [330, 271], [271]].map((tags) => tiff(tags.map((tag) => [tag, 10 + 12 * tags.length + 4]))),
    jpeg(frame(0xc0), scan),
    jpeg([0xe1, orientation(6)], frame(0xc2), scan),
    jpeg([0xe2, 'ICC_PROFILE\0\x01\x01', 1], frame(0xc1), [0xda, 1, 1, 0, 0, 63, 0]),
    webp(tiff([[274, 6]], '')),
    webp(Uint8Array.from(Buffer.from(orientation(3), 'latin1'))),
    fixture('packages/pictures/fixtures/jpegs/coarse.jpg'),
    text('\0\0\0\x14ftypavis\0\0\0\0moov\0\0\0\x20stsz\0\0\0\0\0\0\0\0\0\0\0\x07'),
  ],
  parse: async (bytes) => {
    pictureKind(bytes);
    otherKind(bytes);
    pngChunks(bytes);
    jpegHeader(bytes);
    const facts = jpegFacts(bytes);
    if (facts && !(facts.orientation >= 1 && facts.orientation <= 8))
      throw new Error(`orientation ${facts.orientation}`);
    withWholeScan(bytes);
    asStill(bytes);
    framesOfAvif(bytes);
    const { orientation: turned } = await webpWithoutOrientation(
      new Blob([bytes as Uint8Array<ArrayBuffer>]),
    );
    if (!Number.isInteger(turned)) throw new Error(`orientation ${turned}`);
  },
};
