import { expect, it } from 'vitest';
import { typeable } from './typeable.js';

it('leaves the command of an installed package as it is', () => {
  expect(typeable('Try:    residual predict PICTURE', undefined)).toBe('Try:    residual predict PICTURE');
});

it('tells what to type in a clone, also where a word is a word of pnpm', () => {
  const inClone = (text: string) => typeable(text, 'npx pnpm@12');
  expect(inClone('Try: residual predict PICTURE --run runs/a')).toBe(
    'Try: npx pnpm@12 predict PICTURE --run runs/a',
  );
  expect(inClone('`residual backends` tells; residual setup tensorflow makes')).toBe(
    '`npx pnpm@12 backends` tells; npx pnpm@12 residual setup tensorflow makes',
  );
  expect(inClone('residual log tensorboard; residual logs')).toBe(
    'npx pnpm@12 residual log tensorboard; residual logs',
  );
  expect(inClone('by `residual\n    summary`')).toBe('by `npx pnpm@12\n    summary`');
  expect(inClone('Usage: residual [options] [command]')).toBe(
    'Usage: npx pnpm@12 residual [options] [command]',
  );
});

it('leaves other words alone', () => {
  for (const text of ['residual networks', 'a residual trainer', '@residual/models', '/tmp/residual-train'])
    expect(typeable(text, 'npx pnpm@12')).toBe(text);
});
