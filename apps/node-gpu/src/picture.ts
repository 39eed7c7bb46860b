import { open } from 'node:fs/promises';
import type { RawPicture } from '@residual/data';
import sharp from 'sharp';
import { CommandError, type CommandProblem } from './error.js';

/** As much as a 100-megapixel camera gives: a small file can claim to be far larger. */
const MAX_PIXELS = 120_000_000;
const MAX_BYTES = 256 * 1024 * 1024;
/** No honest picture within those limits takes this long; a crafted one might never end. */
const DECODE_SECONDS = 30;

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const JPEG = [0xff, 0xd8, 0xff];

/**
 * Decodes a PNG or JPEG file to 8-bit RGBA, upright as its EXIF orientation says. 16-bit, palette, grey and CMYK
 * pictures are converted to sRGB; of an animation the first frame counts. The content decides, not the name.
 *
 * @throws CommandError `PICTURE` when it's another kind of file, damaged, cut off or too large; `FILE` when there is none.
 */
export async function readPicture(path: string): Promise<RawPicture> {
  const bytes = await readBytes(path);
  if (![PNG, JPEG].some((magic) => magic.every((byte, i) => bytes[i] === byte))) {
    throw unreadable(path, {
      expected: 'a PNG or JPEG picture',
      received: bytes.length === 0 ? 'an empty file' : `a file that begins with ${hex(bytes.subarray(0, 4))}`,
      fix: 'Convert it to PNG.',
    });
  }
  try {
    const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS, autoOrient: true })
      .timeout({ seconds: DECODE_SECONDS })
      .toColourspace('srgb')
      .ensureAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    return { data, width: info.width, height: info.height };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const tooLarge = reason.includes('exceeds pixel limit');
    throw unreadable(
      path,
      tooLarge
        ? {
            expected: `at most ${MAX_PIXELS / 1e6} million pixels`,
            received: 'more',
            fix: 'Make it smaller.',
          }
        : {
            expected: 'a whole PNG or JPEG picture',
            received: `a damaged one (${reason.trim().replaceAll(/\s+/g, ' ')})`,
            fix: 'Open and save it again with another program.',
          },
      error,
    );
  }
}

async function readBytes(path: string): Promise<Buffer> {
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
    throw new CommandError('FILE', {
      where: path,
      expected: 'a PNG or JPEG picture',
      received: 'no such file',
      fix: 'Check the path.',
    });
  });
  try {
    const { size } = await file.stat();
    if (size > MAX_BYTES) {
      throw unreadable(path, {
        expected: `at most ${MAX_BYTES} bytes`,
        received: `${size}`,
        fix: 'Make the picture smaller.',
      });
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function unreadable(path: string, problem: Omit<CommandProblem, 'where'>, cause?: unknown): CommandError {
  return new CommandError('PICTURE', { where: path, ...problem }, { cause });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
