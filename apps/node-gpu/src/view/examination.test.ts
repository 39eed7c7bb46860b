import type { Examination, ExaminedPicture } from '@residual/pictures/node';
import { describe, expect, it } from 'vitest';
import { examinationLines } from './examination.js';
import { trainLines } from './wouldTrain.js';

const side = { min: 64, median: 64, max: 64 };
const plain: Examination = {
  name: 'photos',
  parts: { train: 1200, test: 3 },
  classes: [
    { name: 'cat', parts: { train: 600, test: 2 } },
    { name: 'dog', parts: { train: 600, test: 1 } },
  ],
  ratio: 1,
  untrained: [],
  width: side,
  height: side,
  shortSide: side,
  sees: { height: 64, width: 64, channels: 3 },
  smaller: 0,
  grey: 0,
  duplicates: [],
  nearDuplicates: [],
  inTwoClasses: [],
  inTwoParts: [],
  blank: [],
  tiny: [],
  passedOver: [],
  noted: [],
};

function picture(path: string, others: Partial<ExaminedPicture> = {}): ExaminedPicture {
  return { part: 'train', index: 0, path, className: path.split('/')[0]!, width: 8, height: 9, ...others };
}

describe('an examination for people', () => {
  it('is short where nothing is wrong', () => {
    expect(examinationLines(plain, 80)).toEqual([
      'photos: 1,203 pictures of 2 classes',
      '',
      'class  train  test',
      'cat      600     2',
      'dog      600     1',
      'all    1,200     3',
      '',
      'size      width 64, height 64',
      'colour    all in colour',
      '',
      'Not found: equal pictures, pictures alike, such in several classes, such in',
      'several parts, blank ones, tiny ones.',
    ]);
  });

  it('names a few of each kind, and how many more there are', () => {
    const group = ['cat/1', 'cat/2', 'cat/3', 'cat/4', 'dog/5'].map((path) => picture(path));
    const found: Examination = {
      ...plain,
      ratio: 3.25,
      classes: [
        { name: 'cat', parts: { train: 13, test: 0 } },
        { name: 'dog', parts: { train: 4, test: 0 } },
        { name: 'owl', parts: { train: 0, test: 1 } },
      ],
      untrained: ['owl'],
      width: { min: 8, median: 640, max: 4000 },
      height: { min: 9, median: 480, max: 3000 },
      shortSide: { min: 8, median: 480, max: 3000 },
      smaller: 1,
      grey: 1000,
      nearDuplicates: Array.from({ length: 7 }, () => group),
      inTwoClasses: [group],
      inTwoParts: [[picture('cat/1'), picture('cat/2', { part: 'test' })]],
      tiny: [picture('cat/1')],
      blank: [{ ...picture(''), path: undefined, className: 'cat', index: 17 }],
      passedOver: [
        ...Array.from({ length: 6 }, (_, i) => ({ file: `${i}.txt`, reason: 'no picture' })),
        { file: 'readme.md', reason: 'in no folder of a class' },
      ],
      noted: [{ note: 'animated: the first frame is taken', files: ['cat/1.gif'] }],
    };
    expect(examinationLines(found, 80).slice(7)).toEqual([
      '',
      'The largest class has 3.3 times the pictures of the smallest (cat; dog): judge',
      'by the balanced accuracy. --balance sampler trains on each class equally often.',
      '',
      'size      width 8 to 4000 (median 640), height 9 to 3000 (median 480), shorter',
      '          side 8 to 3000 (median 480); 1 picture smaller than the 64x64 that the',
      '          network sees',
      'colour    1,000 grey, 203 in colour',
      '',
      'passed over: 7',
      '  no picture: 0.txt, 1.txt, 2.txt, 3.txt, and 2 more',
      '  in no folder of a class: readme.md',
      '',
      'notes: 1',
      '  animated: the first frame is taken: cat/1.gif',
      '',
      'classes without a picture to train on: 1',
      '  owl',
      '',
      'pictures alike, as if saved or resized again: 7 groups',
      ...Array.from({ length: 5 }, () => '  cat/1, cat/2, cat/3, cat/4, and 1 more'),
      '  and 2 more',
      '',
      'equal or alike, in several classes: 1 group',
      '  cat/1, dog/5, cat/2, cat/3, and 1 more',
      '',
      'equal or alike, in several parts: 1 group',
      '  cat/1 (train), cat/2 (test)',
      '',
      'blank pictures: 1',
      '  train 17 (cat)',
      '',
      'tiny pictures: 1',
      '  cat/1 of 9x8',
      '',
      'Not found: equal pictures.',
    ]);
  });

  it('fits a narrow terminal, with long names and many classes', () => {
    const classes = Array.from({ length: 100 }, (_, i) => ({
      name: `a rather long name of class number ${i}`,
      parts: { train: 12, test: 1 },
    }));
    const lines = examinationLines({ ...plain, classes, ratio: 9 }, 40);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
    expect(lines).toContain('a rather long name of cla…     12     1');
    expect(lines).toContain('and 70 more');
  });
});

it('says what train would do', () => {
  const lines = trainLines(
    {
      recipe: 'quick, as asked',
      model: 'resnet20',
      pictures: ['64x48 grey', 'stretched', 'levels from 0 to 1'],
      training: [],
      backend: 'simd on a processor',
      parts: { train: 1200, validation: 3, validatedBy: 'held out', test: 0 },
      epochs: 10,
      batchSize: 64,
      stepsPerEpoch: 19,
      remarks: ['A remark.'],
    },
    80,
  );
  expect(lines).toEqual([
    'train would do this:',
    'recipe    quick, as asked',
    'backend   simd on a processor',
    'model     resnet20',
    'pictures  64x48 grey: stretched, levels from 0 to 1',
    'training  on pictures as they are',
    'parts     1,200 images to train on, 3 held out of them to validate with; no test',
    '          part',
    'epochs    10 of 19 steps with 64 pictures: 190 steps',
    'A remark.',
  ]);
});
