import {
  type InitOptions,
  init,
  loadStateDict,
  type Module,
  namedParameters,
  predict,
  stateDict,
} from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { ModelsError } from './error.js';

type Classifier = Module<tf.Tensor4D, tf.Tensor2D>;

/**
 * Starts a deeper network as a shallower one of the same kind: what both have is the shallower one's, and the last layer of each block that
 * is new has zeros, so that the block adds nothing to its shortcut. Both compute the same, to the bit, and the deeper one goes on from
 * there: function classes of residual networks are nested.
 *
 * Source: Dive into Deep Learning 1.0.3, sections 8.6.1 and 8.6.2; Chen et al., "Net2Net" (arXiv 1511.05641), section 2.3.
 *
 * @param deep not initialised yet; of no use after an error
 * @param shallow stays as it is
 * @param inputShape [B, H, W, C] of pictures to compare both by
 * @throws ModelsError `DEEPER` where the shallower network isn't part of the deeper one, or new blocks can't be the identity: those without
 *   a shortcut, or with one that changes the shape.
 *
 * @example
 * const deep = await initDeeper(resnet34({ numClasses: 10 }), trainedResnet18, [1, 64, 64, 3], { seed: 0 });
 */
export async function initDeeper<M extends Classifier>(
  deep: M,
  shallow: Classifier,
  inputShape: readonly [number, number, number, number],
  options: InitOptions,
): Promise<M> {
  init(deep, [...inputShape], options);
  const state = stateDict(shallow);
  const { missing, unexpected, mismatched } = loadStateDict(deep, state, { strict: false });
  const unfit = [...unexpected, ...mismatched.map(({ path }) => path)];
  if (unfit.length > 0) throw notPart(unfit);
  const known = [...state.keys()];
  const blocks = [...new Set(missing.map((path) => newPart(path, known)))];
  const variables = stateDict(deep);
  for (const path of blocks.flatMap((block) => lastLayer(block, [...namedParameters(deep).keys()]))) {
    const variable = variables.get(path)!;
    tf.tidy(() => variable.assign(tf.zeros(variable.shape)));
  }
  if (!(await computeTheSame(deep, shallow, inputShape))) throw notIdentity(blocks);
  return deep;
}

/** The shortest part of a path that nothing known begins with: of `stages.0.2.bn1.scale` mostly `stages.0.2`. */
function newPart(path: string, known: readonly string[]): string {
  const names = path.split('.');
  const length = names.findIndex((_, i) => {
    const part = `${names.slice(0, i + 1).join('.')}.`;
    return !known.some((other) => other.startsWith(part));
  });
  return names.slice(0, length + 1).join('.');
}

/** The parameters of a block's last layer; not of what is within its shortcut or a gate. */
function lastLayer(block: string, paths: readonly string[]): string[] {
  const direct = paths.filter((path) => path.startsWith(`${block}.`) && depthOf(path) === depthOf(block) + 2);
  const last = direct.at(-1)?.replace(/[^.]*$/, '');
  return direct.filter((path) => path.replace(/[^.]*$/, '') === last);
}

const depthOf = (path: string) => path.split('.').length;

/** Of a picture of noise, to the bit. */
async function computeTheSame(a: Classifier, b: Classifier, inputShape: readonly number[]): Promise<boolean> {
  const x: tf.Tensor4D = tf.randomNormal(
    [...inputShape] as [number, number, number, number],
    0,
    1,
    'float32',
    1,
  );
  const both = [predict(a, x), predict(b, x)];
  const [first, second] = await Promise.all(both.map((logits) => logits.data()));
  tf.dispose([x, ...both]);
  return first!.every((value, i) => value === second![i]);
}

function notPart(paths: readonly string[]): ModelsError {
  return new ModelsError('DEEPER', {
    where: 'initDeeper',
    expected: 'a network that has all of the shallower one, and more blocks',
    received: `one that differs in ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? '...' : ''}`,
    fix: 'Build both of the same kind of blocks, with the same channels and classes.',
  });
}

function notIdentity(blocks: readonly string[]): ModelsError {
  return new ModelsError('DEEPER', {
    where: 'initDeeper',
    expected: 'new blocks that are the identity where their last layer is zero',
    received: `others: ${blocks.join(', ')}`,
    fix: 'Add residual blocks to a stage; a block without a shortcut, or the first of a stage, changes what comes.',
  });
}
