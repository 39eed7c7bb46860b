import type { ConvolutionShape } from './shape.js';

/**
 * How a convolution is computed: as one matrix product (assembly/gemm.ts), or by Winograd's algorithm on squares of 3x3
 * or 4x4 results (assembly/winograd/forward.ts).
 */
export type ConvolutionAlgorithm = 'direct' | 'winograd3' | 'winograd4';

/** For which of a convolution's three results an algorithm is chosen. */
export type Direction = 'forward' | 'inputGradient' | 'filterGradient';

/** Length of the side of a square of results. */
export type SquareSize = 3 | 4;

export const SQUARE_SIZE = { winograd3: 3, winograd4: 4 } as const;

/**
 * The faster algorithm: a function of the shape alone, as the bits of the results depend on it. Batch free, it is that of
 * {@link BATCH_FREE_IMAGES} images, however many there are.
 *
 * @param forced for tests: taken wherever it can compute that convolution at all
 */
export function convolutionAlgorithm(
  shape: ConvolutionShape,
  direction: Direction,
  forced: ConvolutionAlgorithm | 'auto' = 'auto',
): ConvolutionAlgorithm {
  if (forced === 'direct' || !isWinogradConvolution(shape)) return 'direct';
  if (forced !== 'auto') return forced;
  const { pixel, outputs } = shape;
  if (pixel < MIN_CHANNELS || outputs < MIN_CHANNELS) return 'direct';
  const images = shape.batchFree ? BATCH_FREE_IMAGES : shape.images;
  const [rows, columns] = results(shape, direction);
  const candidates = (['winograd4', 'winograd3'] as const).map((algorithm) => {
    const size = SQUARE_SIZE[algorithm];
    const squares = images * Math.ceil(rows / size) * Math.ceil(columns / size);
    const factors = (size + 2) ** 2;
    const multiplications = squares * factors * pixel * outputs;
    const transforms =
      squares * factors * (pixel + outputs) * VALUE_COST + factors * pixel * outputs * FILTER_COST;
    return { algorithm, cost: multiplications + transforms };
  });
  const direct = { algorithm: 'direct' as const, cost: 9 * images * rows * columns * pixel * outputs };
  return [...candidates, direct].reduce((best, one) => (one.cost < best.cost ? one : best)).algorithm;
}

/**
 * So many that the choice is that of the large batches in which data sets are predicted; a picture alone is then computed somewhat
 * slower than it could be.
 */
export const BATCH_FREE_IMAGES = 32;
/** Below, a direct convolution is faster. */
export const MIN_CHANNELS = 12;
/** What transforming one value costs, in multiplications: measured. */
const VALUE_COST = 16;
/** The same for one value of a filter, which is read from and written to main memory. */
const FILTER_COST = 60;

function isWinogradConvolution({ tapRows, tapColumns, strides, groups, padding }: ConvolutionShape): boolean {
  const [top, left] = padding;
  return (
    tapRows === 3 &&
    tapColumns === 3 &&
    strides[0] === 1 &&
    strides[1] === 1 &&
    groups === 1 &&
    top <= 2 &&
    left <= 2
  );
}

/** Rows and columns that are cut into squares. */
function results(shape: ConvolutionShape, direction: Direction): [number, number] {
  return direction === 'inputGradient' ? [shape.height, shape.width] : [shape.rows, shape.columns];
}
