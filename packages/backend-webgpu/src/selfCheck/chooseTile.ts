import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';
import { convolveFilterGradient } from '../convolution/filterGradient.js';
import { convolve } from '../convolution/forward.js';
import { convolveInputGradient } from '../convolution/inputGradient.js';
import { convolutionShape } from '../convolution/shape.js';
import { type TileSize, wideTileSizes } from '../matrix/tileSize.js';

/** Pictures, height and width, channels of x and y: a convolution of a ResNet's second half, large enough to fill a GPU. */
const TYPICAL = { pictures: 64, size: 12, channels: 128 };
/** One measurement: so many repetitions that a wait for the device counts for little. */
const MEASUREMENT_MS = 10;
const MOST_REPETITIONS = 32;
const ROUNDS = 3;

/** By the adapter's description: a device that is made again, after the first was lost, is not measured again. */
const chosen = new Map<string, TileSize>();

interface Tensors {
  x: TensorInfo;
  filter: TensorInfo;
  y: TensorInfo;
  dx: TensorInfo;
  dFilter: TensorInfo;
}

/**
 * The tile size with which a typical convolution and both its gradients take the least time together on this device, measured
 * once: all sizes give the same bits.
 */
export async function chooseTile(
  backend: TrainingBackend,
  device: string,
  { pictures, size, channels } = TYPICAL,
): Promise<TileSize> {
  const known = chosen.get(device);
  if (known !== undefined) return known;
  const pictureShape = [pictures, size, size, channels];
  const filterShape = [3, 3, channels, channels];
  const tensors: Tensors = {
    x: backend.output(pictureShape),
    filter: backend.output(filterShape),
    y: backend.output(pictureShape),
    dx: backend.output(pictureShape),
    dFilter: backend.output(filterShape),
  };
  const before = backend.tileSizes;
  let best = wideTileSizes[0]!;
  let least = Number.POSITIVE_INFINITY;
  try {
    const repetitions = new Map<TileSize, number>();
    for (let round = 0; round <= ROUNDS; round++) {
      for (const tileSize of wideTileSizes) {
        backend.tileSizes = [tileSize];
        // Before the rounds that count: one that compiles, and one that tells how often to repeat.
        if (round === 0) await timeOf(backend, tensors, 1);
        const often = repetitions.get(tileSize) ?? 1;
        const milliseconds = (await timeOf(backend, tensors, often)) / often;
        const wanted = Math.ceil(MEASUREMENT_MS / milliseconds);
        if (round === 0) repetitions.set(tileSize, Math.min(MOST_REPETITIONS, wanted));
        else if (milliseconds < least) [best, least] = [tileSize, milliseconds];
      }
    }
  } finally {
    backend.tileSizes = before;
    for (const { dataId } of Object.values(tensors)) backend.disposeData(dataId);
  }
  chosen.set(device, best);
  return best;
}

async function timeOf(backend: TrainingBackend, tensors: Tensors, repetitions: number): Promise<number> {
  const { x, filter, y, dx, dFilter } = tensors;
  const shape = convolutionShape(x.shape, filter.shape, y.shape, {
    stride: [1, 1],
    padding: [1, 1],
    groups: 1,
  });
  const start = performance.now();
  for (let i = 0; i < repetitions; i++) {
    convolve(backend, shape, { x, filter, bias: undefined, y });
    convolveInputGradient(backend, shape, { dy: y, filter, dx, addend: undefined });
    convolveFilterGradient(backend, shape, { x, dy: y, dFilter, dBias: undefined });
  }
  await backend.finish();
  return performance.now() - start;
}
