import type { RawPicture } from '@residual/data';
import { PicturesError } from './error.js';
import { otherKind, pictureKind, pngChunks, TELLING } from './fileKinds.js';
import { upright, webpWithoutOrientation } from './webpOrientation.js';

export interface DecodeOptions {
  /** A larger picture is scaled down to this side, in pixels. Default: as it is. */
  maxSide?: number;
}

/**
 * Decodes a picture file with the browser's own decoders: 8-bit RGBA in sRGB, upright. Pages and workers. A PNG without a profile
 * gives the bytes that Node's `decodePicture` gives, where it isn't scaled down and the browser has WebGL 2.
 *
 * @param picture A Blob or File, or the file's bytes.
 * @returns H * W * 4 bytes, not multiplied by alpha.
 * @throws PicturesError `PICTURE` when it is none that this browser can decode.
 *
 * @example
 * const pixels = preparePicture(await decodePicture(input.files[0]), task);
 */
export async function decodePicture(
  picture: Blob | Uint8Array<ArrayBuffer> | ArrayBuffer,
  { maxSide = Number.POSITIVE_INFINITY }: DecodeOptions = {},
): Promise<RawPicture> {
  const given = 'arrayBuffer' in picture ? picture : new Blob([picture]);
  const { file, orientation } = await webpWithoutOrientation(given);
  const bitmap = await bitmapOf(file, given);
  try {
    const scale = Math.min(1, maxSide / Math.max(bitmap.width, bitmap.height));
    const width = Math.max(1, Math.round(bitmap.width * scale));
    const height = Math.max(1, Math.round(bitmap.height * scale));
    const context = new OffscreenCanvas(width, height).getContext('2d')!;
    context.imageSmoothingQuality = 'high';
    context.drawImage(bitmap, 0, 0, width, height);
    const drawn = context.getImageData(0, 0, width, height);
    // A canvas multiplies by alpha: what is nearly clear comes back as another colour.
    return upright((scale === 1 && isClear(drawn) && unmultiplied(bitmap)) || drawn, orientation);
  } finally {
    bitmap.close();
  }
}

function isClear({ data }: RawPicture): boolean {
  for (let at = 3; at < data.length; at += 4) if (data[at] !== 255) return true;
  return false;
}

/**
 * The very bytes of a bitmap that was made with `premultiplyAlpha: 'none'`, by way of a WebGL texture; undefined where there is no
 * WebGL 2, or the bitmap is too large for it.
 */
function unmultiplied(bitmap: ImageBitmap): RawPicture | undefined {
  const { width, height } = bitmap;
  const gl = new OffscreenCanvas(1, 1).getContext('webgl2');
  if (gl === null) return undefined;
  try {
    if (Math.max(width, height) > gl.getParameter(gl.MAX_TEXTURE_SIZE)) return undefined;
    const texture = gl.createTexture();
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, gl.RGBA, gl.UNSIGNED_BYTE, bitmap);
    gl.bindFramebuffer(gl.FRAMEBUFFER, gl.createFramebuffer());
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    const data = new Uint8Array(width * height * 4);
    gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, data);
    return gl.getError() === gl.NO_ERROR ? { data, width, height } : undefined;
  } finally {
    // Browsers have few contexts; this one need not wait for the garbage collector.
    gl.getExtension('WEBGL_lose_context')?.loseContext();
  }
}

async function bitmapOf(file: Blob, given: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, {
      colorSpaceConversion: (await isPlainPng(file)) ? 'none' : 'default',
      premultiplyAlpha: 'none',
      imageOrientation: 'from-image',
    });
  } catch (cause) {
    throw await undecodable(given, cause);
  }
}

/** Of a PNG's chunks before the picture: enough for every profile. */
const BEFORE_PICTURE = 2 ** 20;

/** Whether it is a PNG that says nothing of its colours but, perhaps, a gamma, which few heed: not to be converted by any. */
async function isPlainPng(file: Blob): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, BEFORE_PICTURE).arrayBuffer());
  return pictureKind(start) === 'PNG' && !pngChunks(start).has('iCCP');
}

async function undecodable(file: Blob, cause: unknown): Promise<PicturesError> {
  const start = await file
    .slice(0, TELLING)
    .arrayBuffer()
    .catch(() => new ArrayBuffer(0));
  const other = otherKind(new Uint8Array(start));
  const { name, received } = describe(file);
  return new PicturesError(
    'PICTURE',
    {
      where: name,
      expected: 'a picture (PNG, JPEG, WebP, GIF or AVIF)',
      received: other === undefined ? received : `${other.what}: ${received}`,
      fix: other?.fix ?? 'Choose another file, or save the picture as PNG or JPEG.',
    },
    { cause },
  );
}

/** Such as "notes.txt (text/plain, 12 bytes)". */
function describe(file: Blob): { name: string; received: string } {
  const name = ('name' in file && (file as File).name) || 'something without a name';
  const kind = file.type === '' ? 'unknown kind' : file.type;
  return { name, received: `${name} (${kind}, ${file.size.toLocaleString('en')} bytes)` };
}
