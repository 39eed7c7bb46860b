import type { RawPicture } from '@residual/data';
import type { PicturesError } from '@residual/pictures';
import * as pictures from '@residual/pictures/browser';
import { PictureProblem } from './guess.js';

/** A larger picture is scaled down to this side: more would only cost time, as networks see smaller ones. */
const LARGEST_SIDE = 512;

/**
 * The pixels of a picture file: RGBA, upright, at most 512 pixels wide and high.
 *
 * @throws PictureProblem when it is none that this browser can decode.
 */
export async function decodePicture(file: Blob): Promise<RawPicture> {
  return pictures.decodePicture(file, { maxSide: LARGEST_SIDE }).catch((error: PicturesError) => {
    throw new PictureProblem(error);
  });
}

/**
 * The first file of what was dropped or pasted, a picture if there is one.
 *
 * @throws PictureProblem when there is no file in it.
 */
export function fileFrom(transfer: DataTransfer | null): File {
  const files = [...(transfer?.files ?? [])];
  const file = files.find(({ type }) => type.startsWith('image/')) ?? files[0];
  if (file !== undefined) return file;
  const types = [...(transfer?.types ?? [])].join(', ');
  throw new PictureProblem({
    expected: 'a picture (PNG, JPEG, WebP, GIF or AVIF)',
    received: types === '' ? 'nothing' : `something without a file (${types})`,
    fix: 'A picture on another page: copy the picture itself ("Copy image"), not its address, or save it first.',
  });
}
