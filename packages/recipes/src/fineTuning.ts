import type { Normalize, Piece, Step, Survey, Task } from '@residual/data';
import { color, grey, stretch } from '@residual/pictures';
import { headAlone, type Recipe, type Training } from '@residual/runs';
import type { ChosenRecipe, PhotosOptions } from './photos.js';

/** Weights to begin with: what network they are, and what it learnt, where that is known. */
export interface KnownWeights {
  /** For people: as they were published, or the file's. */
  name: string;
  model: Piece;
  /** How pictures were prepared for them. Unknown: as the recipe prepares its own. */
  task?: Task;
}

/** By what a recipe's learning rate and epochs are divided, where the network isn't new. */
const [RATE, EPOCHS] = [5, 4];
const FEWEST_EPOCHS = 5;
/** Of each layer's rate to that of the layer after it. */
const LAYER_DECAY = 0.75;

/**
 * A recipe for a network that has learnt something already: theirs is the network, and how pictures get there; the learning rate is a fifth
 * of the recipe's, less for each layer that is farther from the head, and the epochs are a quarter, five at least.
 *
 * Source: Kornblith, Shlens & Le, "Do Better ImageNet Models Transfer Better?" (arXiv 1805.08974), appendix A.4, for rates that are
 * smaller than from nothing; Bao et al., "BEiT" (arXiv 2106.08254), for the decay by layers.
 *
 * With `frozen` only the head is trained, on features of one crop of each picture: softmax regression, which needs no augmentation. With
 * `auto` that comes first, and then all layers.
 *
 * @param fit how pictures become the network's, where it isn't the weights' own way: {@link fitForWeights}
 *
 * @example
 * const { recipe, reason } = fineTuning(photosFor(survey, machine), weights, fitForWeights(weights.task, survey));
 */
export function fineTuning(
  { recipe }: ChosenRecipe,
  { name, model, task }: KnownWeights,
  fit: Recipe['fit'],
  stages: Training['stages'] = 'full',
): ChosenRecipe {
  const { training } = recipe;
  const { learningRate } = training.optimizer;
  const epochs = Math.min(training.epochs, Math.max(FEWEST_EPOCHS, Math.round(training.epochs / EPOCHS)));
  const layerDecay = training.layerDecay ?? LAYER_DECAY;
  const optimizer = { ...training.optimizer, learningRate: learningRate / RATE };
  const tuned: Recipe['training'] =
    stages === 'frozen'
      ? { ...training, ...headAlone, model, stages }
      : { ...training, model, optimizer, layerDecay, epochs, stages };
  const known =
    task === undefined
      ? 'prepared as the recipe does, since nothing says what the weights learnt'
      : "prepared as the weights' were";
  const alone = `${headAlone.epochs} epochs of the head alone, by ${headAlone.optimizer.name} at ${headAlone.optimizer.learningRate}`;
  const all = `${epochs} epochs, a learning rate of ${optimizer.learningRate} for the head and ${layerDecay} of that for each layer before it`;
  const how = {
    frozen: alone,
    full: all,
    auto: `${alone}; then all layers for ${all}, kept if they do better in validation`,
  }[stages];
  const reason = `${recipe.name}, fine-tuned from ${name}: ${model.name}, pictures ${known}; by itself ${how}. size, crop, epochs and rates choose otherwise.`;
  return { recipe: { ...recipe, ...(fit && { resize: null, fit }), training: tuned }, reason };
}

/**
 * How pictures become a network's that has learnt: as its task says, in the colours that the pictures have.
 *
 * @param options another size than it learnt on, and `none` for all of the picture, stretched
 * @returns undefined where no task is known
 */
export function fitForWeights(
  task: Task | undefined,
  { channels }: Pick<Survey, 'channels'>,
  { size, crop }: PhotosOptions = {},
): (Pick<Task, 'picture' | 'steps'> & Pick<Task, 'normalize'>) | undefined {
  if (task === undefined) return undefined;
  const { picture, steps, normalize } = task;
  const [height, width] = size ?? [picture.height, picture.width];
  const scale = Math.max(height, width) / Math.max(picture.height, picture.width);
  const resized = steps
    .filter(({ name }) => !isLevels(name))
    .map((step) => inSize(step, { height, width, scale }));
  const isSame = picture.channels === channels;
  const levels = isSame ? steps.filter(({ name }) => isLevels(name)) : [channels === 1 ? grey() : color()];
  const interpolation = steps.some((step) => step.interpolation === 'bicubic') ? 'bicubic' : 'bilinear';
  return {
    picture: { height, width, channels },
    steps: [...levels, ...(crop === 'none' ? [stretch({ height, width, interpolation })] : resized)],
    normalize: isSame ? normalize : normalize && inChannels(normalize, channels),
  };
}

const isLevels = (name: string) => name === 'color' || name === 'grey';

/** The same step for pictures of another size. */
function inSize(
  step: Step,
  { height, width, scale }: { height: number; width: number; scale: number },
): Step {
  if ('height' in step && 'width' in step) return { ...step, height, width };
  return step.name === 'resizeShortSide' ? { ...step, size: Math.round(Number(step.size) * scale) } : step;
}

/** A grey picture is what all three colours are: their mean, in the other direction each its own. */
function inChannels({ mean, standardDeviation }: Normalize, channels: number): Normalize {
  const spread = (values: readonly number[]) =>
    Array.from({ length: channels }, () => values.reduce((sum, value) => sum + value, 0) / values.length);
  return { mean: spread(mean), standardDeviation: spread(standardDeviation) };
}
