import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import { folder, TINY, whole } from './tinyRun.js';

describe('residual backends', () => {
  it('says what TensorFlow lacks, with the command that gets it, and that auto goes on', async () => {
    const env = { XDG_CACHE_HOME: folder.path };
    const { stdout } = await residual(['backends'], { env });
    const fix =
      /^tensorflow +not usable +Neither .* is installed\.\n +Run: python3 .* && residual setup tensorflow --library tf-venv/m;
    expect(stdout).toMatch(fix);
    const { code, stderr } = await residual(['evaluate', '--run', whole, '--backend', 'tensorflow'], { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^error: backend: .* Neither .* residual setup tensorflow --library tf-venv .*\n$/,
    );
    const auto = await residual(
      ['train', ...TINY, '--backend', 'auto', '--epochs', '1', '--out', join(folder.path, 'auto')],
      { env },
    );
    expect(auto.code).toBe(0);
    expect(auto.stdout).toMatch(/not tensorflow: .*/);
  });

  it('tells how simd computes here: threads, what decides bits, the tile and what was measured', async () => {
    const { stdout } = await residual(['backends']);
    for (const line of [
      /^ +multiplyAdd: (fused|in two roundings)/m,
      /^ +convolutions: chosen by shape, version \d+$/m,
      /^ +threads: \d+$/m,
      /^ +revectorisation: (on|left)/m,
      /^ +tile: 6 x (8|16), .*measured.* \d+ GFLOPS with 16 columns\)$/m,
    ])
      expect(stdout).toMatch(line);
    const words = ['backends', '--json', '--threads', '3', '--tile-width', '8', '--convolution', 'direct'];
    const asked = await residual(words);
    const lines = asked.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.find(({ name }) => name === 'simd')).toMatchObject({
      device: expect.stringContaining('3 threads'),
      details: {
        tile: expect.stringMatching(/^6 x 8, as asked/),
        convolutions: expect.stringMatching(/^direct/),
        threads: '3',
      },
    });
  });

  it('refuses float16 where the backend that computes has none', async () => {
    const out = join(folder.path, 'float16');
    const words = ['train', ...TINY, '--backend', 'simd', '--activations', 'float16', '--out', out];
    const { code, stderr } = await residual(words);
    expect(code).toBe(2);
    expect(stderr).toBe(
      'error: --activations float16: expected a backend with this option: webgpu, received simd. ' +
        'Ask for webgpu, or leave the option out.\n',
    );
    expect(existsSync(out)).toBe(false);
  });

  it('says the same as JSON', async () => {
    const { stdout } = await residual(['backends', '--json']);
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(found.map(({ name }) => name)).toEqual(['tensorflow', 'webgpu', 'simd', 'cpu']);
    expect(found[3]).toEqual({
      name: 'cpu',
      usable: true,
      device: expect.stringContaining('plain JavaScript'),
    });
  });
});
