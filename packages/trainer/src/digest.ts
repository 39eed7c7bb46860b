import { TrainerError } from './error.js';

export const DIGEST_BYTES = 32;

/** SHA-256 of the bytes, by the platform: in Node, and in pages served over https or from localhost. */
export async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const subtle = globalThis.crypto?.subtle;
  if (subtle === undefined) {
    throw new TrainerError('STORAGE', {
      where: 'checkpoints',
      expected: 'crypto.subtle, which browsers offer to secure pages',
      received: 'none',
      fix: 'Serve the page over https or from localhost.',
    });
  }
  return new Uint8Array(await subtle.digest('SHA-256', bytes));
}
