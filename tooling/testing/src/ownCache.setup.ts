import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import envPaths from 'env-paths';

/** Tests that decode pictures keep them in a cache of their own; what was installed into the user's is there too. */
export default function ownCache(): () => void {
  const { cache } = envPaths('residual', { suffix: '' });
  const own = mkdtempSync(join(tmpdir(), 'residual-cache-'));
  mkdirSync(join(own, 'residual'));
  for (const name of namesIn(cache)) {
    if (name !== 'packs') symlinkSync(join(cache, name), join(own, 'residual', name));
  }
  const before = process.env.XDG_CACHE_HOME;
  process.env.XDG_CACHE_HOME = own;
  return () => {
    if (before === undefined) delete process.env.XDG_CACHE_HOME;
    else process.env.XDG_CACHE_HOME = before;
    rmSync(own, { recursive: true, force: true });
  };
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // nothing was installed
  }
}
