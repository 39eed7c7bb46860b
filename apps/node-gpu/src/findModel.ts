import { isModelName, type ModelDescription, models } from '@residual/models';
import { CommandError } from './error.js';

/**
 * The network of this name; torchvision's spelling with underscores will do.
 *
 * @param where the option or argument that named it, for the error
 * @throws CommandError `USAGE` listing the networks there are.
 */
export function findModel(name: string, where: string): ModelDescription {
  const spelt = Object.keys(models).find((known) => plain(known) === plain(name));
  if (spelt !== undefined && isModelName(spelt)) return models[spelt];
  throw new CommandError('USAGE', {
    where,
    expected: 'a known network',
    received: name,
    fix: `There are ${Object.keys(models).join(', ')}.`,
  });
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
