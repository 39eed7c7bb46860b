import { expect, test, vi } from 'vitest';
import type { Explanation, LabelledPicture, Maps, NetworkFacts, Report } from '../session/session.js';
import { type Asked, LookInside, PAGE } from './lookInside.js';

const facts: NetworkFacts = {
  name: 'resnet20',
  provenance: 'shipped',
  step: null,
  data: 'shoes',
  isLightOnDark: true,
  classNames: ['boot', 'bag'],
  parameters: 1,
  layers: [],
  paths: ['stem', 'stages.0'],
};

const maps = (path: string): Maps => ({
  path,
  count: 1,
  width: 1,
  height: 1,
  channels: 1,
  pixels: Uint8Array.of(0),
});

const picture = (index: number): LabelledPicture => ({
  index,
  label: 0,
  predicted: 1,
  probability: 0.9,
  width: 28,
  height: 28,
  pixels: new Uint8Array(784).fill(index),
});

const report = (worst: LabelledPicture[]): Report => ({
  accuracy: 0.5,
  loss: 1,
  count: 2,
  matrix: [
    [0, 1],
    [0, 1],
  ],
  worst,
  step: null,
});

const explanation = (path: string): Explanation => ({
  probabilities: [0.1, 0.9],
  gradCam: { width: 1, height: 1, values: Float32Array.of(1) },
  featureMaps: maps(path),
});

function session(changes: Partial<Asked> = {}): Asked {
  return {
    model: async () => facts,
    evaluate: async () => report([picture(7), picture(8)]),
    pictures: async (from, count) => Array.from({ length: count }, (_, i) => picture(from + i)),
    explain: async (_, path = 'stages.0') => explanation(path),
    filters: async () => maps('stem.conv'),
    ...changes,
  };
}

test('a look brings facts, report, the worst mistakes, filters, and explains the worst of them', async () => {
  const look = new LookInside(session());
  look.refresh();
  await expect.poll(() => look.explanation.value).toEqual(explanation('stages.0'));
  expect(look.facts.value).toBe(facts);
  expect(look.pictures.value.map(({ index }) => index)).toEqual([7, 8]);
  expect(look.chosen.value?.index).toBe(7);
  expect(look.filters.value).toEqual(maps('stem.conv'));
  expect(look.looking.value).toBe(false);
});

test('a busy worker is asked once, and once more afterwards, however often a look is wanted', async () => {
  const release: (() => void)[] = [];
  const model = vi.fn(async () => {
    await new Promise<void>((resolve) => release.push(resolve));
    return facts;
  });
  const look = new LookInside(session({ model }));
  for (let i = 0; i < 5; i++) look.refresh();
  expect(model).toHaveBeenCalledTimes(1);
  release.pop()?.();
  await expect.poll(() => release.length).toBe(1);
  release.pop()?.();
  await expect.poll(() => look.looking.value).toBe(false);
  expect(model).toHaveBeenCalledTimes(2);
});

test('the first look judges a few pictures before it judges all that it should', async () => {
  const evaluate = vi.fn(session().evaluate);
  const look = new LookInside(session({ evaluate }));
  look.refresh();
  await expect.poll(() => look.looking.value).toBe(false);
  look.judge(2000);
  await expect.poll(() => evaluate.mock.calls.length).toBe(3);
  await expect.poll(() => look.looking.value).toBe(false);
  look.judge(null);
  await expect.poll(() => evaluate.mock.calls.length).toBe(4);
  expect(evaluate.mock.calls).toEqual([[100], [500], [2000], [undefined]]);
});

test('a cell of the matrix shows its pictures, and more of them on demand', async () => {
  const pictures = vi.fn(session().pictures);
  const look = new LookInside(session({ pictures }));
  const pair = { label: 0, predicted: 1 };
  look.show(pair);
  await expect.poll(() => look.pictures.value.length).toBe(PAGE);
  look.showMore();
  await expect.poll(() => look.pictures.value.length).toBe(2 * PAGE);
  expect(pictures.mock.calls).toEqual([
    [0, PAGE, pair],
    [0, 2 * PAGE, pair],
  ]);
});

test('an answer for an order that is no longer wanted is dropped', async () => {
  const release: (() => void)[] = [];
  const pictures = async () => {
    await new Promise<void>((resolve) => release.push(resolve));
    return [picture(99)];
  };
  const look = new LookInside(session({ pictures }));
  look.report.value = report([picture(7)]);
  look.show('data');
  look.show('worst');
  release.pop()?.();
  await expect.poll(() => look.pictures.value.map(({ index }) => index)).toEqual([7]);
});

test('a module that the next model lacks is not asked for', async () => {
  const explain = vi.fn(session().explain);
  const look = new LookInside(session({ explain }));
  look.refresh();
  await expect.poll(() => explain.mock.calls.length).toBe(1);
  look.lookAt('stem');
  await expect.poll(() => look.explanation.value?.featureMaps.path).toBe('stem');
  look.facts.value = { ...facts, paths: ['stages.0'] };
  look.choose(picture(1));
  await expect.poll(() => look.explanation.value?.featureMaps.path).toBe('stages.0');
  expect(explain.mock.calls.map(([, path]) => path)).toEqual([undefined, 'stem', undefined]);
});

test('a failure is shown until a look succeeds', async () => {
  let broken = true;
  const look = new LookInside(
    session({
      evaluate: async () => {
        if (broken) throw new Error('The device was lost.');
        return report([]);
      },
    }),
  );
  look.refresh();
  await expect.poll(() => look.failure.value).toBe('The device was lost.');
  expect(look.looking.value).toBe(false);
  broken = false;
  look.refresh();
  await expect.poll(() => look.failure.value).toBeUndefined();
});
