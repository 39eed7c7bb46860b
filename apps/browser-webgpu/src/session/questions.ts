import { predict } from '@residual/blocks';
import { limit, type PictureDataset, type RawPicture } from '@residual/data';
import { featureMaps, filterPictures, gradCam, type Pictures } from '@residual/inspect';
import { batchesOf, classify } from '@residual/runs';
import { type Prediction, predictions, worstMistakes } from '@residual/trainer';
import * as tf from '@tensorflow/tfjs-core';
import type { ModelInHand } from './modelInHand.js';
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
  const [height, width, channels] = test.shape;
  const size = height * width * channels;
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
  const [height, width, channels] = test.shape;
  const size = height * width * channels;
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

function predictionsOf({ model, input }: ModelInHand, dataset: PictureDataset) {
  return predictions(model, batchesOf(dataset, input, { batchSize: BATCH }), input.prepare);
}

export async function explain(hand: ModelInHand, picture: RawPicture, path?: string): Promise<Explanation> {
  const { model, input } = hand;
  const place = path ?? hand.describe().paths.at(-1)!;
  const x = hand.inputOf(picture); // [1, H, W, C]
  const scores = tf.tidy(() => tf.softmax(predict(model, x, { batchFree: true }))); // [1, K]
  try {
    const probabilities = [...(await scores.data<'float32'>())];
    const [heat] = await gradCam(model, x, { path: place, size: [input.shape[0], input.shape[1]] });
    const [maps] = await featureMaps(model, x, place);
    const { width, height, values } = heat!;
    return { probabilities, gradCam: { width, height, values }, featureMaps: mapsOf(place, maps!) };
  } finally {
    tf.dispose([x, scores]);
  }
}

export async function filters({ model }: ModelInHand): Promise<Maps> {
  return mapsOf(STEM, await filterPictures(model, STEM));
}

function mapsOf(path: string, { count, width, height, channels, data }: Pictures): Maps {
  return { path, count, width, height, channels, pixels: data };
}

export async function classifyPicture(hand: ModelInHand, picture: RawPicture): Promise<ClassifiedPicture> {
  const { model, facts, input } = hand;
  const [height, width] = input.shape;
  const classes = await classify(model, picture, facts.task, { top: TOP });
  return { width, height, pixels: input.fit(picture), classes };
}
