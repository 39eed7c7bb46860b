import type { RawPicture } from '@residual/data';
import { PicturesError } from '../error.js';
import type { PictureKind } from '../fileKinds.js';
import { damaged, headerOf, type PictureHeader } from './header.js';
import { type DecodeLimits, limitsOf } from './limits.js';
import type { PictureNote } from './notes.js';
import { bytesOf, nameOf, type PictureFile, requireKind } from './pictureFile.js';
import { asStill, withWholeScan } from './repair.js';
import { inTime, loadSharp, reasonOf } from './sharp.js';

export interface DecodeOptions extends DecodeLimits {
  /** The file's name, for errors. Default: the path, or the name of a `File`. */
  where?: string;
  /** Leaves alpha out of what has none: 3 bytes a pixel. */
  withoutAlpha?: boolean;
}

/** By their content, before anything fails: what libvips says of a failure may be of another picture, decoded at the same time. */
const REPAIRS: Partial<Record<PictureKind, (bytes: Uint8Array) => Uint8Array>> = {
  AVIF: asStill,
  JPEG: withWholeScan,
};

/** 8-bit RGBA, unless it was told to leave alpha out. */
export interface DecodedPicture extends RawPicture {
  readonly notes: readonly PictureNote[];
}

/**
 * Decodes a picture file (PNG, JPEG, WebP, GIF, AVIF) to 8-bit RGBA in sRGB, upright as its EXIF orientation says: the first frame of
 * an animated one, the high bytes of 16 bits; palettes, grey and CMYK are converted, and so are embedded profiles, of which broken ones
 * count as none. The content decides, not the name. Needs `sharp`, which is installed beside this package.
 *
 * @param picture A path or file URL, the file's bytes, or a Blob.
 * @returns H * W * 4 bytes, not multiplied by alpha; 1 or 3 a pixel `withoutAlpha`.
 * @throws PicturesError `PICTURE` when it's another kind of file (named, with a way to convert it), damaged, cut off, too large or
 *   too slow; `FILE` when it can't be read; `DEPENDENCY` when sharp isn't installed; `ARGUMENT` for anything else.
 *
 * @example
 * const pixels = preparePicture(await decodePicture('shoe.jpg'), task);
 */
export async function decodePicture(
  picture: PictureFile,
  options: DecodeOptions = {},
): Promise<DecodedPicture> {
  const { where = nameOf(picture), withoutAlpha = false } = options;
  const { maxPixels, maxBytes, seconds } = limitsOf(options);
  const bytes = await bytesOf(picture, { where, maxBytes });
  const kind = requireKind(bytes, where);
  const work = async () => {
    const header = await headerOf(bytes, kind, where, bytes);
    requirePixels(header, where, maxPixels);
    const decode = header.bits === 8 ? decode8 : decode16;
    const keepsAlpha = header.hasAlpha || !withoutAlpha;
    return decode(REPAIRS[kind]?.(bytes) ?? bytes, header, seconds, keepsAlpha);
  };
  try {
    return await inTime(seconds, work);
  } catch (error) {
    if (error instanceof PicturesError) throw error;
    throw reasonOf(error).startsWith('timeout') ? tooSlow(where, seconds, error) : damaged(where, error);
  }
}

async function decode8(
  bytes: Uint8Array,
  { frames }: PictureHeader,
  seconds: number,
  keepsAlpha: boolean,
): Promise<DecodedPicture> {
  const image = (await open(bytes, seconds)).toColourspace('srgb');
  const { data, info } = await (keepsAlpha ? image.ensureAlpha() : image)
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height, notes: frames > 1 ? ['animated'] : [] };
}

/** The high byte of a value below 4,096 is below this. */
const DARK = 4096 >> 8;

async function decode16(bytes: Uint8Array, header: PictureHeader, seconds: number): Promise<DecodedPicture> {
  const { data, info } = await (await open(bytes, seconds, { ignoreIcc: true }))
    .toColourspace('rgb16')
    .ensureAlpha()
    .raw({ depth: 'ushort' })
    .toBuffer({ resolveWithObject: true });
  const high = new Uint8Array(data.length / 2); // of RGBA, little-endian
  let highest = 0;
  for (let i = 0; i < high.length; i++) {
    high[i] = data[2 * i + 1]!;
    if (i % 4 !== 3 && high[i]! > highest) highest = high[i]!;
  }
  const notes: PictureNote[] = header.frames > 1 ? ['animated'] : [];
  // AVIF's 10 and 12 bits come stretched to 16.
  if (header.kind === 'PNG' && highest < DARK) notes.push('dark 16 bit');
  const { width, height } = info;
  if (!header.hasProfile || header.channels === 1) return { data: high, width, height, notes };
  // Left to itself, sharp would convert 16 bits to Display P3 and say that it was sRGB.
  const inSrgb = (await open(bytes, seconds)).pipelineColourspace('srgb').toColourspace('srgb').ensureAlpha();
  return { data: await inSrgb.raw({ depth: 'uchar' }).toBuffer(), width, height, notes };
}

async function open(bytes: Uint8Array, seconds: number, options?: { ignoreIcc: boolean }) {
  const sharp = await loadSharp();
  const image = sharp(bytes, { limitInputPixels: false, autoOrient: true, ...options }); // the limit is kept already
  return image.timeout({ seconds: Math.min(3600, Math.ceil(seconds)) });
}

function requirePixels({ width, height }: PictureHeader, where: string, maxPixels: number): void {
  if (width * height <= maxPixels) return;
  throw new PicturesError('PICTURE', {
    where,
    expected: `at most ${maxPixels / 1e6} million pixels`,
    received: `${width}x${height}`,
    fix: 'Make the picture smaller, or raise maxPixels.',
  });
}

function tooSlow(where: string, seconds: number, cause: unknown): PicturesError {
  return new PicturesError(
    'PICTURE',
    {
      where,
      expected: `a picture that is decoded in ${seconds} seconds`,
      received: 'one that takes longer',
      fix: 'Save it again with another program, or raise seconds.',
    },
    { cause },
  );
}
