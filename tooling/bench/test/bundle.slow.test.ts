import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unavailable } from '@residual/testing';
import { expect, it, vi } from 'vitest';
import { makeBundle } from '../src/bundle/bundle.ts';
import { Peer } from '../src/peer.ts';

it('makes a bundle in which the benchmark runs without this checkout', {
  timeout: 600_000,
}, async (context) => {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    return unavailable(context, 'bench --bundle', 'it is made on Linux x64, for Linux x64');
  }
  const folder = mkdtempSync(join(tmpdir(), 'residual-bundle-test-'));
  try {
    const file = join(folder, 'bench.tar.xz');
    vi.stubEnv('XZ_OPT', '-1'); // ten times as fast as the best, and larger
    expect(await makeBundle(file)).toBeLessThan(60e6);
    execFileSync('tar', ['-xf', file, '-C', folder]);
    const root = join(folder, 'residual-bench');
    const bench = join(root, 'tooling', 'bench');
    const node = join(root, 'node');
    const help = execFileSync(node, [join(bench, 'src', 'main.ts'), '--help'], {
      cwd: root,
      env: { PATH: process.env.PATH },
      encoding: 'utf8',
    });
    expect(help).toContain('--bundle FILE');
    const task = {
      kind: 'training',
      model: 'resnet20',
      inputShape: [2, 8, 8, 1],
      numClasses: 10,
      threads: 1,
    };
    const peer = await Peer.start({
      command: node,
      args: [join(bench, 'dist', 'residual.js'), JSON.stringify({ backend: 'simd', task })],
    });
    expect((await peer.run(1)).seconds).toBeGreaterThan(0);
    await peer.stop();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
