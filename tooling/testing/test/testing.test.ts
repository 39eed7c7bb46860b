import { afterEach, expect, test, vi } from 'vitest';
import { unavailable } from '../src/index.ts';

const context = {
  skip(note: string): never {
    throw new Error(`skipped: ${note}`);
  },
};

afterEach(() => vi.unstubAllEnvs());

test('what is missing skips its test with the reason, or fails it where it is required', () => {
  const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  vi.stubEnv('REQUIRE_BACKENDS', undefined);
  expect(() => unavailable(context, 'webgpu', 'no adapter')).toThrow('skipped: webgpu: no adapter');
  expect(stderr).toHaveBeenCalledWith('skipped: webgpu: no adapter\n');
  vi.stubEnv('REQUIRE_BACKENDS', 'simd,webgpu');
  expect(() => unavailable(context, 'webgpu', 'no adapter')).toThrow(
    'webgpu is required here (REQUIRE_BACKENDS): no adapter',
  );
  expect(() => unavailable(context, 'browser', 'no Chrome')).toThrow('skipped: browser: no Chrome');
  stderr.mockRestore();
});

test.fails('an unexpected warning fails the test that prints it', () => {
  console.warn('planted');
});

test("tfjs's greeting does not", () => {
  console.warn('Hi, looks like you are running TensorFlow.js in Node.js. To speed things up...');
});
