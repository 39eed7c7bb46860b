import { predict } from '@residual/blocks';
import { limit, type PictureDataset, PictureLoader, type RawPicture } from '@residual/data';
import { fashionMnistTask } from '@residual/fashion-mnist';
import { featureMaps, filterPictures, gradCam } from '@residual/inspect';
import { preparePicture } from '@residual/pictures';
import { classifyPixels } from '@residual/recipes';
import { type Prediction, predictions, worstMistakes } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import { type ModelInHand, SIDE } from './modelInHand.js';
import type { ClassifiedPicture, Explanation, LabelledPicture, Maps, Report } from './session.js';

const BATCH = 100;
const MISTAKES = 48;
const TOP = 5;
const STEM = 'stem.conv';

/** Judges a model by test pictures. `examples` are in their order. */
export async function report(
  hand: ModelInHand,
  test: PictureDataset,
  count = test.length,
): Promise<{ report: Report; examples: Prediction[] }> {
  const { step } = hand;
  const { accuracy, loss, examples, confusionMatrix } = await predictionsOf(hand, limit(test, count));
  const worst = worstMistakes(examples, MISTAKES).map((example) => labelled(example, test));
  return {
    report: { accuracy, loss, count: examples.length, matrix: confusionMatrix, worst, step },
    examples,
  };
}

/** What a model takes some test pictures for. */
export async function pictures(
  hand: ModelInHand,
  test: PictureDataset,
  from: number,
  count: number,
): Promise<LabelledPicture[]> {
  const [first, end] = [Math.max(0, from), Math.min(test.length, from + count)];
  if (end <= first) return [];
  const [height, width] = test.shape;
  const size = height * width;
  const some: PictureDataset = {
    ...test,
    images: test.images.subarray(first * size, end * size),
    labels: test.labels.subarray(first, end),
    length: end - first,
  };
  const { examples } = await predictionsOf(hand, some);
  return examples.map((example) => labelled({ ...example, index: first + example.index }, test));
}

/** Any of the test pictures. */
export async function somePicture(hand: ModelInHand, test: PictureDataset): Promise<LabelledPicture> {
  const [picture] = await pictures(hand, test, Math.floor(Math.random() * test.length), 1);
  return picture!;
}

export function labelled(
  { index, label, predicted, probability }: Prediction,
  test: PictureDataset,
): LabelledPicture {
  const [height, width] = test.shape;
  const size = height * width;
  return {
    index,
    label,
    predicted,
    probability,
    width,
    height,
    pixels: test.images.slice(index * size, (index + 1) * size),
  };
}

function predictionsOf(hand: ModelInHand, dataset: PictureDataset) {
  return predictions(hand.model, new PictureLoader(dataset, { batchSize: BATCH }), hand.prepare);
}

export async function explain(hand: ModelInHand, pixels: Uint8Array, path?: string): Promise<Explanation> {
  const place = path ?? hand.facts().paths.at(-1)!;
  const x = hand.input(pixels); // [1, h, w, 1]
  const scores = tf.tidy(() => tf.softmax(predict(hand.model, x))); // [1, K]
  try {
    const probabilities = [...(await scores.data<'float32'>())];
    const [heat] = await gradCam(hand.model, x, { path: place, size: [SIDE, SIDE] });
    const [maps] = await featureMaps(hand.model, x, place);
    const { width, height, values } = heat!;
    return { probabilities, gradCam: { width, height, values }, featureMaps: mapsOf(place, maps!) };
  } finally {
    tf.dispose([x, scores]);
  }
}

export async function filters({ model }: ModelInHand): Promise<Maps> {
  return mapsOf(STEM, await filterPictures(model, STEM));
}

function mapsOf(
  path: string,
  drawn: { count: number; width: number; height: number; data: Uint8Array },
): Maps {
  const { count, width, height, data } = drawn;
  return { path, count, width, height, pixels: data };
}

export async function classifyPicture(hand: ModelInHand, picture: RawPicture): Promise<ClassifiedPicture> {
  const { model, recipe, classNames } = hand;
  const pixels = preparePicture(picture, fashionMnistTask);
  const classes = await classifyPixels(model, pixels, recipe, { top: TOP, classNames });
  return { width: SIDE, height: SIDE, pixels, classes };
}
