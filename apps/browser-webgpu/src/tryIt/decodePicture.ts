import { PictureProblem } from './guess.js';

/** A larger picture is scaled down to this side: more would only cost time, as networks see smaller ones. */
const LARGEST_SIDE = 512;

const KINDS = 'a picture (PNG, JPEG, WebP, GIF or AVIF)';

/**
 * The pixels of a picture file: RGBA, upright, at most 512 pixels wide and high.
 *
 * @throws PictureProblem when it is none that this browser can decode.
 */
export async function decodePicture(file: Blob): Promise<ImageData> {
  const bitmap = await bitmapOf(file);
  try {
    const scale = Math.min(1, LARGEST_SIDE / Math.max(bitmap.width, bitmap.height));
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
  const fix = 'Choose another file, or save the picture as PNG or JPEG.';
  try {
    return await createImageBitmap(file);
  } catch {
    throw new PictureProblem({ expected: KINDS, received: describe(file), fix });
  }
}

/** Such as "notes.txt (text/plain, 12 bytes)". */
function describe(file: Blob): string {
  const name = file instanceof File && file.name !== '' ? file.name : 'something without a name';
  const kind = file.type === '' ? 'unknown kind' : file.type;
  return `${name} (${kind}, ${file.size.toLocaleString('en')} bytes)`;
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
    expected: KINDS,
    received: types === '' ? 'nothing' : `something without a file (${types})`,
    fix: 'A picture on another page: copy the picture itself ("Copy image"), not its address, or save it first.',
  });
}
