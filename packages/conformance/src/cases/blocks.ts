import {
  BasicBlock,
  type BasicBlockOptions,
  Bottleneck,
  type BottleneckOptions,
  type Module,
  Residual,
  type ResidualOptions,
  ResNeXtBlock,
  type ResNeXtBlockOptions,
} from '@residual/blocks';
import type * as tf from '@tensorflow/tfjs-core';
import type { ConformanceCase } from '../case.js';
import { drawTensor } from '../draw.js';
import { computeTwice } from '../execute.js';
import { fixtureCaseNames, loadFixtureCase, tensorOf } from '../fixture.js';
import { assertBackend } from '../kernels.js';
import type { Context } from '../options.js';
import { assertResults } from '../results.js';
import { trainingPass, withModel } from '../trainingPass.js';

type Attributes = { channels: number; inputShape: number[] } & (
  | { block: 'Residual'; options: ResidualOptions }
  | { block: 'ResNeXtBlock'; options: ResNeXtBlockOptions }
  | { block: 'BasicBlock'; options: BasicBlockOptions }
  | { block: 'Bottleneck'; options: BottleneckOptions }
);

/** The residual blocks against PyTorch: output in both modes, all gradients, running statistics. */
export function blockCases(context: Context): ConformanceCase[] {
  return fixtureCaseNames('blocks').map((name) => ({
    group: 'blocks',
    name: `PyTorch: ${name}`,
    run: async () => {
      assertBackend(context);
      const fixture = await loadFixtureCase<Attributes>('blocks', name, context);
      const { seed, attrs } = fixture;
      const x = drawTensor(seed, 'x', { shape: attrs.inputShape });
      const dy = drawTensor(seed, 'dy', { shape: tensorOf(fixture, 'y').shape });
      const compute = (inputs: tf.NamedTensorMap): tf.NamedTensorMap =>
        withModel(blockOf(attrs), attrs.inputShape, seed, (block) => {
          const given = inputs.x as tf.Tensor4D;
          const predicted = block.forward(given, 'eval');
          const { value, results } = trainingPass(block, () => block.forward(given, 'train'), inputs.dy!, {
            x: given,
          });
          return { predicted, y: value, ...results };
        });
      const actual = await computeTwice(name, { x, dy }, compute, context);
      const expected = Object.fromEntries(fixture.tensors);
      assertResults(`${name}: PyTorch`, actual, expected, context);
    },
  }));
}

function blockOf(attributes: Attributes): Module<tf.Tensor4D, tf.Tensor4D> {
  const { channels } = attributes;
  switch (attributes.block) {
    case 'Residual':
      return new Residual(channels, attributes.options);
    case 'ResNeXtBlock':
      return new ResNeXtBlock(channels, attributes.options);
    case 'BasicBlock':
      return new BasicBlock(channels, attributes.options);
    case 'Bottleneck':
      return new Bottleneck(channels, attributes.options);
  }
}
