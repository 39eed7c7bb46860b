import type { Task } from '@residual/data';
import type { Preprocessing } from '@residual/weights';
import imageNet from './imageNet.json' with { type: 'json' };
import type { PretrainedRow } from './rows.js';

/** ImageNet's 1,000 classes, as torchvision names them, in the order of the labels. */
export const imageNetClassNames: readonly string[] = imageNet.classNames;

/** What weights were trained to tell apart, and in what. */
export interface PretrainedTaskOptions {
  /** In the order of the labels. */
  classNames: readonly string[];
  /** Of the pictures. Default: 3. */
  channels?: 1 | 3;
  /** Of the pictures that they learnt from. */
  dataName: string;
}

/** The task of a row: from any picture to one of ImageNet's classes. */
export function pretrainedTask({ preprocessing }: PretrainedRow): Task {
  return taskOfPreprocessing(preprocessing, { classNames: imageNetClassNames, dataName: 'imagenet-1k' });
}

/**
 * The task of weights whose pictures are prepared this way.
 *
 * Source: torchvision, `transforms/_presets.py`, `ImageClassification`; timm, `transforms_imagenet_eval`.
 */
export function taskOfPreprocessing(
  { size: [height, width], resize, interpolation, mean, standardDeviation }: Preprocessing,
  { classNames, channels = 3, dataName }: PretrainedTaskOptions,
): Task {
  const fit =
    resize === undefined
      ? [{ name: 'stretch', height, width, interpolation }]
      : [
          { name: 'resizeShortSide', size: resize, interpolation },
          { name: 'centerCrop', height, width },
        ];
  return {
    version: 1,
    picture: { height, width, channels },
    steps: [{ name: channels === 1 ? 'grey' : 'color' }, ...fit],
    normalize: { mean, standardDeviation },
    classNames,
    data: { name: dataName },
  };
}

/**
 * How a task prepares its pictures, as other libraries say it: the inverse of {@link taskOfPreprocessing}.
 *
 * @returns undefined for a task with other steps than resizing, cropping the middle, and stretching
 */
export function preprocessingOf({ picture, steps, normalize }: Task): Preprocessing | undefined {
  const { height, width, channels } = picture;
  const [first, second, ...others] = steps.filter(({ name }) => name !== 'color' && name !== 'grey');
  const interpolation = first?.interpolation === 'bicubic' ? 'bicubic' : 'bilinear';
  const common = {
    size: [height, width] as const,
    interpolation,
    mean: normalize?.mean ?? Array.from({ length: channels }, () => 0),
    standardDeviation: normalize?.standardDeviation ?? Array.from({ length: channels }, () => 1),
  } as const;
  if (others.length > 0) return undefined;
  if (first?.name === 'stretch' && second === undefined) return { ...common, resize: undefined };
  if (first?.name !== 'resizeShortSide' || second?.name !== 'centerCrop') return undefined;
  return { ...common, resize: Number(first.size) };
}
