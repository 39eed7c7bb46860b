import type { Handle } from '../addon.js';
import type { ProgramParams, TensorflowKernel } from '../kernel.js';
import { type Program, TYPE } from '../program.js';

/** `residual/gradientNorm` of `@residual/ops`: sqrt of the sum of all squares. */
export const gradientNorm: TensorflowKernel<'residual/gradientNorm'> = {
  kernelName: 'residual/gradientNorm',
  program({ program, inputs }) {
    const halves = Object.values(inputs).map((gradient) => program.call('L2Loss', [gradient]));
    const half = program.call('AddN', halves, { N: { int: halves.length }, T: { type: TYPE.float32 } });
    return [program.call('Sqrt', [program.call('Mul', [half, program.float(2)])])];
  },
};

/**
 * `residual/sgdUpdate` of `@residual/ops`. What a step leaves out (decay, clipping, momentum) costs no pass over the
 * parameters; TensorFlow's own updates work on its variables, which tfjs's are not.
 */
export const sgdUpdate: TensorflowKernel<'residual/sgdUpdate'> = {
  kernelName: 'residual/sgdUpdate',
  program({ program, inputs, attrs }) {
    const tensors = Object.values(inputs);
    const { count, step, momentum, averageDecay } = attrs;
    const take = (part: number) => tensors.slice(part * count, (part + 1) * count);
    const velocities = momentum === 0 ? [] : take(2);
    const averages = averageDecay === undefined ? [] : take(momentum === 0 ? 2 : 3);
    const [norm, firstNonFiniteStep] = tensors.slice(-2) as [Handle, Handle];
    const move = mover(program, norm, attrs);
    const moved = take(0).map((parameter, i) =>
      move({ parameter, gradient: take(1)[i]!, velocity: velocities[i], average: averages[i], i }),
    );
    const isFirst = program.call('LogicalAnd', [
      program.call('LogicalNot', [program.call('IsFinite', [norm])]),
      program.call('Less', [firstNonFiniteStep, program.integer(0)]),
    ]);
    return [
      ...moved.map(({ parameter }) => parameter),
      ...moved.flatMap(({ velocity }) => velocity ?? []),
      ...moved.flatMap(({ average }) => average ?? []),
      program.call('SelectV2', [isFirst, program.integer(step), firstNonFiniteStep]),
    ];
  },
};

interface Moving {
  parameter: Handle;
  velocity: Handle | undefined;
  average: Handle | undefined;
}

/** One parameter's update, by what all parameters share. */
function mover(
  program: Program,
  norm: Handle,
  {
    learningRate,
    momentum,
    nesterov,
    weightDecay,
    clipNorm,
    averageDecay,
  }: ProgramParams<'residual/sgdUpdate'>['attrs'],
): (values: Moving & { gradient: Handle; i: number }) => Moving {
  const times = (x: Handle, factor: Handle) => program.call('Mul', [x, factor]);
  const plus = (a: Handle, b: Handle) => program.call('AddV2', [a, b]);
  const areFinite = program.call('IsFinite', [norm]);
  /** The new values, or the old ones if the gradients are not finite. A scalar condition copies nothing. */
  const ifFinite = (next: Handle, old: Handle) => program.call('Select', [areFinite, next, old]);
  const rate = program.float(learningRate);
  const share = program.float(momentum);
  const factor =
    clipNorm > 0
      ? program.call('Minimum', [program.call('RealDiv', [program.float(clipNorm), norm]), program.float(1)])
      : undefined;

  return ({ parameter, gradient, velocity: old, average, i }) => {
    const clipped = factor === undefined ? gradient : times(gradient, factor);
    const decay = weightDecay[i]!;
    const descent = decay === 0 ? clipped : plus(clipped, times(parameter, program.float(decay)));
    const velocity = old === undefined ? descent : plus(times(old, share), descent);
    const direction = nesterov ? plus(descent, times(velocity, share)) : velocity;
    const next = ifFinite(program.call('Sub', [parameter, times(direction, rate)]), parameter);
    return {
      parameter: next,
      velocity: old && ifFinite(velocity, old),
      average: average && ifFinite(averaged(average, next), average),
    };
  };

  function averaged(average: Handle, next: Handle): Handle {
    const kept = times(average, program.float(averageDecay!));
    return plus(kept, times(next, program.float(1 - averageDecay!)));
  }
}
