import { datasetSource, limit, split } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import type { Overrides } from './configure.js';
import { configure } from './configure.js';
import { heldOutOf, runParts } from './runParts.js';

const { train, test } = stripes(260, 39);
const { train: validation } = stripes(26);
const parts = (overrides: Overrides, data: Parameters<typeof runParts>[1]) =>
  runParts(configure(tiny, task, overrides), data);

describe('runParts', () => {
  it('validates with the validation part, and holds nothing out then', () => {
    expect(parts({ holdOut: 5 }, { train, validation, test })).toEqual({
      ...{ train, validation, test },
      validatedBy: 'validation',
    });
    expect(parts({ holdOut: 0 }, { train, validation })).toEqual({
      train,
      validation,
      validatedBy: 'validation',
    });
  });

  it('holds out always the same pictures of those to train on, whatever the seed: as split does', () => {
    const held = split(train, 20, 0);
    for (const seed of [0, 5]) {
      expect(parts({ holdOut: 20, seed }, { train, test })).toEqual({
        ...{ train: held.train, validation: held.test, test },
        validatedBy: 'held out',
      });
    }
    const fromSource = parts({ holdOut: 20 }, { train: datasetSource(train), test });
    expect(fromSource.train.labels).toEqual(held.train.labels);
    expect(parts({ holdOut: 20 }, { train })).not.toHaveProperty('test');
  });

  it('holds out at most a tenth, of those that the limit leaves, and at least one', () => {
    const { train: most } = parts({ holdOut: 5000 }, { train });
    expect(most.length).toBe(234);
    const few = parts({ holdOut: 5000, limit: 30 }, { train, test });
    expect([few.train.length, few.validation?.length, few.test?.length]).toEqual([27, 3, 30]);
    const [held, first] = [[...few.validation!.labels], [...limit(train, 30).labels]];
    expect([...few.train.labels, ...held].sort()).toEqual(first.sort());
    expect([1, 2, 9, 29, 60_000].map((length) => heldOutOf({ length }, 5000))).toEqual([0, 1, 1, 2, 5000]);
  });

  it('lets the test part validate where nothing is held out, and trains without where there is none', () => {
    expect(parts({ holdOut: 0 }, { train, test })).toEqual({
      train,
      validation: test,
      test,
      validatedBy: 'test',
    });
    expect(parts({ holdOut: 0 }, { train })).toEqual({ train, validatedBy: 'nothing' });
  });

  it('refuses a part of other classes', () => {
    const others = { ...validation, classNames: validation.classNames.slice(1) };
    expect(() => parts({}, { train, validation: others, test })).toThrow(
      expect.objectContaining({ code: 'DATA' }),
    );
  });
});
