import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';
import { convolve } from '../convolution/forward.js';
import { convolutionShape } from '../convolution/shape.js';
import { type TileSize, wideTileSizes } from '../matrix/tileSize.js';

/** Pictures, height and width, channels of x and y: a convolution of a ResNet's second half, large enough to fill a GPU. */
const TYPICAL = { pictures: 32, size: 12, channels: 128 };
const REPETITIONS = 8;
const ROUNDS = 3;

/** By the adapter's description: a device that is made again, after the first was lost, is not measured again. */
const chosen = new Map<string, TileSize>();

/** The fastest tile size for a typical convolution on this device, measured once: all of them give the same bits. */
export async function chooseTile(
  backend: TrainingBackend,
  device: string,
  { pictures, size, channels } = TYPICAL,
): Promise<TileSize> {
  const known = chosen.get(device);
  if (known !== undefined) return known;
  const pictureShape = [pictures, size, size, channels];
  const tensors = {
    x: backend.output(pictureShape),
    filter: backend.output([3, 3, channels, channels]),
    y: backend.output(pictureShape),
  };
  const before = backend.tileSizes;
  let best = wideTileSizes[0]!;
  let least = Number.POSITIVE_INFINITY;
  try {
    for (let round = 0; round < ROUNDS; round++) {
      for (const tileSize of wideTileSizes) {
        backend.tileSizes = [tileSize];
        const milliseconds = await timeOf(backend, tensors);
        // The first round compiles.
        if (round > 0 && milliseconds < least) [best, least] = [tileSize, milliseconds];
      }
    }
  } finally {
    backend.tileSizes = before;
    for (const { dataId } of Object.values(tensors)) backend.disposeData(dataId);
  }
  chosen.set(device, best);
  return best;
}

async function timeOf(
  backend: TrainingBackend,
  { x, filter, y }: { x: TensorInfo; filter: TensorInfo; y: TensorInfo },
): Promise<number> {
  const shape = convolutionShape(x.shape, filter.shape, y.shape, {
    stride: [1, 1],
    padding: [1, 1],
    groups: 1,
  });
  const start = performance.now();
  for (let i = 0; i < REPETITIONS; i++) convolve(backend, shape, { x, filter, bias: undefined, y });
  await backend.finish();
  return performance.now() - start;
}
