import type { Handle } from '../addon.js';
import type { TensorflowKernel } from '../kernel.js';
import type { Attributes, Program } from '../program.js';
import { byGroup } from './groups.js';
import { padded, sameWindows, validWindows } from './windows.js';

type Shape = [number, number, number, number];

/**
 * `residual/conv2d` of `@residual/ops`: y [B, Ho, Wo, Cout]. TensorFlow's Conv2D takes any padding and finds the groups
 * by the filter's shape.
 */
export const conv2d: TensorflowKernel<'residual/conv2d'> = {
  kernelName: 'residual/conv2d',
  program({ program, inputs: { x, filter, bias }, attrs: { stride, padding } }) {
    const [ph, pw] = padding;
    const attributes: Attributes = {
      strides: [1, ...stride, 1],
      padding: 'EXPLICIT',
      explicit_paddings: [0, 0, ph, ph, pw, pw, 0, 0],
    };
    const y = program.call('Conv2D', [x, filter], attributes);
    return [bias === undefined ? y : program.call('BiasAdd', [y, bias])];
  },
};

/** `residual/conv2dInputGradient` of `@residual/ops`: dx [B, H, W, Cin]. */
export const conv2dInputGradient: TensorflowKernel<'residual/conv2dInputGradient'> = {
  kernelName: 'residual/conv2dInputGradient',
  program({ program, inputs: { dy, filter }, attrs }) {
    const [batch, height, width, channels] = attrs.inputShape;
    const [ph, pw] = attrs.padding;
    const same = sameWindows([height, width], [filter.shape[0], filter.shape[1]], attrs);
    const onPadded = (parts: Handle[], partChannels: number): Handle => {
      const size = same === undefined ? [height + 2 * ph, width + 2 * pw] : [height, width];
      const shape = program.list([batch, ...size, partChannels]);
      return program.call('Conv2DBackpropInput', [shape, ...parts.toReversed()], same ?? validWindows(attrs));
    };
    const dx = byGroup(program, {
      groups: attrs.groups,
      tensors: [dy, filter],
      channels,
      convolve: onPadded,
    });
    return [same === undefined ? inner(program, dx, attrs) : dx];
  },
};

/** What is inside of a border of padding. */
function inner(
  program: Program,
  x: Handle,
  { inputShape, padding: [ph, pw] }: { inputShape: Shape; padding: [number, number] },
): Handle {
  if (ph === 0 && pw === 0) return x;
  return program.call('Slice', [x, program.list([0, ph, pw, 0]), program.list(inputShape)]);
}

/** `residual/conv2dFilterGradient` of `@residual/ops`: dFilter [kh, kw, Cin / groups, Cout]. */
export const conv2dFilterGradient: TensorflowKernel<'residual/conv2dFilterGradient'> = {
  kernelName: 'residual/conv2dFilterGradient',
  program({ program, inputs: { x, dy }, attrs }) {
    const [kh, kw, channels, outputs] = attrs.filterShape;
    const [ph, pw] = attrs.padding;
    const same = sameWindows([x.shape[1], x.shape[2]], [kh, kw], attrs);
    const seen =
      same === undefined
        ? padded(program, x, [
            [ph, ph],
            [pw, pw],
          ])
        : x;
    const convolve = ([xPart, dyPart]: Handle[], partOutputs: number): Handle => {
      const shape = program.list([kh, kw, channels, partOutputs]);
      return program.call('Conv2DBackpropFilter', [xPart!, shape, dyPart!], same ?? validWindows(attrs));
    };
    return [byGroup(program, { groups: attrs.groups, tensors: [seen, dy], channels: outputs, convolve })];
  },
};
