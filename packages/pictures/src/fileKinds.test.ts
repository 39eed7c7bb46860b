import { describe, expect, it } from 'vitest';
import { otherKind, pictureKind } from './fileKinds.js';

const bytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const box = (...brands: string[]) =>
  bytes(
    `\0\0\0${String.fromCharCode(16 + 4 * (brands.length - 1))}ftyp${brands[0]}\0\0\0\0${brands.slice(1).join('')}`,
  );

/** A TIFF of little-endian tags with one value each; text lies behind them. */
function tiff(tags: Record<number, number>, text = ''): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 + 2 + 12 * Object.keys(tags).length + 4 + text.length));
  const file = new Uint8Array(view.buffer);
  file.set(bytes('II*\0'));
  view.setUint32(4, 8, true);
  view.setUint16(8, Object.keys(tags).length, true);
  for (const [i, [tag, value]] of Object.entries(tags).entries()) {
    view.setUint16(10 + 12 * i, Number(tag), true);
    view.setUint32(10 + 12 * i + 8, value, true);
  }
  file.set(bytes(text), file.length - text.length);
  return file;
}
const [MAKE, SUB_IFDS, DNG_VERSION] = [271, 330, 50_706];

describe('pictureKind', () => {
  it.each([
    ['PNG', bytes('\x89PNG\r\n\x1a\n')],
    ['JPEG', bytes('\xff\xd8\xff\xe0')],
    ['GIF', bytes('GIF87a')],
    ['GIF', bytes('GIF89a')],
    ['WebP', bytes('RIFF\x10\0\0\0WEBPVP8 ')],
    ['AVIF', box('avif', 'mif1')],
    ['AVIF', box('avis', 'avif')],
    ['AVIF', box('mif1', 'miaf', 'avif')],
  ])('%s', (kind, file) => {
    expect(pictureKind(file)).toBe(kind);
    expect(otherKind(bytes('hello'))).toBeUndefined();
  });

  it.each([bytes(''), bytes('\x89PNG'), bytes('RIFF\x10\0\0\0WAVE'), box('heic', 'mif1'), bytes('\xff\xd8')])(
    'is none of them: %j',
    (file) => expect(pictureKind(file)).toBeUndefined(),
  );
});

describe('otherKind names what is not read, and how to convert it', () => {
  it.each<[string, Uint8Array, RegExp]>([
    ['a HEIC picture', box('heic', 'mif1'), /mogrify -auto-orient -format png \*\.heic .*on a Mac: sips/],
    ['a HEIC picture', box('mif1', 'heix'), /heic/],
    ['a BMP picture', bytes(`BM${'\0'.repeat(12)}\x28\0\0\0`), /\*\.bmp/],
    ['a TIFF picture', tiff({ 256: 10 }), /\*\.tif/],
    ['a TIFF picture', bytes('MM\0*\0\0\0\x08'), /\*\.tif/],
    ['a TIFF picture', bytes('II+\0\x08\0\0\0'), /\*\.tif/],
    ['a RAW photograph (CR2)', bytes('II*\0\x10\0\0\0CR\x02\0'), /\*\.cr2/],
    ['a RAW photograph (CR3)', box('crx ', 'isom'), /\*\.cr3/],
    ['a RAW photograph (NEF)', tiff({ [MAKE]: 38, [SUB_IFDS]: 0 }, 'NIKON'), /\*\.nef/],
    ['a RAW photograph (ARW)', tiff({ [MAKE]: 38, [SUB_IFDS]: 0 }, 'SONY'), /\*\.arw/],
    ['a TIFF picture', tiff({ [MAKE]: 26 }, 'SONY'), /\*\.tif/],
    ['a RAW photograph (DNG)', tiff({ [DNG_VERSION]: 1 }), /\*\.dng/],
    ['a RAW photograph (RAF)', bytes('FUJIFILMCCD-RAW 0201'), /\*\.raf/],
    ['a RAW photograph (RW2)', bytes('IIU\0\x18\0\0\0'), /\*\.rw2/],
    ['a RAW photograph (ORF)', bytes('IIRO\x08\0\0\0'), /\*\.orf/],
    ['an SVG drawing', bytes('<svg xmlns="http://www.w3.org/2000/svg"/>'), /\*\.svg/],
    ['an SVG drawing', bytes('\xef\xbb\xbf\n<?xml version="1.0"?>\n<!-- x --><SVG>'), /\*\.svg/],
    ['a PDF document', bytes('%PDF-1.7'), /\*\.pdf/],
    ['an icon (ICO)', bytes('\0\0\x01\0\x01\0'), /\*\.ico/],
    ['a JPEG XL picture', bytes('\xff\x0a'), /\*\.jxl/],
    ['a JPEG XL picture', bytes('\0\0\0\x0cJXL \r\n\x87\n'), /\*\.jxl/],
    ['a JPEG 2000 picture', bytes('\0\0\0\x0cjP  \r\n\x87\n'), /\*\.jp2/],
    ['a Photoshop picture (PSD)', bytes('8BPS\0\x01'), /\*\.psd/],
    ['a video', box('isom', 'mp42'), /Take it out/],
    ['a video', box('qt  '), /Take it out/],
    ["a web page in the picture's place", bytes('<!DOCTYPE html><html>'), /Download the picture again/],
    [
      "a pointer of Git LFS in the picture's place",
      bytes('version https://git-lfs.github.com/spec/v1'),
      /git lfs pull/,
    ],
  ])('%s', (what, file, fix) => {
    expect(pictureKind(file)).toBeUndefined();
    expect(otherKind(file)).toEqual({ what, fix: expect.stringMatching(fix) });
  });

  it.each(['hello', 'BMW is a brand of cars', '<?xml version="1.0"?><note/>', ''])(
    'says nothing of what it does not know: %j',
    (text) => expect(otherKind(bytes(text))).toBeUndefined(),
  );

  it('takes any beginning of any file', () => {
    for (const file of [
      tiff({ [MAKE]: 4e9, [SUB_IFDS]: 0 }),
      box('avif', 'mif1'),
      bytes('II*\0\xff\xff\xff\xff'),
    ]) {
      for (let length = 0; length <= file.length; length++) {
        expect(() => [
          pictureKind(file.subarray(0, length)),
          otherKind(file.subarray(0, length)),
        ]).not.toThrow();
      }
    }
  });
});
