import { datasetSource, type LoadedData, pictureDataset, taskOf } from '@residual/data';
import { describe, expect, it } from 'vitest';
import { type ConfigFile, noConfigFile } from './configFile.js';
import { type TrainOptions, withPictures } from './options.js';
import { recipeChoice } from './recipeChoice.js';

const cpu = { hasGpu: false };
const survey = { count: 500, classCount: 2, medianShortSide: 300, channels: 3 } as const;
const train = pictureDataset({
  name: 'tiny',
  images: new Uint8Array(2 * 30 * 30),
  labels: [0, 1],
  shape: [30, 30, 1],
  classNames: ['a', 'b'],
});
const inMemory: LoadedData = { train, test: train, task: taskOf({ train, test: train }, { name: 'tiny' }) };
const fromFiles: LoadedData = { ...inMemory, train: datasetSource(train), test: datasetSource(train) };
const nameOf = (file: ConfigFile, options: TrainOptions, data: LoadedData) =>
  recipeChoice(file, options, cpu).for(data).recipe.name;

describe('recipeChoice', () => {
  it('takes photos for pictures that are read from files, and the others for those in memory', () => {
    expect(nameOf(noConfigFile, {}, fromFiles)).toBe('photos');
    expect(nameOf(noConfigFile, {}, inMemory)).toBe('quick');
    expect(recipeChoice(noConfigFile, {}, { hasGpu: true }).for(inMemory).recipe.name).toBe('d2l');
    expect(nameOf(noConfigFile, { recipe: 'photos' }, inMemory)).toBe('photos');
    expect(nameOf(noConfigFile, { recipe: 'quick' }, fromFiles)).toBe('quick');
  });

  it('chooses by what the source surveys, by no more pictures than --limit leaves', () => {
    const choice = recipeChoice(noConfigFile, { limit: 450 }, cpu);
    expect(choice.fit?.(survey).picture).toEqual({ height: 128, width: 128, channels: 3 });
    const { recipe } = choice.for(fromFiles);
    expect(recipe.fit?.picture.height).toBe(128);
    expect(recipe.training.epochs).toBe(200);
  });

  it("fits pictures to the task of a configuration's own", () => {
    const { task } = inMemory;
    expect(recipeChoice({ ...noConfigFile, task }, {}, cpu).fit?.(survey)).toBe(task);
    expect(recipeChoice({ ...noConfigFile, task }, { recipe: 'quick' }, cpu).fit?.(survey)).toBe(task);
    expect(recipeChoice(noConfigFile, { recipe: 'quick' }, cpu).fit).toBeUndefined();
  });

  it('takes another size with every recipe, and crops with photos only', () => {
    const size = [48, 80] as const;
    expect(recipeChoice(noConfigFile, { size, recipe: 'quick' }, cpu).for(inMemory).recipe.resize).toBe(size);
    expect(recipeChoice(noConfigFile, { size }, cpu).for(fromFiles).recipe.fit?.picture.width).toBe(80);
    const refusal =
      /^--crop: expected none with the recipe quick, whose pictures are stretched, received center\./;
    expect(() => recipeChoice(noConfigFile, { crop: 'center', recipe: 'quick' }, cpu)).toThrow(refusal);
    expect(() => recipeChoice(noConfigFile, { crop: 'center' }, cpu).for(inMemory)).toThrow(refusal);
  });
});

describe('withPictures', () => {
  it('takes pictures by either name, and both where they are one', () => {
    expect(withPictures('a', {})).toEqual({ data: 'a' });
    expect(withPictures(undefined, { data: 'a' })).toEqual({ data: 'a' });
    expect(withPictures('a', { data: './a/' })).toEqual({ data: 'a' });
    expect(() => withPictures('a', { data: 'b' })).toThrow('--data: expected none beside a, ');
  });
});
