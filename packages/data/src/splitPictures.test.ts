import { createHash } from 'node:crypto';
import { randomStream } from '@residual/random';
import { describe, expect, it } from 'vitest';
import type { Part, Shares, SplitPicture } from './part.js';
import { parseSplit, type Split } from './split.js';
import { similarityClusters } from './splitClusters.js';
import { splitPictures } from './splitPictures.js';

const key = (name: string) => createHash('sha256').update(name).digest('hex');

/** Levels of noise: no two are alike. */
function noise(seed: number): Uint8Array {
  const draw = randomStream({ seed, purpose: 'levels' });
  return Uint8Array.from({ length: 64 }, (_, i) => Math.floor(draw.uniform(i) * 256));
}

/** As saved again: each level a little off. */
function copyOf(levels: Uint8Array, seed: number): Uint8Array {
  const draw = randomStream({ seed, purpose: 'copy' });
  return levels.map((level, i) => Math.min(255, Math.max(0, level + Math.round(draw.uniform(i) * 4 - 2))));
}

/** Pictures that have nothing in common. */
function distinct(count: number, { classes = 3, name = 'picture' } = {}): SplitPicture[] {
  return Array.from({ length: count }, (_, i) => ({ label: i % classes, key: key(`${name} ${i}`) }));
}

/** A set as people have them: copies, copies saved again, groups over several classes. */
function messy(seed: number, name: string, count: number): SplitPicture[] {
  const draw = randomStream({ seed, purpose: 'messy' });
  const whole = (i: number, below: number) => Math.floor(draw.uniform(i) * below);
  return Array.from({ length: count }, (_, i) => {
    const scene = whole(4 * i, count); // some are drawn twice
    const isGrouped = whole(4 * i + 1, 10) === 0;
    return {
      label: scene % 4,
      key: key(`${seed} ${whole(4 * i + 2, 8) === 0 ? `scene ${scene}` : `${name} ${i}`}`),
      fingerprint: copyOf(noise(scene + 1000 * seed), i),
      ...(isGrouped && { group: `person ${whole(4 * i + 3, 12)}` }),
    };
  });
}

function countsOf(parts: readonly Part[]): Record<Part, number> {
  const counts = { train: 0, validation: 0, test: 0 };
  for (const part of parts) counts[part]++;
  return counts;
}

/** Pairs of pictures that must be together and are not. */
function torn(pictures: readonly SplitPicture[], parts: readonly Part[]): string[] {
  const found = new Map<string, Part>();
  const pairs: string[] = [];
  for (const [i, { key: hash, group }] of pictures.entries()) {
    for (const name of [hash, ...(group === undefined ? [] : [group])]) {
      if (found.has(name) && found.get(name) !== parts[i]) pairs.push(name);
      found.set(name, parts[i]!);
    }
  }
  return pairs;
}

describe('splitPictures', () => {
  it('puts 80, 10 and 10 of a hundred into the parts, in expectation, and other shares where told', () => {
    const { train, validation, test } = countsOf(splitPictures(distinct(20_000)).parts);
    // Binomial: one standard deviation is 57 of 16,000, and 42 of 2,000.
    expect(Math.abs(train - 16_000)).toBeLessThan(4 * 57);
    expect(Math.abs(validation - 2000)).toBeLessThan(4 * 42);
    expect(Math.abs(test - 2000)).toBeLessThan(4 * 42);
    const half = countsOf(splitPictures(distinct(20_000), { shares: [50, 50, 0] }).parts);
    expect(Math.abs(half.train - 10_000)).toBeLessThan(4 * 71);
    expect(half.test).toBe(0);
    expect(countsOf(splitPictures(distinct(9), { shares: [100, 0, 0] }).parts).train).toBe(9);
  });

  it('depends on the seed and the bytes of the files alone: not on their order, nor on their names', () => {
    const pictures = messy(1, 'a', 200);
    const { parts, split } = splitPictures(pictures, { seed: 5 });
    const turned = splitPictures([...pictures].reverse(), { seed: 5 });
    expect([...turned.parts].reverse()).toEqual(parts);
    expect(JSON.stringify(turned.split)).toBe(JSON.stringify(split));
    expect(splitPictures(pictures, { seed: 6 }).parts).not.toEqual(parts);
  });

  it('keeps known pictures where they are when others are added, and others with their clusters', () => {
    for (let seed = 0; seed < 30; seed++) {
      const first = messy(seed, 'a', 60);
      const before = splitPictures(first, { seed });
      const more = [...messy(seed, 'b', 90), ...first];
      const after = splitPictures(more, { seed, known: before.split });
      expect(after.parts.slice(90)).toEqual(before.parts);
      expect(after.split.parts).toMatchObject(before.split.parts);
      // What is known to be in two parts stays there; everything else is together.
      const clusters = similarityClusters(more);
      const knownIn = new Map<number, Set<Part>>();
      for (const [i, cluster] of clusters.entries()) {
        const part = before.split.parts[more[i]!.key];
        if (part !== undefined) knownIn.set(cluster, (knownIn.get(cluster) ?? new Set()).add(part));
      }
      const whole = more.flatMap((_, i) => ((knownIn.get(clusters[i]!)?.size ?? 1) > 1 ? [] : [i]));
      expect(whole.length).toBeGreaterThan(60);
      expect(
        torn(
          whole.map((i) => more[i]!),
          whole.map((i) => after.parts[i]!),
        ),
      ).toEqual([]);
      for (const [i, { key: hash }] of more.entries()) expect(after.split.parts[hash]).toBe(after.parts[i]);
    }
  });

  it('keeps equal files, copies that were saved again, and groups in one part', () => {
    for (let seed = 0; seed < 30; seed++) {
      const pictures = messy(seed, 'a', 120);
      const { parts } = splitPictures(pictures, { seed });
      const clusters = similarityClusters(pictures);
      expect(torn(pictures, parts)).toEqual([]);
      const byCluster = new Map<number, Part>();
      for (const [i, cluster] of clusters.entries()) {
        expect(byCluster.get(cluster) ?? parts[i]).toBe(parts[i]);
        byCluster.set(cluster, parts[i]!);
      }
    }
    const scene = noise(7);
    const shots = distinct(400, { classes: 1 }).map((one, i) => ({ ...one, fingerprint: copyOf(scene, i) }));
    const scenes = [...shots, ...distinct(40, { name: 'other', classes: 1 })];
    const { parts } = splitPictures(scenes);
    expect(new Set(parts.slice(0, 400)).size).toBe(1);
    expect(new Set(similarityClusters(scenes)).size).toBe(41);
  });

  it('takes blank pictures, and alike ones of two classes, for pictures of their own', () => {
    const alike = noise(3);
    const blank = new Uint8Array(64).fill(255);
    const pictures = [0, 1].flatMap((label) => [
      { label, key: key(`alike ${label}`), fingerprint: alike },
      ...[1, 2].map((i) => ({ label, key: key(`blank ${label} ${i}`), fingerprint: blank })),
    ]);
    expect([...similarityClusters(pictures)]).toEqual([0, 1, 2, 3, 4, 5]);
    const other = noise(4);
    const turned = alike.map((level) => 255 - level); // the negative
    const brighter = alike.map((level) => 40 + Math.round(level * 0.8));
    const [a, b, c, d] = [alike, brighter, turned, other].map((fingerprint, i) => ({
      label: 0,
      key: key(`${i}`),
      fingerprint,
    }));
    expect([...similarityClusters([a!, b!, c!, d!])]).toEqual([0, 0, 1, 2]);
  });

  it('gives a class of three clusters or more one in each part, and every class one to train on', () => {
    for (let seed = 0; seed < 200; seed++) {
      const sizes = [1, 2, 3, 4, 7];
      const pictures = sizes.flatMap((size, label) =>
        Array.from({ length: size * 3 }, (_, i) => ({
          label,
          key: key(`${seed} ${label} ${i}`),
          group: `${label} ${i % size}`,
        })),
      );
      const { parts } = splitPictures(pictures, { seed });
      expect(torn(pictures, parts)).toEqual([]);
      for (const [label, size] of sizes.entries()) {
        const own = new Set(parts.filter((_, i) => pictures[i]!.label === label));
        expect(own).toContain('train');
        if (size >= 3) expect(own.size).toBe(3);
      }
    }
  });

  it('gives three people who have pictures of all classes one part each', () => {
    const pictures = Array.from({ length: 30 }, (_, i) => ({
      label: i % 5,
      key: key(`shot ${i}`),
      group: `person ${Math.floor(i / 10)}`,
    }));
    for (let seed = 0; seed < 20; seed++) {
      const { parts } = splitPictures(pictures, { seed });
      expect(countsOf(parts)).toEqual({ train: 10, validation: 10, test: 10 });
    }
  });

  it('with a new picture that is like known ones of two parts moves neither', () => {
    const [left, right] = [noise(1), noise(2)];
    const parts: Record<string, Part> = { [key('l')]: 'test', [key('r')]: 'train' };
    const known: Split = { version: 1, seed: 0, shares: [80, 10, 10], group: 'by', parts };
    const bridge = [
      { label: 0, key: key('r'), fingerprint: right },
      { label: 0, key: key('new'), fingerprint: right, group: 'a' },
      { label: 0, key: key('l'), fingerprint: left, group: 'a' },
    ];
    const result = splitPictures(bridge, { group: 'by', known });
    expect(result.parts).toEqual(['train', 'test', 'test']); // the first in the split decides
  });

  it.each<[string, Parameters<typeof splitPictures>, string, RegExp]>([
    [
      'shares above 100',
      [[], { shares: [80, 10, 20] }],
      'ARGUMENT',
      /shares: expected three numbers that come to 100, received \[80,10,20\]/,
    ],
    ['nothing to train on', [[], { shares: [0, 50, 50] }], 'ARGUMENT', /more than 0 pictures to train on/],
    ['a share below 0', [[], { shares: [110, -10, 0] }], 'ARGUMENT', /shares/],
    ['shares of another kind', [[], { shares: '80/10/10' as unknown as Shares }], 'ARGUMENT', /shares/],
    ['half a seed', [[], { seed: 0.5 }], 'ARGUMENT', /seed: expected a whole number/],
    [
      'a key that is no hash',
      [[{ label: 0, key: 'a.png' }]],
      'ARGUMENT',
      /64 hexadecimal digits in lower case, received "a.png"/,
    ],
    [
      'a split of other shares',
      [
        [],
        {
          shares: [70, 15, 15],
          known: { version: 1, seed: 0, shares: [80, 10, 10], group: null, parts: {} },
        },
      ],
      'MISMATCH',
      /expected shares 70\/15\/15, seed 0, no groups, received shares 80\/10\/10, seed 0, no groups/,
    ],
  ])('refuses %s', (_, given, code, message) => {
    expect(() => splitPictures(...given)).toThrow(expect.objectContaining({ code }));
    expect(() => splitPictures(...given)).toThrow(message);
  });
});

describe('parseSplit', () => {
  const { split } = splitPictures(distinct(12), { seed: 3, group: 'p\\d+' });

  it('reads what was written', () => {
    const read = parseSplit(JSON.stringify(split), 'split.json');
    expect(read).toEqual(split);
    expect(Object.keys(read.parts)).toEqual(Object.keys(split.parts));
  });

  it('refuses what is cut off', () => {
    const text = JSON.stringify(split).slice(0, -9);
    expect(() => parseSplit(text, 'split.json')).toThrow(
      /^split\.json: .* received "\{.*". Put the file back/,
    );
  });

  it.each<[string, unknown, string, RegExp]>([
    [
      'another version',
      { ...split, version: 2 },
      'VERSION',
      /^split\.json: version: expected a split of version 1, received 2\. A newer/,
    ],
    [
      'an older version',
      { ...split, version: 0 },
      'VERSION',
      /received 0\. Put the file back .* computed anew\.$/,
    ],
    ['no split', [1], 'FORMAT', /^split\.json/],
    ['no object', null, 'FORMAT', /^split\.json/],
    ['an unknown part', { ...split, parts: { [key('a')]: 'holdout' } }, 'FORMAT', /received "holdout"\. Put/],
    ['a key that is no hash', { ...split, parts: { 'a.png': 'train' } }, 'FORMAT', /64 hexadecimal/],
    [
      'shares that do not add up',
      { ...split, shares: [80, 10, 1] },
      'FORMAT',
      /split\.json: shares: expected three numbers/,
    ],
    [
      'a field too few',
      { version: 1, seed: 3, shares: [80, 10, 10], parts: {} },
      'FORMAT',
      /split\.json: group/,
    ],
  ])('refuses %s in one sentence', (_, value, code, message) => {
    expect(() => parseSplit(JSON.stringify(value), 'split.json')).toThrow(expect.objectContaining({ code }));
    expect(() => parseSplit(JSON.stringify(value), 'split.json')).toThrow(message);
  });
});
