import { featurePaths, featuresAndOutput, type Module, observe } from '@residual/blocks';
import * as tf from '@tensorflow/tfjs-core';
import { InspectError } from './error.js';

/** Where in a picture a network finds a class. Plain values, which can be posted to another thread. */
export interface HeatMap {
  /** The class that was looked for. */
  classIndex: number;
  height: number;
  width: number;
  /** height * width numbers in [0, 1], row by row; the largest is 1, or all are 0 where nothing speaks for the class. */
  values: Float32Array;
}

export interface GradCamOptions {
  /** Of the module whose features are weighed. Default: the last of `featurePaths`, a ResNet's last stage. */
  path?: string;
  /** Which class to look for. Default: for each picture the likeliest. */
  classIndex?: number;
  /** Of the heat maps. Default: the pictures'. */
  size?: readonly [height: number, width: number];
}

/**
 * What in each picture of a batch speaks for a class: ReLU(sum over c of weight_c * features_c), where weight_c is the
 * mean over the picture of the gradient of the class's logit with respect to channel c; enlarged bilinearly.
 *
 * Source: Selvaraju et al., "Grad-CAM" (arXiv 1610.02391), equations 1 and 2.
 *
 * @param model pictures in, logits [B, K] out; runs in 'eval' mode
 * @param x [B, H, W, C], prepared as the model expects
 * @returns B heat maps
 * @throws BlocksError `PATH` when no module of this path gives pictures; InspectError `CLASS` for a class that the model lacks.
 *
 * @example
 * const [heatMap] = await gradCam(model, x, { path: 'stages.2' });
 */
export async function gradCam(
  model: Module<tf.Tensor4D, tf.Tensor2D>,
  x: tf.Tensor4D,
  { path, classIndex, size }: GradCamOptions = {},
): Promise<HeatMap[]> {
  const [, pictureHeight, pictureWidth] = x.shape;
  const [height, width] = size ?? [pictureHeight, pictureWidth];
  const place = path ?? featurePaths(model, x.shape).at(-1)?.path ?? '';
  const { features, output: logits } = featuresAndOutput(model, x, place);
  let onDevice: { classes: tf.Tensor1D; maps: tf.Tensor4D };
  try {
    onDevice = tf.tidy(() => {
      const classes = classesOf(logits, classIndex); // [B]
      const gradient = gradientAt(model, x, place, features, oneHot(classes, logits.shape[1])); // [B, h, w, C]
      const weights = tf.mean(gradient, [1, 2], true); // [B, 1, 1, C]; equation 1
      const maps = tf.relu(tf.sum(tf.mul(weights, features), 3, true)); // [B, h, w, 1]; equation 2
      return { classes, maps: resized(maps, [height, width]) };
    });
  } finally {
    tf.dispose([features, logits]);
  }
  try {
    const [classes, values] = await Promise.all([
      onDevice.classes.data<'int32'>(),
      onDevice.maps.data<'float32'>(), // [B, H, W, 1]
    ]);
    const pixels = height * width;
    return Array.from(classes, (classIndex, i) => ({
      classIndex,
      height,
      width,
      values: upToOne(values.subarray(i * pixels, (i + 1) * pixels)),
    }));
  } finally {
    tf.dispose(onDevice);
  }
}

/** dLogits back to the features of a module: puts them in its output's place, and differentiates by them. */
function gradientAt(
  model: Module<tf.Tensor4D, tf.Tensor2D>,
  x: tf.Tensor4D,
  path: string,
  features: tf.Tensor4D,
  dLogits: tf.Tensor2D,
): tf.Tensor {
  const logitsOf = (given: tf.Tensor): tf.Tensor =>
    observe(
      model,
      (seen) => (seen.path === path ? given : undefined),
      () => model.forward(x, 'eval'),
    );
  return tf.grad(logitsOf)(features, dLogits);
}

/** The class to look for in each picture, [B]. */
function classesOf(logits: tf.Tensor2D, classIndex: number | undefined): tf.Tensor1D {
  const [batch, count] = logits.shape;
  if (classIndex === undefined) return tf.argMax(logits, 1);
  if (Number.isInteger(classIndex) && classIndex >= 0 && classIndex < count) {
    return tf.tensor1d(new Int32Array(batch).fill(classIndex), 'int32');
  }
  throw new InspectError('CLASS', {
    where: 'gradCam: classIndex',
    expected: `a class number from 0 to ${count - 1}`,
    received: String(classIndex),
    fix: 'Leave it out to look for the likeliest class.',
  });
}

/** [B, K] with a one at each picture's class. Not tf.oneHot, which refuses a single class. */
function oneHot(classes: tf.Tensor1D, count: number): tf.Tensor2D {
  return tf.cast(tf.equal(tf.expandDims(classes, 1), tf.range(0, count, 1, 'int32')), 'float32');
}

function upToOne(values: Float32Array): Float32Array {
  const largest = values.reduce((a, b) => Math.max(a, b), 0);
  return values.map((value) => (largest > 0 ? value / largest : 0));
}

/** As `tf.image.resizeBilinear` with half-pixel centres, which would bring all of `tf.image` into a page. */
function resized(images: tf.Tensor, size: [height: number, width: number]): tf.Tensor4D {
  const attributes = { alignCorners: false, halfPixelCenters: true, size };
  return tf.engine().runKernel(tf.ResizeBilinear, { images }, attributes) as tf.Tensor4D;
}
