import util from 'node:util';

/** Functions of `node:util` that tfjs-node still calls: Node 23 removed one, and warns of the other. */
export function restoreRemovedUtilities(): void {
  Object.assign(util, {
    isArray: Array.isArray,
    isNullOrUndefined: (value: unknown) => value === null || value === undefined,
  });
}
