import { describe, expect, it } from 'vitest';
import { task, tiny } from '../test/tiny.js';
import { configure } from './configure.js';

describe('configure', () => {
  it('mirrors pictures or not, as asked', () => {
    const augmentOf = (flip: boolean | undefined, augment = tiny.training.augment) =>
      configure({ ...tiny, training: { ...tiny.training, augment } }, task, { flip }).training.augment;
    const crop = { name: 'randomResizedCrop' };
    expect(augmentOf(undefined)).toEqual(tiny.training.augment);
    expect(augmentOf(true)).toEqual(tiny.training.augment);
    expect(augmentOf(true, [crop])).toMatchObject([crop, { name: 'horizontalFlip' }]);
    for (const name of ['randomFlip', 'alternatingFlip', 'horizontalFlip']) {
      expect(augmentOf(false, [{ name }, crop])).toEqual([crop]);
    }
  });

  it('normalizes by the data, by ImageNet or not at all', () => {
    const by = (normalize: 'data' | 'imagenet' | 'none' | undefined, normalized = true) =>
      configure({ ...tiny, normalize: normalized }, task, { normalize }).task.normalize;
    expect(by(undefined)).toEqual(task.normalize);
    expect(by(undefined, false)).toBeNull();
    expect(by('data', false)).toEqual(task.normalize);
    expect(by('none')).toBeNull();
    expect(by('imagenet')).toEqual({ mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] });
    const grey = { ...task, picture: { ...task.picture, channels: 1 as const }, normalize: null };
    expect(() => configure(tiny, grey, { normalize: 'imagenet' })).toThrow(
      'normalize: expected data or none for grey pictures, received imagenet.',
    );
  });

  it('takes a recipe that says only what every run has', () => {
    const { groups, mix, patience, accumulate, weights, stages, ...training } = configure(
      tiny,
      task,
    ).training;
    const plain = configure({ ...tiny, training }, task);
    expect(plain).toEqual(configure(tiny, task));
    expect(configure({ ...tiny, training }, task, { freeze: ['stem'] }).training.groups).toEqual([
      { pattern: 'stem', frozen: true },
    ]);
  });

  it('leaves the last batch out and balances classes where asked', () => {
    expect(configure(tiny, task).training).toMatchObject({ dropLast: false, balance: 'none' });
    const { training } = configure(tiny, task, { dropLast: true, balance: 'sampler' });
    expect(training).toMatchObject({ dropLast: true, balance: 'sampler' });
    expect(() => configure(tiny, task, { balance: 'both' as never })).toThrow('training.balance');
  });
});
