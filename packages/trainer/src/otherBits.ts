import type { Checkpoint } from './checkpoint.js';
import { activeBackend } from './runBackend.js';

/**
 * Why the run won't be equal, to the bit, to one that was never stopped. These are warnings: training on is right, on
 * another machine or with a newer version as well; only the promise of equal bits ends.
 */
export function otherBits({ name, backend, arithmetic }: Checkpoint): string[] {
  const here = activeBackend();
  const consequence = 'so the run will not be equal to the bit.';
  if (backend !== here.backend) {
    const text = `${name} was written on backend ${backend}; this is ${here.backend}, which rounds differently, `;
    return [text + consequence];
  }
  const quote = (value: string | undefined) => (value === undefined ? 'unknown' : `"${value}"`);
  return [...new Set([...Object.keys(arithmetic), ...Object.keys(here.arithmetic)])]
    .filter((key) => arithmetic[key] !== here.arithmetic[key])
    .map(
      (key) =>
        `${name} was written on backend ${backend} with ${key} ${quote(arithmetic[key])}; here it is ` +
        `${quote(here.arithmetic[key])}, which rounds differently, ${consequence}`,
    );
}
