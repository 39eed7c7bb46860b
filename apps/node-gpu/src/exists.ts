import { stat } from 'node:fs/promises';

/** Whether something is at a path that can be looked at. */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
