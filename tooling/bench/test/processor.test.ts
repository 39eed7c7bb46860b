import { describe, expect, it } from 'vitest';
import { tileOf } from '../src/peaks.ts';
import { processorOf } from '../src/processor.ts';

const epyc = `processor\t: 0
vendor_id\t: AuthenticAMD
cpu family\t: 26
model\t\t: 2
model name\t: AMD EPYC
flags\t\t: fpu sse4_2 avx avx2 avx512f avx512_bf16
`;

describe("a processor's vectors", () => {
  it.each([
    ['an EPYC', epyc, { family: 26, model: 2, vectorBits: 512, bfloat16: ['avx512_bf16'] }],
    ['one with AVX2', 'flags : sse2 avx2\n', { vectorBits: 256, bfloat16: [] }],
    ['an old one', 'flags : fpu sse2\n', { vectorBits: 128, bfloat16: [] }],
    ['an ARM', 'Features : fp asimd\n', { vectorBits: 128, bfloat16: [] }],
    ['one that the system says nothing of', '', { vectorBits: undefined, bfloat16: [] }],
  ])('are read for %s', (_, text, expected) => expect(processorOf(text)).toMatchObject(expected));
});

describe("the tile's peak", () => {
  const details = {
    tile: '6 x 16, the faster (measured on one thread: 90 GFLOPS with 8 columns, 126 GFLOPS with 16 columns)',
    revectorisation: 'on, by a flag that this V8 knows',
  };
  it("is the faster width's, in the bits that V8 joins", () => {
    expect(tileOf({ usable: true, device: '', details }, 512)).toEqual({ tile: 126, tileBits: 256 });
    expect(tileOf({ usable: true, device: '', details }, 128)).toEqual({ tile: 126, tileBits: 128 });
  });

  it('is what the backend says of itself', async () => {
    const { simd } = await import('@residual/backend-simd');
    expect(tileOf(await simd.probe({ threads: 1 }), 512).tile).toBeGreaterThan(0);
  });

  it('is untold where the backend is not usable', () => {
    expect(tileOf({ usable: false, reason: '', fix: '' }, 512)).toEqual({});
  });
});
