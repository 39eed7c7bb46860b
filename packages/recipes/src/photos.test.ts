import { datasetSource, pictureDataset, type Survey, type Task, taskOf } from '@residual/data';
import { configure, requirePieces } from '@residual/runs';
import { describe, expect, it } from 'vitest';
import { photosFor, surveyOf } from './photos.js';

const survey: Survey = { count: 3600, classCount: 9, medianShortSide: 64, channels: 3 };
const cpu = { hasGpu: false };
const sizeOf = (median: number, machine = cpu) =>
  photosFor({ ...survey, medianShortSide: median }, machine).recipe.fit!.picture.height;

describe('photosFor', () => {
  it('chooses the size by the pictures and the machine, and the network by the size', () => {
    expect([28, 39, 40, 64, 95, 96, 3000].map((median) => sizeOf(median))).toEqual([
      32, 32, 64, 64, 64, 128, 128,
    ]);
    expect([28, 64, 96].map((median) => sizeOf(median, { hasGpu: true }))).toEqual([32, 64, 224]);
    const networkOf = (median: number) =>
      photosFor({ ...survey, medianShortSide: median }, cpu).recipe.training.model.name;
    expect([28, 64, 300].map(networkOf)).toEqual(['resnet20', 'resnet18', 'resnet18']);
  });

  it('gives small sets more epochs, and none too few or too many', () => {
    const lengthOf = (count: number) => photosFor({ ...survey, count }, cpu).recipe.training.epochs;
    expect([20, 450, 900, 3600, 9000, 1_000_000].map(lengthOf)).toEqual([200, 200, 100, 25, 10, 10]);
  });

  it('crops the middle, with a margin where pictures are large; random pieces in training', () => {
    const { recipe } = photosFor({ ...survey, medianShortSide: 500, count: 20_000 }, cpu);
    expect(recipe.fit).toMatchObject({
      picture: { height: 128, width: 128, channels: 3 },
      steps: [
        { name: 'color', background: 255 },
        { name: 'resizeShortSide', size: 147 },
        { name: 'centerCrop', height: 128, width: 128 },
      ],
    });
    expect(recipe.training.augment).toMatchObject([
      { name: 'randomResizedCrop', scale: [0.25, 1] },
      { name: 'horizontalFlip' },
    ]);
    expect(photosFor(survey, cpu).recipe.fit?.steps[1]).toMatchObject({ name: 'resizeShortSide', size: 64 });
  });

  it('takes another size, and other crops', () => {
    const wide = photosFor(survey, cpu, { size: [48, 80], crop: 'center' }).recipe;
    expect(wide.fit?.picture).toEqual({ height: 48, width: 80, channels: 3 });
    expect(wide.fit?.steps[1]).toMatchObject({ name: 'resizeShortSide', size: 80 });
    expect(wide.training.augment).toMatchObject([{ name: 'horizontalFlip' }]);
    const whole = photosFor({ ...survey, channels: 1 }, cpu, { crop: 'none' }).recipe;
    expect(whole.fit?.steps).toMatchObject([{ name: 'grey' }, { name: 'stretch', height: 64, width: 64 }]);
  });

  it('says why, and how to choose otherwise', () => {
    expect(photosFor(survey, cpu).reason).toBe(
      'photos, for pictures of your own. By itself resnet18 on 64x64 (half of them have at most 64 pixels a side) and ' +
        '25 epochs for 3600 pictures; model, size and epochs choose otherwise.',
    );
    expect(photosFor({ ...survey, medianShortSide: 96 }, cpu).reason).toContain(
      '128x128 (without a GPU, which would see 224x224)',
    );
    expect(photosFor({ ...survey, medianShortSide: 96 }, { hasGpu: true }).reason).toContain(
      'there is a GPU',
    );
    expect(photosFor(survey, cpu, { size: [96, 96] }).reason).toContain('resnet18 on 96x96 (as asked)');
  });

  it('is plain JSON that configures a run in place of the way of the data', () => {
    const { recipe } = photosFor(survey, cpu);
    expect(JSON.parse(JSON.stringify(recipe))).toEqual(recipe);
    const task: Task = {
      version: 1,
      picture: { height: 30, width: 20, channels: 3 },
      steps: [{ name: 'color' }, { name: 'stretch', height: 30, width: 20 }],
      normalize: { mean: [0.1, 0.2, 0.3], standardDeviation: [0.2, 0.2, 0.2] },
      classNames: ['a', 'b'],
      data: { name: 'mine' },
    };
    const config = configure(recipe, task);
    expect(config.task).toEqual({ ...task, ...recipe.fit });
    requirePieces(config, 'test');
  });
});

describe('surveyOf', () => {
  it('knows pictures that are loaded by their task', () => {
    const train = pictureDataset({
      name: 'grey',
      images: new Uint8Array(4 * 6 * 5),
      labels: [0, 1, 0, 1],
      shape: [6, 5, 1],
      classNames: ['a', 'b'],
    });
    const task = taskOf({ train, test: train }, { name: 'grey' });
    const expected = { count: 8, classCount: 2, medianShortSide: 5, channels: 1 };
    expect(surveyOf({ train, test: train, task })).toEqual(expected);
    const source = datasetSource(train);
    expect(surveyOf({ train: source, test: source, validation: source, task })).toEqual({
      ...expected,
      count: 12,
    });
  });
});
