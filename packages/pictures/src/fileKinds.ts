/** The kinds of picture files that are read. */
export type PictureKind = 'PNG' | 'JPEG' | 'WebP' | 'GIF' | 'AVIF';

/** What a file says of its picture before a pixel is decoded. */
export interface PictureHeader {
  readonly kind: PictureKind;
  /** In pixels, of the picture as it is decoded: upright. */
  readonly width: number;
  readonly height: number;
  /** 1: it can only hold grey. One of 3 may still look grey. */
  readonly channels: 1 | 3;
  readonly hasAlpha: boolean;
  /** Of a channel. */
  readonly bits: 8 | 16;
  /** More than 1 where it is animated; the first is decoded. */
  readonly frames: number;
  readonly hasProfile: boolean;
}

/** Another kind of file than those. */
export interface OtherKind {
  /** Such as "a HEIC picture". */
  readonly what: string;
  /** What to do about it. */
  readonly fix: string;
}

/** How many of a file's first bytes tell its kind. */
export const TELLING = 4096;

/** The kind of picture that a file is, by its first bytes; undefined for all others. */
export function pictureKind(bytes: Uint8Array): PictureKind | undefined {
  if (begins(bytes, '\x89PNG\r\n\x1a\n')) return 'PNG';
  if (begins(bytes, '\xff\xd8\xff')) return 'JPEG';
  if (begins(bytes, 'GIF87a') || begins(bytes, 'GIF89a')) return 'GIF';
  if (begins(bytes, 'RIFF') && begins(bytes, 'WEBP', 8)) return 'WebP';
  // Its brand may stand first or among the compatible ones; those of HEIF stand in HEIC too (ISO/IEC 14496-12, 4.3).
  return brandsOf(bytes).some((brand) => brand === 'avif' || brand === 'avis') ? 'AVIF' : undefined;
}

/** What a file is that is not read as a picture, by its first bytes; undefined where they tell nothing. */
export function otherKind(bytes: Uint8Array): OtherKind | undefined {
  return (
    boxKind(bytes) ??
    tiffKind(bytes) ??
    textKind(bytes) ??
    bitmapKind(bytes) ??
    OTHERS.find(([start]) => begins(bytes, start))?.[1]
  );
}

/** A kind that ImageMagick converts: all of a folder, and upright. */
function convertible(what: string, ending: string, otherwise = ''): OtherKind {
  const command = `magick mogrify -auto-orient -format png *.${ending}`;
  return { what, fix: `Convert it: ${command} (imagemagick.org)${otherwise}.` };
}

const raw = (ending: string) => convertible(`a RAW photograph (${ending.toUpperCase()})`, ending);
const packed = (what: string): OtherKind => ({ what, fix: 'Unpack it.' });
const VIDEO: OtherKind = { what: 'a video', fix: 'Take it out, or save a frame of it as a picture.' };

const OTHERS: readonly (readonly [start: string, kind: OtherKind])[] = [
  ['\xff\x0a', convertible('a JPEG XL picture', 'jxl')],
  ['\0\0\0\x0cJXL ', convertible('a JPEG XL picture', 'jxl')],
  ['\0\0\0\x0cjP  ', convertible('a JPEG 2000 picture', 'jp2')],
  ['\xff\x4f\xff\x51', convertible('a JPEG 2000 picture', 'j2k')],
  ['8BPS', convertible('a Photoshop picture (PSD)', 'psd')],
  ['gimp xcf', convertible('a GIMP picture (XCF)', 'xcf')],
  ['\0\0\x01\0', convertible('an icon (ICO)', 'ico')],
  ['%PDF', convertible('a PDF document', 'pdf')],
  ['%!PS', convertible('a PostScript document', 'eps')],
  ['FUJIFILMCCD-RAW', raw('raf')],
  ['\x1a\x45\xdf\xa3', VIDEO],
  ['PK\x03\x04', packed('a zip archive')],
  ['\x1f\x8b', packed('a gzip file')],
];

/** The brands of a file of ISO's boxes: that of the file, then those it is compatible with. */
function brandsOf(bytes: Uint8Array): string[] {
  if (!begins(bytes, 'ftyp', 4)) return [];
  const end = Math.min(viewOf(bytes).getUint32(0), bytes.length, TELLING);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) if (at !== 12) brands.push(latin(bytes, at, at + 4)); // 12: its version
  return brands;
}

function boxKind(bytes: Uint8Array): OtherKind | undefined {
  const brands = brandsOf(bytes);
  if (brands.length === 0) return undefined;
  if (brands[0] === 'crx ') return raw('cr3');
  const isHeic = brands.some((brand) => /^(he[iv][cmsx]|mif1|msf1)$/.test(brand));
  if (!isHeic) return VIDEO;
  return convertible('a HEIC picture', 'heic', '; on a Mac: sips -s format png --out . *.heic');
}

const MAKE = 271;
const SUB_IFDS = 330;
const DNG_VERSION = 50_706;
/** Cameras' own files are TIFF; their makers have one kind each. */
const MAKERS: readonly (readonly [make: RegExp, ending: string])[] = [
  [/^NIKON/i, 'nef'],
  [/^SONY/i, 'arw'],
  [/^(PENTAX|RICOH)/i, 'pef'],
  [/^SAMSUNG/i, 'srw'],
];

/** TIFF 6.0, sections 2 and 8; the RAW kinds that are made of it. */
function tiffKind(bytes: Uint8Array): OtherKind | undefined {
  const order = latin(bytes, 0, 2);
  const version = latin(bytes, 2, 4);
  if ((order !== 'II' && order !== 'MM') || bytes.length < 8) return undefined;
  if (order === 'II' && version === 'U\0') return raw('rw2');
  if (version === 'RO' || version === 'RS' || version === 'OR') return raw('orf');
  if (!['*\0', '\0*', '+\0', '\0+'].includes(version)) return undefined;
  if (begins(bytes, 'CR', 8)) return raw('cr2');
  const tags = tiffTags(bytes, order === 'II');
  if (tags.has(DNG_VERSION)) return raw('dng');
  const make = tags.get(MAKE);
  const maker =
    tags.has(SUB_IFDS) &&
    MAKERS.find(([name]) => make !== undefined && name.test(latin(bytes, make, make + 8)));
  return maker ? raw(maker[1]) : convertible('a TIFF picture', 'tif');
}

/** The tags of a TIFF's first directory, and where their values are said to lie, or the values where four bytes hold them. */
export function tiffTags(bytes: Uint8Array, little: boolean): Map<number, number> {
  const view = viewOf(bytes);
  const tags = new Map<number, number>();
  const start = view.getUint32(4, little);
  const count = start + 2 <= bytes.length ? view.getUint16(start, little) : 0;
  for (let at = start + 2; at + 12 <= bytes.length && tags.size < count; at += 12) {
    tags.set(view.getUint16(at, little), view.getUint32(at + 8, little));
  }
  return tags;
}

/** What is text: drawings, and what stands in a picture's place when a download went wrong. */
function textKind(bytes: Uint8Array): OtherKind | undefined {
  const text = latin(bytes, 0, TELLING)
    .replace(/^(\xef\xbb\xbf)?\s*/, '')
    .toLowerCase();
  if (text.startsWith('version https://git-lfs')) {
    return { what: "a pointer of Git LFS in the picture's place", fix: 'Fetch the pictures: git lfs pull.' };
  }
  if (/^(<!doctype html|<html)/.test(text)) {
    return { what: "a web page in the picture's place", fix: 'Download the picture again.' };
  }
  return /^<(\?xml|!--|!doctype svg|svg)/.test(text) && text.includes('<svg')
    ? convertible('an SVG drawing', 'svg')
    : undefined;
}

/** The sizes of BMP's header in its versions. */
const BITMAP_HEADERS = [12, 40, 52, 56, 64, 108, 124];

function bitmapKind(bytes: Uint8Array): OtherKind | undefined {
  const isBitmap =
    begins(bytes, 'BM') && bytes.length >= 18 && BITMAP_HEADERS.includes(viewOf(bytes).getUint32(14, true));
  return isBitmap ? convertible('a BMP picture', 'bmp') : undefined;
}

/** Where in a PNG's file the data of each kind of chunk before the picture begin. */
export function pngChunks(bytes: Uint8Array): Map<string, number> {
  const view = viewOf(bytes);
  const chunks = new Map<string, number>();
  for (let at = 8; at + 8 <= bytes.length && !chunks.has('IDAT'); at += 12 + view.getUint32(at)) {
    chunks.set(latin(bytes, at + 4, at + 8), at + 8);
  }
  return chunks;
}

function begins(bytes: Uint8Array, start: string, at = 0): boolean {
  return latin(bytes, at, at + start.length) === start;
}

/** Each byte as the character of its number. */
export function latin(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
