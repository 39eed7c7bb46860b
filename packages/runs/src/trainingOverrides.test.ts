import '../test/onSimd.js';
import { dispose, readStateDict } from '@residual/blocks';
import { latestCheckpoint, memoryStorage, type TrainEvent } from '@residual/trainer';
import { describe, expect, it } from 'vitest';
import { stripes, task, tiny } from '../test/tiny.js';
import { configure, type Overrides } from './configure.js';
import { startRun } from './run.js';
import type { StagesEvent } from './stages.js';

const overrides = { freeze: ['stem', '**.bn*'], layerDecay: 0.5, accumulate: 2, patience: 3 };

describe('overrides of a training', () => {
  it('are worked in beside what the recipe has', () => {
    const groups = [{ pattern: 'head', learningRateScale: 10 }];
    const recipe = { ...tiny, training: { ...tiny.training, groups } };
    expect(configure(recipe, task, overrides).training).toMatchObject({
      groups: [...groups, { pattern: 'stem', frozen: true }, { pattern: '**.bn*', frozen: true }],
      layerDecay: 0.5,
      accumulate: 2,
      patience: 3,
    });
    expect(configure(recipe, task).training).toMatchObject({ groups, layerDecay: null, accumulate: 1 });
  });

  it('reach the run, and its checkpoint', async () => {
    const storage = memoryStorage();
    const config = configure(tiny, task, { ...overrides, epochs: 1 });
    const { model, events } = await startRun(config, { data: stripes(), checkpoints: { storage } });
    const before = await readStateDict(model);
    const seen: (TrainEvent | StagesEvent)[] = [];
    for await (const event of events) seen.push(event);
    expect(seen[0]).toMatchObject({ type: 'start', totalSteps: 2, referenceOps: [] });
    const after = await readStateDict(model);
    dispose(model);
    for (const [path, value] of after) {
      const isFrozen = path.startsWith('stem.') || /\.bn\d\./.test(path);
      if (isFrozen) expect(value, path).toEqual(before.get(path));
      else if (path.endsWith('weight')) expect(value, path).not.toEqual(before.get(path));
    }
    const { facts } = (await latestCheckpoint(storage))!;
    expect(facts).toMatchObject({ accumulate: 2, patience: 3, layerDecay: 0.5 });
    expect(facts.frozen).toContain('stem.bn.scale');
  });

  it('let what is frozen be trained after all, from an epoch on', () => {
    const { groups } = configure(tiny, task, { freeze: ['stem'], unfreezeAt: 2 }).training;
    expect(groups).toEqual([{ pattern: 'stem', frozen: true, unfreezeAt: 2 }]);
    const recipe = {
      ...tiny,
      training: { ...tiny.training, groups, stages: 'frozen', augment: [] },
    } as const;
    expect(() => configure(recipe, task)).toThrow(
      'training.groups[0].unfreezeAt: expected none where the head alone is trained, received 2.',
    );
  });

  it('name a pattern of no path', async () => {
    const run = await startRun(configure(tiny, task, { freeze: ['trunk'] }), { data: stripes() });
    await expect(run.events.next()).rejects.toThrow(
      'groups[0]: pattern: expected one of the model\'s paths, received "trunk". There are stem, stages.0.0, ',
    );
    dispose(run.model);
  });

  it.each<[Overrides, string]>([
    [{ layerDecay: 0 }, 'layerDecay: expected a number above 0 and at most 1, received 0. Try 0.75'],
    [{ accumulate: 0 }, 'accumulate: expected an integer of at least 1, received 0.'],
    [{ patience: Number.NaN }, 'patience: expected an integer of at least 1, received NaN. Try 5'],
    [
      { freeze: ['stem'], unfreezeAt: 1 },
      'unfreezeAt: expected the number of an epoch from 2 on, received 1.',
    ],
    [{ unfreezeAt: 3 }, 'unfreezeAt: expected something that is frozen, received nothing.'],
    [{ freeze: [''] }, 'training.groups.0.pattern'],
  ])('refuse %j', (wrong, message) => {
    expect(() => configure(tiny, task, wrong)).toThrow(message);
    expect(() => configure(tiny, task, wrong)).toThrow(expect.objectContaining({ code: 'OPTION' }));
  });
});
