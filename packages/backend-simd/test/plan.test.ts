import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { compileKernels } from '../src/binary.js';
import { detectFeatures } from '../src/features.js';
import { createBackend, type SimdOptions, simd } from '../src/index.js';
import { planFor } from '../src/plan.js';
import { chooseTileWidth } from '../src/tileWidth.js';
import { simdValues } from './support.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('what simd.probe tells', () => {
  it('has the threads asked for, the tile with its measurements, and what decides bits', async () => {
    const probe = await simd.probe({ threads: 3 });
    expect(probe).toMatchObject({
      usable: true,
      device: 'CPU, WebAssembly SIMD, 3 threads',
      details: {
        threads: '3',
        tile: expect.stringMatching(/^6 x (8|16), .* GFLOPS with 8 columns, \d+ GFLOPS with 16 columns\)$/),
        revectorisation: expect.any(String),
        multiplyAdd: expect.stringMatching(/fused|roundings/),
      },
    });
  });

  it('has the threads that then run, and says so where that is fewer than asked for', async () => {
    expect(await simd.probe({ threads: 256 })).toMatchObject({ details: { threads: '256' } });
    expect(await simd.probe({ threads: 1000 })).toMatchObject({
      device: 'CPU, WebAssembly SIMD, 256 threads',
      details: { threads: expect.stringContaining('256 threads instead of 1000') },
    });
  });

  it('is what a backend then does', async () => {
    const probe = await simd.probe({ threads: 2 });
    const backend = await createBackend({ threads: 2 });
    const details = probe.usable ? probe.details! : {};
    expect(details.tile).toContain(`6 x ${backend.tileWidth},`);
    expect(details).toMatchObject(backend.arithmetic);
    backend.dispose();
  });
});

describe('a page that is not cross-origin isolated', () => {
  it('gets one thread, and is told so once and by the probe', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    for (let i = 0; i < 2; i++) {
      const backend = await createBackend({ threads: 4 });
      expect(backend.threads).toBe(1);
      backend.dispose();
    }
    const notice = expect.stringMatching(/1 thread instead of 4.*Cross-Origin-Opener-Policy/);
    expect(warn.mock.calls).toEqual([[notice]]);
    expect(await simd.probe({ threads: 4 })).toMatchObject({
      device: 'CPU, WebAssembly SIMD, 1 thread',
      details: { threads: notice },
    });
  });

  it('is told nothing when it asked for one', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
    (await createBackend({ threads: 1 })).dispose();
    expect(warn).not.toHaveBeenCalled();
  });
});

describe('the tile', () => {
  it('is measured once for a program', async () => {
    const module = await compileKernels({ simd: true, relaxed: true, shared: false });
    const choice = await chooseTileWidth(module, false, 8);
    expect(choice.speeds[8]).toBeGreaterThan(0);
    expect(choice.speeds[16]).toBeGreaterThan(0);
    expect(await chooseTileWidth(module, false, 16)).toBe(choice);
  });

  it.each([8, 16] as const)('may be asked to have %i columns', async (tileWidth) => {
    expect((await planFor({ threads: 1, tileWidth }))?.tile).toMatchObject({
      width: tileWidth,
      reason: 'as asked',
    });
    const backend = await createBackend({ threads: 1, tileWidth });
    expect(backend.tileWidth).toBe(tileWidth);
    backend.dispose();
  });
});

it('a probe says so where there is no WebAssembly at all', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  expect(await simd.probe()).toMatchObject({
    usable: false,
    reason: expect.stringContaining('no WebAssembly'),
  });
});

describe('bits', () => {
  const multiplyAddOf = async (options: Pick<SimdOptions, 'bits'>) => {
    const probe = await simd.probe({ threads: 1, ...options });
    return probe.usable ? [probe.details!.multiplyAdd, probe.device] : [];
  };

  it('portable: in two roundings, at a speed that is told where the engine has a faster one', async () => {
    const [usual] = await multiplyAddOf({});
    const [portable, device] = await multiplyAddOf({ bits: 'portable' });
    expect(portable).toBe('in two roundings');
    const cost =
      /^CPU, WebAssembly SIMD, 1 thread; portable bits, matrix products at \d\.\d\d of the fastest speed$/;
    expect(device).toMatch(usual === portable ? /^CPU, WebAssembly SIMD, 1 thread$/ : cost);
  });

  it('are those of two roundings where the engine takes relaxed SIMD and rounds twice all the same', async () => {
    vi.spyOn(WebAssembly, 'Instance').mockImplementation(function instance() {
      return { exports: { f: (a: number, b: number, c: number) => Math.fround(Math.fround(a * b) + c) } };
    });
    expect(detectFeatures().relaxed).toBe(false);
  });

  it('are what the kernels compute', async () => {
    const [multiplyAdd] = await multiplyAddOf({});
    const x = 1 + 2 ** -12; // its square has a last part, 2^-24, that float32 has no room for
    const product = () => [tf.matMul(tf.tensor2d([[1, x]]), tf.tensor2d([[-(1 + 2 ** -11)], [x]]))];
    const rest = multiplyAdd === 'in two roundings' ? 0 : 2 ** -24;
    expect(await simdValues(product)).toEqual([Float32Array.of(rest)]);
    expect(await simdValues(product, { bits: 'portable' })).toEqual([Float32Array.of(0)]);
  });
});
