import { mirrors } from '@residual/pictures';
import type { Crop } from '@residual/recipes';
import type { Overrides, RunConfig } from '@residual/runs';
import { type Command, Option } from 'commander';
import { pictureSize } from '../values.js';

/** What the command line says of what is done to pictures, and of which a batch has. */
export type PictureOptions = Pick<Overrides, 'flip' | 'normalize' | 'dropLast' | 'balance'> & {
  size?: readonly [height: number, width: number];
  crop?: Crop;
};

export function addPictureOptions(command: Command): Command {
  const choice = (flags: string, help: string, ...choices: string[]) =>
    new Option(flags, help).choices(choices);
  return command
    .option('--size <n>', 'what the network sees: N, or HEIGHTxWIDTH in pixels', pictureSize('--size'))
    .addOption(choice('--crop <how>', CROP, 'random', 'center', 'none'))
    .addOption(choice('--normalize <by>', NORMALIZE, 'data', 'imagenet', 'none'))
    .option('--flip', 'mirror training pictures left to right, where the recipe does not')
    .option('--no-flip', 'never mirror pictures: for letters, arrows, hands')
    .option('--drop-last', 'leave out the last batch of an epoch where it is not full')
    .addOption(choice('--balance <how>', BALANCE, 'none', 'sampler', 'loss'));
}

const CROP =
  'of photos: random pieces in training and the middle after it, the middle only, or all of the picture, stretched; default: random';
const NORMALIZE = "by which mean and deviation pictures are normalized; default: the recipe's";
const BALANCE =
  'sampler: each class equally often in an epoch, however rare; loss: rare classes count by logit adjustment; default: none';

/** Those that were given, for `configure`. */
export function pictureOverrides({ flip, normalize, dropLast, balance }: PictureOptions): Overrides {
  return { flip, normalize, dropLast, balance };
}

type Value = string | number | boolean;

/** Each option as it was given, and what the run has that goes on. */
export function picturePairs(
  { size, crop, normalize, flip, dropLast, balance }: PictureOptions,
  { task, training }: RunConfig,
): [option: string, given: Value | undefined, kept: Value | null][] {
  const { height, width } = task.picture;
  return [
    ['--size', size?.join('x'), `${height}x${width}`],
    // A run keeps what they came to, not what was typed.
    ['--crop', crop, null],
    ['--normalize', normalize, null],
    [flip ? '--flip' : '--no-flip', flip, training.augment.some(mirrors)],
    ['--drop-last', dropLast, training.dropLast],
    ['--balance', balance, training.balance],
  ];
}
