import { stat } from 'node:fs/promises';
import { firstBytes } from '@residual/data/node';
import { pictureKind, TELLING } from '@residual/pictures';
import { CommandError } from '../error.js';

/**
 * A drawing may take the place of an earlier one, and of nothing else: `train --preview photos.csv` is easily written.
 *
 * @param option that named the file
 * @throws CommandError `USAGE` where a file of another kind is there
 */
export async function requireDrawing(path: string, option: string): Promise<void> {
  const facts = await stat(path).catch(() => undefined); // what can't be told yet is told when it is written
  if (!facts?.isFile() || facts.size === 0) return;
  if (pictureKind(await firstBytes(path, TELLING)) === 'PNG') return;
  throw new CommandError('USAGE', {
    where: `${option} ${path}`,
    expected: 'a name that is free, or a PNG to draw anew',
    received: 'another file, which would be lost',
    fix: 'Choose another name.',
  });
}
