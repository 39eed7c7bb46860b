import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';
import { batchNorm } from '../batchNorm/batchNorm.js';
import { runBatchNormGradient } from '../batchNorm/gradient.js';
import { conv2d, conv2dFilterGradient, conv2dInputGradient } from '../convolution/conv2d.js';
import type { ConvolutionAttributes } from '../convolution/shape.js';
import { WebgpuError } from '../error.js';
import { eachProduct, normalize, type Values, zeros } from './naive.js';

const STRIDE = 2;
const EPSILON = 1e-5;
/** By how activations are kept. Far above rounding, far below what a broken driver gives (zeros, on some phones). */
const TOLERANCES = { float32: 1e-3, float16: 2e-2 };

/**
 * A small training step, convolution and batch norm forward and backward, computed by the device and by plain loops.
 *
 * @throws WebgpuError `SELF_CHECK` naming the first result that the device gets wrong.
 */
export async function selfCheck(backend: TrainingBackend): Promise<void> {
  const x = wave([2, 6, 5, 5], 0.37);
  const filter = wave([3, 3, 5, 6], 0.61);
  const dy = wave([2, 3, 3, 6], 0.83);
  const scale = wave([1, 1, 1, 6], 1.7);
  const expected = expectedStep(x, filter, dy, scale);

  const device = <Shape extends number[]>({ data }: Values, shape: Shape) => ({
    ...backend.makeTensorInfo(shape, 'float32', Float32Array.from(data)),
    shape,
  });
  const given = {
    x: device(x, x.shape),
    filter: device(filter, filter.shape),
    dy: device(dy, dy.shape),
    scale: device(scale, [6]),
    zero: device(zeros([1, 1, 1, 6]), [6]),
  };
  const made: TensorInfo[] = Object.values(given);
  const keep = <T extends TensorInfo | TensorInfo[]>(results: T): T => {
    made.push(...[results].flat());
    return results;
  };
  try {
    const attrs: ConvolutionAttributes = { stride: [STRIDE, STRIDE], padding: [1, 1], groups: 1 };
    const convolved = keep(
      conv2d.kernelFunc({ inputs: { x: given.x, filter: given.filter }, attrs, backend }) as TensorInfo,
    );
    const statistics = { offset: given.zero, runningMean: given.zero, runningVariance: given.zero };
    const [y, mean, spread] = keep(
      batchNorm.kernelFunc({
        inputs: { x: convolved, scale: given.scale, ...statistics },
        attrs: { momentum: 0.1, epsilon: EPSILON, activation: 'relu', hasAddend: false },
        backend,
      }) as TensorInfo[],
    );
    const gradientInputs = {
      dy: given.dy,
      x: convolved,
      scale: given.scale,
      mean: mean!,
      spread: spread!,
      y,
    };
    const [dConvolved, dScale] = keep(
      runBatchNormGradient(backend, gradientInputs, { hasAddend: false, inference: false, epsilon: 0 }),
    );
    const dx = conv2dInputGradient.kernelFunc({
      inputs: { dy: { ...dConvolved!, shape: dy.shape }, filter: given.filter },
      attrs: { ...attrs, inputShape: x.shape },
      backend,
    }) as TensorInfo;
    const dFilter = conv2dFilterGradient.kernelFunc({
      inputs: { x: given.x, dy: { ...dConvolved!, shape: dy.shape } },
      attrs: { ...attrs, filterShape: filter.shape },
      backend,
    }) as TensorInfo;
    keep([dx, dFilter]);
    const actual = { convolved, y: y!, dScale: dScale!, dx, dFilter };
    for (const [name, info] of Object.entries(actual)) {
      const values = (await backend.read(info.dataId)) as Float32Array;
      compare(name, values, expected[name as keyof typeof actual], TOLERANCES[backend.activations]);
    }
  } finally {
    for (const { dataId } of made) backend.disposeData(dataId);
  }
}

function expectedStep(x: Values, filter: Values, dy: Values, scale: Values) {
  const convolved = zeros(dy.shape);
  eachProduct(x, filter, convolved, STRIDE, (i, k, o) => {
    convolved.data[o]! += x.data[i]! * filter.data[k]!;
  });
  const { y, dx: dConvolved, dScale } = normalize(convolved, scale.data, dy.data, EPSILON);
  const dx = zeros(x.shape);
  const dFilter = zeros(filter.shape);
  eachProduct(x, filter, convolved, STRIDE, (i, k, o) => {
    dx.data[i]! += dConvolved[o]! * filter.data[k]!;
    dFilter.data[k]! += dConvolved[o]! * x.data[i]!;
  });
  return { convolved: convolved.data, y, dScale, dx: dx.data, dFilter: dFilter.data };
}

/** Values that look random, of both signs. */
function wave(shape: Values['shape'], step: number): Values {
  const values = zeros(shape);
  values.data.forEach((_, i) => {
    values.data[i] = Math.fround(Math.sin(step * (i + 1) ** 1.3) + 0.1);
  });
  return values;
}

function compare(name: string, actual: Float32Array, expected: Float64Array, tolerance: number): void {
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const wrong = expected.findIndex((value, i) => !(Math.abs(value - actual[i]!) <= tolerance * largest));
  if (wrong < 0) return;
  throw new WebgpuError('SELF_CHECK', {
    where: `webgpu: this device computes wrong numbers: ${name}[${wrong}] of a small step`,
    expected: String(expected[wrong]),
    received: String(actual[wrong]),
    fix: 'Update its driver or browser, or use another backend.',
  });
}
