import type { LoadedData, Step, Survey, Task } from '@residual/data';
import {
  centerCrop,
  color,
  grey,
  horizontalFlip,
  randomResizedCrop,
  resizeShortSide,
  stretch,
} from '@residual/pictures';
import type { Recipe } from '@residual/runs';
import { sgd } from '@residual/trainer';

/** What a run will be computed on, as far as it decides how large pictures can be. */
export interface Machine {
  hasGpu: boolean;
}

/**
 * What of a picture the network sees. `random`: the middle, and while it learns a piece of a random place, area and shape;
 * `center`: the middle; `none`: all of it, stretched.
 */
export type Crop = 'random' | 'center' | 'none';

export interface PhotosOptions {
  /** Of the pictures that the network sees. Default: by their size and by the machine. */
  size?: readonly [height: number, width: number];
  /** Default `random`. */
  crop?: Crop;
}

/** What lies behind the transparent pixels of pictures in colour. */
const WHITE = 255;

/** What a recipe is, and why, in words. */
export interface ChosenRecipe {
  recipe: Recipe;
  reason: string;
}

/** The recipe as a list has it: {@link photosFor} makes it for pictures and a machine. */
export const photos = {
  name: 'photos',
  summary: 'For pictures of your own: network, size and epochs by their number, their size and this machine',
} as const;

/** Sides below which pictures are small: the median of their shorter sides, in pixels. */
const [TINY, SMALL] = [40, 96];
/** Where nobody says another size. Photographs are large; what a GPU has time for is the size of ImageNet's networks. */
const SIDES = { tiny: 32, small: 64, large: 128, largeOnGpu: 224 };
/** Pictures that a run sees in all its epochs, at the least and where neither limit of them says otherwise. */
const SEEN = 90_000;
const EPOCHS = { least: 10, most: 200 };
/** From so many on, a batch is twice as large, and pieces of pictures may be smaller. */
const MANY = 10_000;
/** Of data that has no validation part: at most so many, and a tenth. */
const HOLD_OUT = 5000;
/** What evaluation cuts off the edges of large pictures: 256 to 224, as torchvision does. */
const MARGIN = 1.15;

/**
 * The recipe for pictures of one's own: a ResNet-18 (a ResNet-20 below 40 pixels), one cycle of SGD, random pieces and mirrored pictures.
 * Sizes, network and number of epochs follow from the pictures and the machine.
 *
 * Source: one cycle of Smith & Topin (arXiv 1708.07120); pieces of Szegedy et al. (arXiv 1409.4842), section 6, gentler where there are
 * few pictures; label smoothing of Szegedy et al. (arXiv 1512.00567), section 7.
 *
 * @example
 * const { recipe, reason } = photosFor(surveyOf(data), { hasGpu: false });
 * const { events } = await startRecipe(recipe, { data });
 */
export function photosFor(
  survey: Survey,
  machine: Machine,
  { size, crop = 'random' }: PhotosOptions = {},
): ChosenRecipe {
  const { count, medianShortSide: side } = survey;
  const own = sideFor(side, machine);
  const [height, width] = size ?? [own, own];
  const isTiny = Math.min(height, width) < TINY;
  const batchSize = count < MANY ? 32 : 64;
  const training: Recipe['training'] = {
    recipe: photos.name,
    model: { name: isTiny ? 'resnet20' : 'resnet18' },
    optimizer: sgd({
      learningRate: 0.05 * (batchSize / 32),
      momentum: 0.9,
      nesterov: true,
      weightDecay: 5e-4,
    }),
    schedule: { name: 'oneCycle', warmup: 0.1 },
    loss: { name: 'softmaxCrossEntropy', labelSmoothing: 0.1 },
    epochs: Math.min(EPOCHS.most, Math.max(EPOCHS.least, Math.round(SEEN / count))),
    batchSize,
    gradientClipNorm: 0,
    averageDecay: 0.99,
    augment: [
      ...(crop === 'random' ? [randomResizedCrop({ scale: [count < MANY ? 0.5 : 0.25, 1] })] : []),
      horizontalFlip(),
    ],
    seed: 0,
    limit: null,
    holdOut: HOLD_OUT,
  };
  const fit = fitOf(survey, [height, width], crop);
  const recipe: Recipe = { ...photos, resize: null, normalize: true, fit, training };
  return { recipe, reason: reasonOf(survey, machine, recipe, size !== undefined) };
}

/**
 * What is known of pictures that are loaded: their size is that which the data's own task has.
 *
 * @example
 * const { recipe } = photosFor(surveyOf(await loadSource(row)), { hasGpu: false });
 */
export function surveyOf({ train, test, validation, task }: LoadedData): Survey {
  const { height, width, channels } = task.picture;
  return {
    count: train.length + (test?.length ?? 0) + (validation?.length ?? 0),
    classCount: task.classNames.length,
    medianShortSide: Math.min(height, width),
    channels,
  };
}

function sideFor(side: number, { hasGpu }: Machine): number {
  if (side < TINY) return SIDES.tiny;
  if (side < SMALL) return SIDES.small;
  return hasGpu ? SIDES.largeOnGpu : SIDES.large;
}

function fitOf(
  { channels, medianShortSide }: Survey,
  [height, width]: readonly [number, number],
  crop: Crop,
): Pick<Task, 'picture' | 'steps'> {
  const picture = { height, width, channels };
  const levels = channels === 1 ? grey({ background: 'contrast' }) : color({ background: WHITE });
  if (crop === 'none') return { picture, steps: [levels, stretch({ height, width })] };
  // The short side becomes the longer one of the network's, so that its piece lies inside of any picture.
  const long = Math.max(height, width);
  const side = medianShortSide < SMALL ? long : Math.round(MARGIN * long);
  const steps: Step[] = [levels, resizeShortSide({ size: side }), centerCrop({ height, width })];
  return { picture, steps };
}

function reasonOf(
  { count, medianShortSide }: Survey,
  { hasGpu }: Machine,
  { fit, training }: Recipe,
  isAsked: boolean,
): string {
  const { height, width } = fit!.picture;
  const machine = hasGpu ? 'there is a GPU' : 'without a GPU, which would see 224x224';
  const why =
    medianShortSide < SMALL ? `half of them have at most ${medianShortSide} pixels a side` : machine;
  return (
    `photos, for pictures of your own. By itself ${training.model.name} on ${height}x${width} (${isAsked ? 'as asked' : why}) and ` +
    `${training.epochs} epochs for ${count} pictures; model, size and epochs choose otherwise.`
  );
}
