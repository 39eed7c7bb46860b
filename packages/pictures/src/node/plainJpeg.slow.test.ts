import { expect, it } from 'vitest';
import { damaged, plain, plainJpegs } from '../../test/jpegs.js';
import { decodePicture } from './decode.js';

it.each(plainJpegs)(
  "82 of %s, damaged in 5,000 ways, whatever is decoded has sharp's bytes",
  async (_, bytes) => {
    let taken = 0;
    for (const file of damaged(bytes, 5000, 1)) {
      const picture = plain(file);
      if (picture === undefined) continue;
      const { data, width, height } = await decodePicture(file, { withoutAlpha: true });
      const isSame = Buffer.compare(picture.data, data as Uint8Array) === 0;
      expect({ isSame, width: picture.width, height: picture.height }).toEqual({
        isSame: true,
        width,
        height,
      });
      taken++;
    }
    expect(taken).toBeGreaterThan(100);
  },
);
