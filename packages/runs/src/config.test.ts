import { adamw, lion, optimizerDefaults, scheduleDefaults } from '@residual/trainer';
import { describe, expect, it } from 'vitest';
import { task, tiny } from '../test/tiny.js';
import { parseRunConfig } from './config.js';
import { configure, type Overrides } from './configure.js';
import { scheduleOf } from './schedules.js';

describe('configure', () => {
  it('leaves a recipe as it is unless told otherwise', () => {
    expect(configure(tiny, task)).toEqual({ version: 1, task, training: tiny.training });
  });

  it('works overrides in', () => {
    const overrides = { epochs: 3, batchSize: 16, learningRate: 0.5, model: 'resnet18', seed: 9, limit: 100 };
    expect(configure(tiny, task, overrides)).toEqual({
      version: 1,
      task,
      training: {
        ...tiny.training,
        epochs: 3,
        batchSize: 16,
        model: { name: 'resnet18' },
        seed: 9,
        limit: 100,
        optimizer: { ...tiny.training.optimizer, learningRate: 0.5 },
      },
    });
  });

  it('takes a schedule by name, with its own options, or whole', () => {
    const schedule = (overrides: Overrides) => configure(tiny, task, overrides).training.schedule;
    expect(schedule({ warmup: 0.3 })).toEqual({ name: 'oneCycle', warmup: 0.3 });
    expect(schedule({ schedule: 'cosine' })).toEqual({ name: 'cosine', warmup: 0, minimum: 0 });
    const own = { name: 'multiStep', warmup: 0, milestones: [0.3, 0.9], gamma: 0.5 } as const;
    expect(schedule({ schedule: own, warmup: 0.1 })).toEqual({ ...own, warmup: 0.1 });
    for (const name of Object.keys(scheduleDefaults)) {
      const value = schedule({ schedule: name });
      expect(value.name).toBe(name);
      expect(scheduleOf(value)(99, 100, 1)).toBeLessThanOrEqual(1);
    }
  });

  it('takes an optimizer by name, with its own settings, or whole', () => {
    const optimizer = (overrides: Overrides) => configure(tiny, task, overrides).training.optimizer;
    expect(optimizer({ optimizer: 'sgd', momentum: 0.5 })).toEqual({
      ...tiny.training.optimizer,
      momentum: 0.5,
    });
    expect(optimizer({ optimizer: 'adamw' })).toEqual(adamw());
    const changes = { learningRate: 0.002, weightDecay: 0.05 };
    expect(optimizer({ optimizer: 'adamw', ...changes })).toEqual(adamw(changes));
    expect(optimizer({ optimizer: lion(), learningRate: 0.002 })).toEqual(lion({ learningRate: 0.002 }));
    const own = optimizer({ optimizer: 'sam', learningRate: 0.5 });
    expect(own).toEqual({
      ...tiny.training.optimizer,
      name: 'sam',
      base: 'sgd',
      rho: 0.05,
      learningRate: 0.5,
    });
    for (const name of Object.keys(optimizerDefaults))
      expect(optimizer({ optimizer: name, learningRate: 0.5 })).toMatchObject({ name, learningRate: 0.5 });
  });

  it("takes the data's size and statistics where the recipe asks for them", () => {
    const { task: resized } = configure({ ...tiny, resize: [32, 20], normalize: false }, task);
    expect(resized).toEqual({
      ...task,
      picture: { height: 32, width: 20, channels: 3 },
      steps: [...task.steps, { name: 'stretch', height: 32, width: 20, interpolation: 'bilinear' }],
      normalize: null,
    });
    expect(configure({ ...tiny, resize: [10, 6] }, task).task).toEqual(task);
  });

  it.each<[Overrides, RegExp]>([
    [
      { epochs: 0 },
      /^epochs: expected an integer of at least 1, received 0\. Train for one epoch or more\.$/,
    ],
    [{ epochs: 2.5 }, /^epochs: .* received 2\.5/],
    [{ batchSize: 0 }, /^batchSize: .* received 0\. The recipe tiny uses 8\.$/],
    [{ batchSize: Number.NaN }, /^batchSize: .* received NaN/],
    [
      { learningRate: 0 },
      /^learningRate: expected a number above 0, received 0\. The recipe tiny uses 0\.1\.$/,
    ],
    [{ learningRate: Number.POSITIVE_INFINITY }, /^learningRate: .* received Infinity/],
    [{ seed: -1 }, /^seed: expected an integer of at least 0, received -1/],
    [
      { schedule: 'linear' },
      /^schedule: expected one of constant, cosine, .*plateau, received "linear"\. Choose one of them\.$/,
    ],
    [
      { optimizer: 'adabelief' },
      /^optimizer: expected one of sgd, adam, .*sam, received "adabelief"\. Choose one of them; one of your own/,
    ],
    [
      { optimizer: 'adamw', momentum: 0.9 },
      /^optimizer adamw: expected settings out of .* received momentum\./,
    ],
    [{ optimizer: 'adamw', weightDecay: -1 }, /^adamw: weightDecay: expected a number of at least 0/],
    [
      { optimizer: adamw(), momentum: 0.9 },
      /^momentum: expected an optimizer that has one, received it with adamw/,
    ],
    [{ momentum: 1 }, /training\.optimizer\.momentum: expected .* received 1/],
    [{ warmup: 1 }, /^warmup: expected a number of at least 0 and below 1, received 1\./],
    [{ warmup: Number.NaN }, /^warmup: .* received NaN\./],
    [{ limit: 0 }, /^limit: .* received 0\. Leave it out to use all pictures\.$/],
  ])('refuses %j, on one line', (overrides, message) => {
    expect(() => configure(tiny, task, overrides)).toThrow(message);
    expect(() => configure(tiny, task, overrides)).toThrow(expect.objectContaining({ code: 'OPTION' }));
  });
});

describe('parseRunConfig', () => {
  const config = configure(tiny, task, { limit: 50, learningRate: 0.3, seed: 4 });
  const { training } = config;

  it('reads back what JSON kept', () => {
    expect(parseRunConfig(JSON.parse(JSON.stringify(config)), 'config.json')).toEqual(config);
    const own = { ...training, optimizer: { name: 'mine', version: 2, learningRate: 1, rho: 0.5 } };
    expect(parseRunConfig({ ...config, training: own }, 'config.json').training).toEqual(own);
  });

  it.each<[string, unknown, string]>([
    ['training.epochs', { training: { ...training, epochs: 0 } }, 'at least 1, received 0'],
    ['training.epochs', { training: { ...training, epochs: '8' } }, 'number, received "8"'],
    ['training.augment', { training: { ...training, augment: {} } }, 'Array, received {}'],
    ['training.model', { training: { ...training, model: null } }, 'Object, received null'],
    ['training.batchsize', { training: { ...training, batchsize: 4 } }, 'no such field, received 4'],
    ['training.schedule.name', { training: { ...training, schedule: { name: 'linear' } } }, ''],
    [
      'training.schedule.gamma',
      { training: { ...training, schedule: { name: 'step', warmup: 0, every: 0.3, gamma: 1 } } },
      'received 1',
    ],
    ['training.schedule.warmup', { training: { ...training, schedule: { name: 'cosine' } } }, 'this field'],
    [
      'training.optimizer.learningRate',
      { training: { ...training, optimizer: { ...training.optimizer, learningRate: 0 } } },
      'above 0, received 0',
    ],
    [
      'training.optimizer.momentum',
      { training: { ...training, optimizer: { ...training.optimizer, momentum: 1 } } },
      'received 1',
    ],
    [
      'training.optimizer.beta1',
      { training: { ...training, optimizer: { ...adamw(), beta1: 1 } } },
      'received 1',
    ],
    [
      'training.optimizer.momentum',
      { training: { ...training, optimizer: { ...adamw(), momentum: 0.9 } } },
      'no such field',
    ],
    [
      'training.loss.labelSmoothing',
      { training: { ...training, loss: { name: 'softmaxCrossEntropy' } } },
      '',
    ],
    ['task.picture.channels', { task: { ...task, picture: { ...task.picture, channels: 2 } } }, 'received 2'],
    ['task.classNames', { task: { ...task, classNames: [] } }, ''],
  ])('refuses a wrong %s', (path, change, message) => {
    const wrong = { ...config, ...(change as object) };
    expect(() => parseRunConfig(wrong, 'config.json')).toThrow(
      expect.objectContaining({
        code: 'OPTION',
        where: `config.json: ${path}`,
        message: expect.stringContaining(message),
      }),
    );
  });

  it.each<[unknown, string]>([
    [undefined, 'no configuration at all'],
    [null, 'no configuration at all'],
    ['quick', 'no configuration at all'],
    [{ recipe: { name: 'quick' } }, 'none'],
    [{ ...config, version: 0 }, '0'],
    [{ ...config, version: 2 }, '2'],
    [{ ...config, version: '' }, '""'],
    [{ ...config, version: [] }, '[]'],
  ])('refuses %j in one sentence', (value, received) => {
    expect(() => parseRunConfig(value, 'config.json')).toThrow(
      expect.objectContaining({ code: 'VERSION', where: 'config.json: version', expected: '1', received }),
    );
  });
});
