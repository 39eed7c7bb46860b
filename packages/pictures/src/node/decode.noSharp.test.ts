import { expect, it, vi } from 'vitest';
import { decodePicture } from './decode.js';

vi.mock('sharp', () => {
  throw new Error("Cannot find package 'sharp'");
});

it('decodePicture without sharp says what to install', async () => {
  const decoding = decodePicture(Uint8Array.of(0xff, 0xd8, 0xff, 0xe0));
  await expect(decoding).rejects.toThrow(
    expect.objectContaining({ code: 'DEPENDENCY', fix: 'Install it: npm install sharp.' }),
  );
});
