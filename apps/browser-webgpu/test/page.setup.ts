import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { serve } from '../serve.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the built page is served with the headers that threads need, and where without. */
    sites: { isolated: string; plain: string };
  }
}

/** For vitest: builds the page if something changed, and serves it while the tests run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const program = join(import.meta.dirname, '..', '..', '..', 'tooling', 'run', 'task.js');
  await promisify(execFile)(process.execPath, [program, 'bundle', '@residual/browser-webgpu...']);
  const isolated = await serve({ port: 0 });
  const plain = await serve({ port: 0, isIsolated: false });
  project.provide('sites', { isolated: isolated.url, plain: plain.url });
  return async () => {
    await Promise.all([isolated.close(), plain.close()]);
  };
}
