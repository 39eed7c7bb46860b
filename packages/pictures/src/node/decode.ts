import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RawPicture } from '@residual/data';
import { PicturesError } from '../error.js';
import { isJpeg, isPng, withWholeScan } from '../fileKinds.js';

export interface DecodeOptions {
  /** The file's name, for errors. Default: the path, or the name of a `File`. */
  where?: string;
  /** The most pixels: a small file can claim to have far more than it has bytes. Default 120 million, a large camera's. */
  maxPixels?: number;
  /** The most bytes of a file. Default 256 MiB. */
  maxBytes?: number;
  /** No honest picture within those limits takes this long; a crafted one might never end. Default 30. */
  seconds?: number;
}

/**
 * Decodes a PNG or JPEG file to 8-bit RGBA, upright as its EXIF orientation says. 16-bit, palette, grey and CMYK pictures are
 * converted to sRGB. The content decides, not the name. Needs `sharp`, which is installed beside this package.
 *
 * @param picture A path or file URL, the file's bytes, or a Blob.
 * @throws PicturesError `PICTURE` when it's another kind of file, damaged, cut off or too large; `FILE` when it can't be read;
 *   `DEPENDENCY` when sharp isn't installed; `ARGUMENT` for anything else.
 *
 * @example
 * const pixels = preparePicture(await decodePicture('shoe.jpg'), task);
 */
export async function decodePicture(
  picture: string | URL | Uint8Array | ArrayBuffer | Blob,
  options: DecodeOptions = {},
): Promise<RawPicture> {
  const { maxPixels = 120_000_000, maxBytes = 256 * 2 ** 20, seconds = 30 } = options;
  const where = options.where ?? nameOf(picture);
  const bytes = await bytesOf(picture, where, maxBytes);
  if (!isPng(bytes) && !isJpeg(bytes)) {
    throw new PicturesError('PICTURE', {
      where,
      expected: 'a PNG or JPEG picture',
      received: bytes.length === 0 ? 'an empty file' : `a file that begins with ${hex(bytes.subarray(0, 4))}`,
      fix: 'Convert it to PNG.',
    });
  }
  const sharp = await loadSharp();
  const decode = async (content: Uint8Array): Promise<RawPicture> => {
    const { data, info } = await sharp(content, { limitInputPixels: maxPixels, autoOrient: true })
      .timeout({ seconds })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  };
  try {
    return await decode(bytes).catch((error) => {
      if (!isJpeg(bytes) || !reasonOf(error).includes('Invalid SOS parameters')) throw error;
      return decode(withWholeScan(bytes));
    });
  } catch (error) {
    throw undecodable(where, maxPixels, error);
  }
}

/** @throws PicturesError `DEPENDENCY` when it isn't installed. */
export async function loadSharp(): Promise<typeof import('sharp')['default']> {
  try {
    return (await import('sharp')).default;
  } catch (cause) {
    throw new PicturesError(
      'DEPENDENCY',
      {
        where: '@residual/pictures/node',
        expected: 'the package sharp, which decodes pictures',
        received: `the error "${reasonOf(cause).split('\n')[0]}"`,
        fix: 'Install it: npm install sharp.',
      },
      { cause },
    );
  }
}

function nameOf(picture: Parameters<typeof decodePicture>[0]): string {
  if (typeof picture === 'string') return picture;
  if (isUrl(picture)) return picture.protocol === 'file:' ? fileURLToPath(picture) : picture.href;
  const name = (picture as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : 'picture';
}

/** Of any realm. */
function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

async function bytesOf(
  picture: Parameters<typeof decodePicture>[0],
  where: string,
  maxBytes: number,
): Promise<Uint8Array> {
  if (typeof picture === 'string' || isUrl(picture)) return readBytes(picture, where, maxBytes);
  if (typeof (picture as Blob)?.arrayBuffer === 'function') {
    const blob = picture as Blob;
    requireSize(blob.size, where, maxBytes);
    return new Uint8Array(await blob.arrayBuffer());
  }
  const type = Object.prototype.toString.call(picture).slice(8, -1);
  if (type !== 'Uint8Array' && type !== 'ArrayBuffer') {
    throw new PicturesError('ARGUMENT', {
      where: 'decodePicture',
      expected: "a path, a file URL, the file's bytes or a Blob",
      received: picture === null || typeof picture !== 'object' ? String(picture) : `a value of type ${type}`,
      fix: 'Give the file itself; pixels that are decoded already need no decoding.',
    });
  }
  const bytes = type === 'Uint8Array' ? (picture as Uint8Array) : new Uint8Array(picture as ArrayBuffer);
  requireSize(bytes.length, where, maxBytes);
  return bytes;
}

async function readBytes(path: string | URL, where: string, maxBytes: number): Promise<Uint8Array> {
  const cannotRead = (cause: NodeJS.ErrnoException) => {
    const received = { ENOENT: 'no such file', EISDIR: 'a folder', EACCES: 'no permission to read it' };
    return new PicturesError(
      'FILE',
      {
        where,
        expected: 'a PNG or JPEG picture',
        received: received[cause.code as keyof typeof received] ?? cause.message,
        fix: 'Check the path.',
      },
      { cause },
    );
  };
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw cannotRead(error);
  });
  try {
    requireSize((await file.stat()).size, where, maxBytes);
    return await file.readFile();
  } catch (error) {
    throw error instanceof PicturesError ? error : cannotRead(error as NodeJS.ErrnoException);
  } finally {
    await file.close();
  }
}

function requireSize(size: number, where: string, maxBytes: number): void {
  if (size <= maxBytes) return;
  throw new PicturesError('PICTURE', {
    where,
    expected: `at most ${maxBytes} bytes`,
    received: `${size}`,
    fix: 'Make the picture smaller.',
  });
}

function undecodable(where: string, maxPixels: number, cause: unknown): PicturesError {
  const reason = reasonOf(cause);
  const problem = reason.includes('exceeds pixel limit')
    ? {
        expected: `at most ${maxPixels / 1e6} million pixels`,
        received: 'more',
        fix: 'Make it smaller.',
      }
    : {
        expected: 'a whole PNG or JPEG picture',
        received: `a damaged one (${reason})`,
        fix: 'Open and save it again with another program.',
      };
  return new PicturesError('PICTURE', { where, ...problem }, { cause });
}

function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).trim().replaceAll(/\s+/g, ' ');
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
