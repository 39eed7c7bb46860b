import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { readAtMost } from '@residual/weights/node';
import { PicturesError } from '../error.js';
import { otherKind, type PictureKind, pictureKind } from '../fileKinds.js';

/** What a picture is decoded from: a path or file URL, the file's bytes, or a Blob. */
export type PictureFile = string | URL | Uint8Array | ArrayBuffer | Blob;

/** How errors call it: the path, the name of a `File`, else "picture". */
export function nameOf(picture: PictureFile): string {
  if (typeof picture === 'string') return picture;
  if (isUrl(picture)) return picture.protocol === 'file:' ? fileURLToPath(picture) : picture.href;
  const name = (picture as { name?: unknown } | null)?.name;
  return typeof name === 'string' ? name : 'picture';
}

/**
 * The bytes of a picture's file, or as many of its first ones.
 *
 * @throws PicturesError `PICTURE` for more than `maxBytes`, `FILE` when it can't be read, `ARGUMENT` for anything else.
 */
export async function bytesOf(
  picture: PictureFile,
  { where, maxBytes, first }: { where: string; maxBytes: number; first?: number },
): Promise<Uint8Array> {
  if (typeof picture === 'string' || isUrl(picture)) return readBytes(picture, where, maxBytes, first);
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

const EXPECTED = 'a PNG, JPEG, WebP, GIF or AVIF picture';

/**
 * The kind of a picture's file, by its first bytes.
 *
 * @throws PicturesError `PICTURE` for another, which is named as what it is, with what to do about it.
 */
export function requireKind(bytes: Uint8Array, where: string): PictureKind {
  const kind = pictureKind(bytes);
  if (kind !== undefined) return kind;
  const { what, fix } = otherKind(bytes) ?? {
    what: bytes.length === 0 ? 'an empty file' : `a file that begins with ${hex(bytes.subarray(0, 4))}`,
    fix: bytes.length === 0 ? 'Copy or download it again.' : 'Save the picture as PNG.',
  };
  throw new PicturesError('PICTURE', { where, expected: EXPECTED, received: what, fix });
}

/** Of any realm. */
function isUrl(value: unknown): value is URL {
  return Object.prototype.toString.call(value) === '[object URL]';
}

async function readBytes(
  path: string | URL,
  where: string,
  maxBytes: number,
  first: number | undefined,
): Promise<Uint8Array> {
  const cannotRead = (cause: NodeJS.ErrnoException) => {
    const received = { ENOENT: 'no such file', EISDIR: 'a folder', EACCES: 'no permission to read it' };
    return new PicturesError(
      'FILE',
      {
        where,
        expected: EXPECTED,
        received: received[cause.code as keyof typeof received] ?? cause.message,
        fix: 'Check the path.',
      },
      { cause },
    );
  };
  try {
    if (first !== undefined) return await readStart(path, where, maxBytes, first);
    return await readAtMost(path, maxBytes, (received) => tooLong(received, where, maxBytes));
  } catch (error) {
    throw error instanceof PicturesError ? error : cannotRead(error as NodeJS.ErrnoException);
  }
}

async function readStart(
  path: string | URL,
  where: string,
  maxBytes: number,
  length: number,
): Promise<Uint8Array> {
  const file = await open(path);
  try {
    requireSize((await file.stat()).size, where, maxBytes);
    const { buffer, bytesRead } = await file.read(new Uint8Array(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}

function requireSize(size: number, where: string, maxBytes: number): void {
  if (size > maxBytes) throw tooLong(`${size}`, where, maxBytes);
}

function tooLong(received: string, where: string, maxBytes: number): PicturesError {
  return new PicturesError('PICTURE', {
    where,
    expected: `at most ${maxBytes} bytes`,
    received,
    fix: 'Make the picture smaller, or raise maxBytes.',
  });
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
}
