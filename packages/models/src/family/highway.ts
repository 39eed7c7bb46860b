import { ConvReLU, constant, type InitializerRule, initHe } from '@residual/blocks';
import { ResNet } from '../resNet.js';
import { highwayBlock } from './blockTypes.js';
import { cifarStages, type ResNetFactory } from './residual.js';

/**
 * Starts a highway network with its gates nearly shut, so that it carries its input through at first.
 *
 * Source: Srivastava et al. (arXiv 1507.06228), section 2.2, "a negative bias".
 *
 * @param bias of the gates: -1, -2 and -3 for about 10, 20 and 30 layers
 */
function initHighway(bias: number): InitializerRule {
  const shut = constant(bias);
  return (parameter) => (/\btransformGate\.bias$/.test(parameter.path) ? shut : initHe(parameter));
}

/**
 * A highway network for small pictures, of a convolution, 3 stages of (depth - 2) / 3 layers, and a linear layer. The first layer of a
 * later stage is plain: it changes the shape.
 *
 * Source: Srivastava, Greff & Schmidhuber (arXiv 1507.06228), section 3.3, in the stages of He et al. (arXiv 1512.03385), section 4.2.
 */
export function highwayNetwork(depth: number): ResNetFactory {
  return ({ numClasses = 10 } = {}) =>
    new ResNet({
      stem: new ConvReLU(16, 3, { padding: 1 }),
      architecture: cifarStages((depth - 2) / 3),
      block: highwayBlock,
      numClasses,
      initializer: initHighway(-Math.round(depth / 10)),
    });
}
