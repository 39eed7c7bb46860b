import type { Handle } from '../addon.js';
import { type Program, TYPE } from '../program.js';

interface Grouped {
  groups: number;
  /** Their last axis holds the groups side by side. */
  tensors: Handle[];
  /** Of the result, all groups together. */
  channels: number;
  /** The convolution gradient of some groups, whose result has so many channels. */
  convolve(tensors: Handle[], channels: number): Handle;
}

/** A gradient of a grouped convolution: in one operation where this TensorFlow can, else group by group. */
export function byGroup(program: Program, { groups, tensors, channels, convolve }: Grouped): Handle {
  if (groups === 1 || hasGroupedGradients(program)) return convolve(tensors, channels);
  const axis = program.integer(3);
  const split = tensors.map((tensor) =>
    program.callAll('Split', [axis, tensor], { num_split: { int: groups } }, groups),
  );
  const results = Array.from({ length: groups }, (_, group) =>
    convolve(
      split.map((parts) => parts[group]!),
      channels / groups,
    ),
  );
  const attributes = { N: { int: groups }, T: { type: TYPE.float32 }, Tidx: { type: TYPE.int32 } };
  return program.call('ConcatV2', [...results, axis], attributes);
}

let isSupported: boolean | undefined;

/**
 * cuDNN and oneDNN have these gradients, TensorFlow's own code for the processor has not ("Gradients for grouped
 * convolutions are not supported on CPU"). Which of them runs depends on the build, the processor and the environment.
 */
function hasGroupedGradients(program: Program): boolean {
  isSupported ??= tryGroupedGradients(program);
  return isSupported;
}

function tryGroupedGradients(program: Program): boolean {
  const x = program.floats([1, 1, 1, 2], [1, 2]);
  const filter = program.floats([1, 1, 1, 2], [3, 5]); // two groups of one channel each
  const attributes = { strides: [1, 1, 1, 1], padding: 'VALID' };
  try {
    program.call('Conv2DBackpropInput', [program.list([1, 1, 1, 2]), filter, x], attributes);
    program.call('Conv2DBackpropFilter', [x, program.list([1, 1, 1, 2]), x], attributes);
    return true;
  } catch {
    return false;
  }
}
