import { TrainerError } from '../error.js';

export const DIGEST_BYTES = 32;

/** SHA-256 of the bytes, by the platform: in Node without copying them, and in pages served over https or from localhost. */
export async function digest(bytes: Uint8Array): Promise<Uint8Array> {
  const node = globalThis.process?.getBuiltinModule?.('node:crypto');
  if (node !== undefined) return node.createHash('sha256').update(bytes).digest();
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new TrainerError('STORAGE', {
      where: 'checkpoints',
      expected: 'crypto.subtle, which browsers offer to secure pages',
      received: 'none',
      fix: 'Serve the page over https or from localhost.',
    });
  }
  // A page's takes no shared memory.
  const own = bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes);
  return new Uint8Array(await subtle.digest('SHA-256', own as Uint8Array<ArrayBuffer>));
}

export async function hex(bytes: Uint8Array): Promise<string> {
  return Array.from(await digest(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
