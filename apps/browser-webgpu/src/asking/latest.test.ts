import { expect, test } from 'vitest';
import { Latest } from './latest.js';

test('one question is answered at a time, then the newest of those that were asked meanwhile', async () => {
  const answered: number[] = [];
  const release: (() => void)[] = [];
  const latest = new Latest<number>(async (question) => {
    answered.push(question);
    await new Promise<void>((resolve) => release.push(resolve));
  });
  for (const question of [1, 2, 3]) latest.ask(question);
  expect(answered).toEqual([1]);
  release.pop()?.();
  await expect.poll(() => answered).toEqual([1, 3]);
  release.pop()?.();
  await Promise.resolve();
  latest.ask(4);
  await expect.poll(() => answered).toEqual([1, 3, 4]);
});
