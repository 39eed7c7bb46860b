import { stat } from 'node:fs/promises';

/** What the system says of something that may well be there. */
const UNKNOWN = ['EACCES', 'EPERM', 'EIO'];

/** Whether something is at a path. @throws the system's error where that can't be told, as without permission */
export function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (UNKNOWN.includes(error.code ?? '')) throw error;
      return false;
    },
  );
}
