// What browser.test.ts bundles and opens in Chromium. Values go through JSON.
import { decodePicture } from '../src/browser.js';

const base64 = (bytes: ArrayLike<number>) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

/** A file under /files, decoded: its bytes in base64. */
async function decode(name: string, maxSide?: number) {
  const file = await (await fetch(`/files/${name}`)).arrayBuffer();
  const { data, width, height } = await decodePicture(file, { maxSide });
  return { width, height, rgba: base64(data) };
}

/** A file's bytes in base64, decoded. */
async function decodeBytes(file: string) {
  const { data, width, height } = await decodePicture(
    Uint8Array.from(atob(file), (character) => character.charCodeAt(0)),
  );
  return { width, height, rgba: base64(data) };
}

/** What decoding a file of this text and name throws. */
async function refuse(text: string, name: string) {
  try {
    await decodePicture(new File([Uint8Array.from(text, (character) => character.charCodeAt(0))], name));
    return undefined;
  } catch (error) {
    return { code: (error as { code?: string }).code, message: (error as Error).message };
  }
}

Object.assign(globalThis, { decode, decodeBytes, refuse });
