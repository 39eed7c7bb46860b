import { type Module, stateDict } from '@residual/blocks';
import type { KernelCall } from '../observeKernels.ts';
import type { Direction } from '../protocol.ts';

/** A convolution that a backend is asked for. */
export interface ConvolutionFacts {
  /** Its path, such as `stages.0.0.conv1`. */
  layer: string;
  direction: Direction;
  /** Of x: [B, H, W, Cin]. */
  inputShape: number[];
  /** [kh, kw, Cin / groups, Cout] */
  filterShape: number[];
  stride: [number, number];
  padding: [number, number];
  groups: number;
  /** Present where it was asked to be free of the batch. */
  batchFree?: boolean;
}

type Attributes = Omit<ConvolutionFacts, 'layer' | 'direction'>;

const DIRECTIONS: Record<string, Direction> = {
  'residual/conv2d': 'forward',
  'residual/conv2dInputGradient': 'inputGradient',
  'residual/conv2dFilterGradient': 'filterGradient',
};

/** Tells which layer's convolution a kernel computes, during one step. */
export class ConvolutionLayers {
  /** By the filter's data. */
  readonly #layers: Map<object, string>;
  /** By the data of x and the filter's shape: two layers with the same x have filters of different shapes. */
  readonly #seen = new Map<object, Map<string, string>>();

  constructor(model: Module) {
    const state = [...stateDict(model)];
    this.#layers = new Map(state.map(([path, { dataId }]) => [dataId, path.replace(/\.weight$/, '')]));
  }

  /** Undefined for other kernels. */
  factsOf({ name, inputs, attributes }: KernelCall): ConvolutionFacts | undefined {
    const direction = DIRECTIONS[name];
    if (direction === undefined) return undefined;
    const { x, filter } = inputs;
    const { stride, padding, groups, batchFree, ...shapes } = attributes as Attributes;
    const inputShape = x?.shape ?? shapes.inputShape;
    const filterShape = filter?.shape ?? shapes.filterShape;
    const layer =
      filter === undefined
        ? this.#seen.get(x!.dataId)?.get(String(filterShape))
        : this.#layers.get(filter.dataId);
    if (layer === undefined) throw new Error(`${name}: expected the filter of one of the model's layers`);
    if (direction === 'forward') {
      const layersOfX = this.#seen.get(x!.dataId) ?? new Map<string, string>();
      this.#seen.set(x!.dataId, layersOfX.set(String(filterShape), layer));
    }
    const facts = { layer, direction, inputShape, filterShape, stride, padding, groups };
    return batchFree ? { ...facts, batchFree } : facts;
  }
}

/** Of the direct convolution: two for each multiply-add, also where it meets padding. */
export function floatOperations({ inputShape, filterShape, stride, padding }: ConvolutionFacts): number {
  const [batch, height, width] = inputShape as [number, number, number];
  const [kh, kw] = filterShape as [number, number];
  const rows = Math.floor((height + 2 * padding[0] - kh) / stride[0]) + 1;
  const columns = Math.floor((width + 2 * padding[1] - kw) / stride[1]) + 1;
  return 2 * batch * rows * columns * filterShape.reduce((product, length) => product * length);
}
