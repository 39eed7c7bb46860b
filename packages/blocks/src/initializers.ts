import type { RandomStream } from '@residual/random';
import { BlocksError } from './error.js';
import type { Fans } from './fans.js';

/** The first values of a parameter or buffer: a pure function of its shape, its fans and its own random numbers. */
export type Initializer = (shape: number[], fans: Fans, stream: RandomStream) => Float32Array;

/** Which fan keeps its variance: of the values on the way forward, or of the gradients on the way back. */
export type FanMode = 'fanIn' | 'fanOut';

export interface KaimingOptions {
  /** Default `'fanIn'`. */
  mode?: FanMode;
  /** What the layer's activation makes up for. */
  gain?: number;
}

const sizeOf = (shape: number[]): number => shape.reduce((size, length) => size * length, 1);

function checked(spread: number, shape: number[]): number {
  if (Number.isFinite(spread)) return spread;
  throw new BlocksError('INITIALIZER', {
    where: 'initializer',
    expected: 'the fans of a weight',
    received: `the shape [${shape}] without them`,
    fix: 'Pass those of the weight it belongs to: this.bias.as([channels], fansOf(weightShape)).',
  });
}

function filled(shape: number[], valueAt: (index: number) => number): Float32Array {
  const values = new Float32Array(sizeOf(shape));
  for (let i = 0; i < values.length; i++) values[i] = valueAt(i);
  return values;
}

/** Uniform in [-bound, bound). */
function uniform(shape: number[], bound: number, stream: RandomStream): Float32Array {
  const width = 2 * checked(bound, shape);
  return filled(shape, (i) => width * stream.uniform(i) - bound);
}

function normal(shape: number[], standardDeviation: number, stream: RandomStream): Float32Array {
  checked(standardDeviation, shape);
  return filled(shape, (i) => standardDeviation * stream.normal(i));
}

/** The same value everywhere. */
export function constant(value: number): Initializer {
  return (shape) => new Float32Array(sizeOf(shape)).fill(value);
}

export const zeros: Initializer = constant(0);
export const ones: Initializer = constant(1);

/** N(0, standardDeviation^2), whatever the fans. */
export function normalOf(standardDeviation: number): Initializer {
  return (shape, _, stream) => normal(shape, standardDeviation, stream);
}

/** U(-a, a) with a = sqrt(6 / (fanIn + fanOut)). Source: Glorot & Bengio (2010), equation 16. */
export const xavierUniform: Initializer = (shape, { fanIn, fanOut }, stream) =>
  uniform(shape, Math.sqrt(6 / (fanIn + fanOut)), stream);

/** N(0, 2 / (fanIn + fanOut)). Source: Glorot & Bengio (2010), equation 12. */
export const xavierNormal: Initializer = (shape, { fanIn, fanOut }, stream) =>
  normal(shape, Math.sqrt(2 / (fanIn + fanOut)), stream);

/** N(0, gain^2 / fan); the default gain sqrt(2) is ReLU's. Source: He et al. (arXiv 1502.01852), equation 10. */
export function kaimingNormal({ mode = 'fanIn', gain = Math.SQRT2 }: KaimingOptions = {}): Initializer {
  return (shape, fans, stream) => normal(shape, gain / Math.sqrt(fans[mode]), stream);
}

/**
 * U(-a, a) with a = gain * sqrt(3 / fan). The default gain sqrt(1/3) makes it PyTorch's start for convolutions and
 * linear layers, U(-1/sqrt(fanIn), 1/sqrt(fanIn)) (`kaiming_uniform_(a=sqrt(5))`).
 */
export function kaimingUniform({
  mode = 'fanIn',
  gain = Math.sqrt(1 / 3),
}: KaimingOptions = {}): Initializer {
  return (shape, fans, stream) => uniform(shape, gain * Math.sqrt(3 / fans[mode]), stream);
}

/** U(-1/sqrt(fanIn), 1/sqrt(fanIn)) with the fanIn of the bias's weight: PyTorch's start for biases. */
export const uniformBias: Initializer = (shape, { fanIn }, stream) =>
  uniform(shape, 1 / Math.sqrt(fanIn), stream);
