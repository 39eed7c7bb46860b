import { PicturesError } from '../error.js';
import { type PictureHeader, type PictureKind, pngChunks, TELLING } from '../fileKinds.js';
import { jpegHeader } from './jpegHeader.js';
import { type DecodeLimits, limitsOf } from './limits.js';
import { bytesOf, nameOf, type PictureFile, requireKind } from './pictureFile.js';
import { asStill, framesOfAvif } from './repair.js';
import { loadSharp, reasonOf } from './sharp.js';

export type { PictureHeader };

export interface HeaderOptions extends Pick<DecodeLimits, 'maxBytes'> {
  /** The file's name, for errors. Default: the path, or the name of a `File`. */
  where?: string;
}

/**
 * What a picture's file says of it, without decoding it: of a path the beginning is read, whatever its size. Needs `sharp`.
 *
 * @param picture A path or file URL, the file's bytes, or a Blob.
 * @throws PicturesError as `decodePicture`, but for damage behind the header.
 *
 * @example
 * const { width, height, channels } = await pictureHeader('shoe.jpg');
 */
export async function pictureHeader(
  picture: PictureFile,
  { where = nameOf(picture), ...limits }: HeaderOptions = {},
): Promise<PictureHeader> {
  const { maxBytes } = limitsOf(limits);
  const isPath = typeof picture === 'string' || Object.prototype.toString.call(picture) === '[object URL]';
  const start = await bytesOf(picture, { where, maxBytes, first: isPath ? TELLING : undefined });
  const kind = requireKind(start, where);
  if (!isPath) return headerOf(start, kind, where, start);
  // The tables of an AVIF file may lie anywhere in it; it is small.
  if (kind !== 'AVIF') return headerOf(nameOf(picture), kind, where, start);
  const bytes = await bytesOf(picture, { where, maxBytes });
  return headerOf(bytes, kind, where, bytes);
}

/** The same of a file whose kind is known; `start` are its first bytes. */
export async function headerOf(
  content: string | Uint8Array,
  kind: PictureKind,
  where: string,
  start: Uint8Array,
): Promise<PictureHeader> {
  const sharp = await loadSharp();
  const known = kind === 'JPEG' && typeof content !== 'string' ? jpegHeader(content) : undefined;
  if (known !== undefined) return known;
  try {
    const { autoOrient, space, depth, hasAlpha, hasProfile, pages } = await sharp(
      typeof content === 'string' ? content : asStill(content),
      {
        limitInputPixels: false, // nothing is decoded
        failOn: 'none',
      },
    ).metadata();
    return {
      kind,
      width: autoOrient.width,
      height: autoOrient.height,
      channels: space === 'b-w' || space === 'grey16' ? 1 : 3,
      hasAlpha,
      bits: depth === 'uchar' ? 8 : 16,
      frames: FRAMES[kind]?.(start) ?? pages ?? 1,
      hasProfile,
    };
  } catch (cause) {
    throw damaged(where, cause);
  }
}

/** Where sharp doesn't tell. */
const FRAMES: Partial<Record<PictureKind, (bytes: Uint8Array) => number>> = {
  PNG: framesOfPng,
  AVIF: framesOfAvif,
};

/** Of an animated PNG: its control stands before the picture, which is its first frame (PNG, third edition, 11.3.6). */
function framesOfPng(bytes: Uint8Array): number {
  const control = pngChunks(bytes).get('acTL');
  if (control === undefined || control + 4 > bytes.length) return 1;
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(control);
}

/** Of a file that says it is a picture and can't be decoded. */
export function damaged(where: string, cause: unknown): PicturesError {
  const reason = reasonOf(cause);
  return new PicturesError(
    'PICTURE',
    {
      where,
      expected: 'a whole picture',
      received: reason === '' ? 'a damaged one' : `a damaged one (${reason})`,
      fix: 'Open and save it again with another program.',
    },
    { cause },
  );
}
