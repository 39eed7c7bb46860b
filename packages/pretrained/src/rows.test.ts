import { parseTask } from '@residual/data';
import { isModelName } from '@residual/models';
import { sizeAfter } from '@residual/pictures';
import { expect, it } from 'vitest';
import {
  findPretrained,
  imageNetClassNames,
  preprocessingOf,
  pretrainedRows,
  pretrainedTask,
} from './index.js';

it('every row names a network that is there, a file with its digits, a licence for any purpose, a whole task', () => {
  expect(new Set(pretrainedRows.map(({ name }) => name)).size).toBe(pretrainedRows.length);
  for (const row of pretrainedRows) {
    expect(isModelName(row.model)).toBe(true);
    expect(row.license).toMatch(/^(apache-2\.0|bsd-3-clause|mit)$/);
    if (row.file !== null) expect(row.file).toContain(`-${row.sha256}.`);
    expect(row.file ?? row.hub).not.toBeNull();
    const task = parseTask(pretrainedTask(row), row.name);
    expect(sizeAfter(task.steps)).toEqual(row.preprocessing.size);
    expect(task.classNames).toHaveLength(1000);
    expect(preprocessingOf(task)).toEqual(row.preprocessing);
  }
});

it('torchvision/resnet50-v2, as torchvision documents it', () => {
  const row = findPretrained('torchvision/resnet50-v2')!;
  expect(row).toMatchObject({
    model: 'resnet50',
    file: 'resnet50-11ad3fa6.pth',
    sha256: '11ad3fa6',
    hub: null,
  });
  expect(pretrainedTask(row)).toMatchObject({
    picture: { height: 224, width: 224, channels: 3 },
    steps: [
      { name: 'color' },
      { name: 'resizeShortSide', size: 232, interpolation: 'bilinear' },
      { name: 'centerCrop', height: 224, width: 224 },
    ],
    normalize: { mean: [0.485, 0.456, 0.406], standardDeviation: [0.229, 0.224, 0.225] },
  });
  expect(imageNetClassNames[281]).toBe('tabby');
  expect(findPretrained('torchvision/vgg16')).toBeUndefined();
});

it('leaves out what is for non-commercial use alone', () => {
  expect(pretrainedRows.filter(({ name }) => /ssl|swsl|_wsl/.test(name))).toEqual([]);
});
