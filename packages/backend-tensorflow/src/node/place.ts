import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where {@link setupTensorflow} keeps what it builds, for all projects of a user: no reinstall removes it. */
export function setupFolder(): string {
  return join(envPaths('residual', { suffix: '' }).cache, 'tensorflow');
}
