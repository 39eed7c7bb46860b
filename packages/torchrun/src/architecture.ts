import {
  AveragedProjection,
  BasicBlock,
  BatchNorm2d,
  Bottleneck,
  ComposedBasicBlock,
  ComposedBottleneck,
  Conv2d,
  GlobalAveragePool,
  Linear,
  MaxPool2d,
  Module,
  PaddedShortcut,
  Projection,
  Residual,
  ResNeXtBlock,
  Sequential,
  SqueezeExcitation,
} from '@residual/blocks';
import { Head, ResNet, Stem } from '@residual/models';
import { DeepStem } from '@residual/models/family';
import { TorchrunError } from './error.js';

type Pair = readonly [height: number, width: number];

/** One layer of a network: what it is, and where. */
export type LayerRow = { readonly path: string } & (
  | {
      readonly type: 'conv2d';
      readonly inputs: number;
      readonly channels: number;
      readonly kernelSize: Pair;
      readonly stride: Pair;
      readonly padding: Pair;
      readonly groups: number;
      readonly bias: boolean;
    }
  | {
      readonly type: 'batchNorm2d';
      readonly channels: number;
      readonly momentum: number;
      readonly epsilon: number;
    }
  | { readonly type: 'maxPool2d'; readonly kernelSize: Pair; readonly stride: Pair; readonly padding: Pair }
  /** The mean of each stride x stride window; of what is inside, at an odd picture's edge. */
  | { readonly type: 'averagePool2d'; readonly stride: Pair }
  /** Every stride-th pixel, and zeros for the channels that the input hasn't. */
  | { readonly type: 'paddedShortcut'; readonly channels: number; readonly stride: Pair }
  | { readonly type: 'linear'; readonly inputs: number; readonly channels: number; readonly bias: boolean }
);

/** A residual network as its layers by path, which is all there is to know: how they are wired is the same for all. */
export interface ArchitectureFile {
  readonly format: 'residual-architecture';
  readonly version: 1;
  readonly classes: number;
  readonly layers: readonly LayerRow[];
}

/** Modules that are wired over there as here. By their class itself: a subclass may compute something else. */
const KNOWN = new Set<unknown>([
  ResNet,
  Stem,
  DeepStem,
  Sequential,
  Residual,
  BasicBlock,
  Bottleneck,
  ResNeXtBlock,
  ComposedBasicBlock,
  ComposedBottleneck,
  SqueezeExcitation,
  Projection,
  AveragedProjection,
  Head,
]);

/** Where layers can be: elsewhere they would be wired in another way. */
const PLACES = new RegExp(
  [
    /^stem\.(conv[12]?|bn[12]?|pool)$/,
    /^stages\.\d+\.\d+\.(conv[123]|bn[123]|gate\.fc[12]|shortcut)$/,
    /^stages\.\d+\.\d+\.shortcut\.(pool|(projection\.)?(conv|bn))$/,
    /^head\.linear$/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

/**
 * Describes a network by its layers.
 *
 * @param model initialised
 * @throws TorchrunError `UNSUPPORTED` naming the first module that is none of a plain residual network.
 *
 * @example
 * const { layers } = architectureOf(model); // [{ path: 'stem.conv', type: 'conv2d', ... }, ...]
 */
export function architectureOf(model: Module): ArchitectureFile {
  const layers = [...layersOf(model, '')];
  const head = layers.at(-1);
  if (!(model instanceof ResNet) || head?.type !== 'linear') throw unknownModule('the network', model);
  return { format: 'residual-architecture', version: 1, classes: head.channels, layers };
}

function* layersOf(module: Module, path: string): Generator<LayerRow, void, undefined> {
  const row = rowOf(module, path);
  if (row !== undefined) {
    if (!PLACES.test(path)) throw unknownModule(path, module);
    yield row;
    return;
  }
  if (module instanceof AveragedProjection && module.stride > 1) {
    yield { path: `${path}.pool`, type: 'averagePool2d', stride: pair(module.stride) };
  }
  if (module.constructor === GlobalAveragePool) return; // has no numbers, and one place: before the linear layer
  if (!KNOWN.has(module.constructor)) throw unknownModule(path, module);
  for (const [name, child] of module.children()) {
    const list = Array.isArray(child) ? Object.entries(child) : [[undefined, child] as const];
    for (const [number, part] of list) {
      if (!(part instanceof Module)) continue;
      const steps = [path, name, number].filter((step) => step !== undefined && step !== '');
      yield* layersOf(part, steps.join('.'));
    }
  }
}

function rowOf(layer: Module, path: string): LayerRow | undefined {
  switch (layer.constructor) {
    case Conv2d: {
      const { weight, kernelSize, stride, padding, groups, bias } = layer as Conv2d;
      const [, , inputs = 0, channels = 0] = weight.value.shape;
      return {
        path,
        type: 'conv2d',
        inputs: inputs * groups,
        channels,
        kernelSize: pair(kernelSize),
        stride: pair(stride),
        padding: pair(padding),
        groups,
        bias: bias !== undefined,
      };
    }
    case BatchNorm2d: {
      const { scale, momentum, epsilon } = layer as BatchNorm2d;
      return { path, type: 'batchNorm2d', channels: scale.value.size, momentum, epsilon };
    }
    case MaxPool2d: {
      const { kernelSize, stride, padding } = layer as MaxPool2d;
      return {
        path,
        type: 'maxPool2d',
        kernelSize: pair(kernelSize),
        stride: pair(stride),
        padding: pair(padding),
      };
    }
    case PaddedShortcut: {
      const { channels, stride } = layer as PaddedShortcut;
      return { path, type: 'paddedShortcut', channels, stride: pair(stride) };
    }
    case Linear: {
      const { weight, bias } = layer as Linear;
      const [inputs = 0, channels = 0] = weight.value.shape;
      return { path, type: 'linear', inputs, channels, bias: bias !== undefined };
    }
    default:
      return undefined;
  }
}

function pair(size: number | Pair): Pair {
  return typeof size === 'number' ? [size, size] : [size[0], size[1]];
}

function nameOf(module: Module): string {
  return module.constructor.name;
}

function unknownModule(where: string, module: Module): TorchrunError {
  return new TorchrunError('UNSUPPORTED', {
    where: `training.model: ${where}`,
    expected:
      'a plain residual network: the layers and blocks of @residual/blocks in a ResNet of @residual/models',
    received: nameOf(module),
    fix: 'Train it here, or write it in PyTorch and take its weights there by `residual convert`.',
  });
}
