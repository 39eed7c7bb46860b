import type { Json } from '@residual/data';

/** A place where two values are not the same. */
export interface Difference {
  /** Such as `optimizer.learningRate`. */
  path: string;
  expected: string;
  received: string;
}

/** Where `received` differs from `expected`. The order of keys doesn't matter; an absent key equals undefined. */
export function differences(expected: Json | undefined, received: Json | undefined, path = ''): Difference[] {
  if (isObject(expected) && isObject(received)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(received)]);
    return [...keys].flatMap((key) =>
      differences(expected[key], received[key], path === '' ? key : `${path}.${key}`),
    );
  }
  const [wanted, given] = [text(expected), text(received)];
  return wanted === given ? [] : [{ path, expected: wanted, received: given }];
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: Json | undefined): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}
