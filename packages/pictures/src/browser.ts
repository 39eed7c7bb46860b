import type { RawPicture } from '@residual/data';
import { PicturesError } from './error.js';

export interface DecodeOptions {
  /** A larger picture is scaled down to this side, in pixels. Default: as it is. */
  maxSide?: number;
}

/**
 * Decodes a picture file with the browser's own decoders: 8-bit RGBA, upright. Pages and workers.
 *
 * @param picture A Blob or File, or the file's bytes.
 * @throws PicturesError `PICTURE` when it is none that this browser can decode.
 *
 * @example
 * const pixels = preparePicture(await decodePicture(input.files[0]), task);
 */
export async function decodePicture(
  picture: Blob | Uint8Array<ArrayBuffer> | ArrayBuffer,
  { maxSide = Number.POSITIVE_INFINITY }: DecodeOptions = {},
): Promise<RawPicture> {
  const bitmap = await bitmapOf('arrayBuffer' in picture ? picture : new Blob([picture]));
  try {
    const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  } finally {
    bitmap.close();
  }
}

async function bitmapOf(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file);
  } catch (cause) {
    const { name, received } = describe(file);
    throw new PicturesError(
      'PICTURE',
      {
        where: name,
        expected: 'a picture (PNG, JPEG, WebP, GIF or AVIF)',
        received,
        fix: 'Choose another file, or save the picture as PNG or JPEG.',
      },
      { cause },
    );
  }
}

/** Such as "notes.txt (text/plain, 12 bytes)". */
function describe(file: Blob): { name: string; received: string } {
  const name = ('name' in file && (file as File).name) || 'something without a name';
  const kind = file.type === '' ? 'unknown kind' : file.type;
  return { name, received: `${name} (${kind}, ${file.size.toLocaleString('en')} bytes)` };
}
