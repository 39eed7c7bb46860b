import { fileURLToPath } from 'node:url';
import type { ShippedRow } from './shipped.js';

/**
 * Where a file of weights lies that comes with this package.
 *
 * @example
 * const { file } = await openWeightsAt(shippedPath(findShipped('residual/resnet20-fashion-mnist')));
 */
export function shippedPath({ file }: ShippedRow): string {
  return fileURLToPath(new URL(`../files/${file}`, import.meta.url));
}
