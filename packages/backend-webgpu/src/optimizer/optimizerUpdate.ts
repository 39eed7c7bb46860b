import { type KernelParams, type Rule, ruleOf } from '@residual/ops';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { TrainingBackend } from '../backend.js';
import type { WebgpuKernel } from '../kernel.js';
import eachElement from '../main/eachElement.wgsl';
import eachWorkgroup from '../main/eachWorkgroup.wgsl';
import numbers from '../numbers/numbers.wgsl';
import type { ParameterType, Shader } from '../shader.js';
import { gatheredGradients } from './gatheredGradients.js';
import { gathered } from './gatherTensors.js';
import layerSquares from './layerSquares.wgsl';
import layerTrusts from './layerTrusts.wgsl';
import { ruleText } from './ruleText.js';
import ruleValues from './ruleValues.wgsl';
import { tableOf } from './table.js';
import tensorAt from './tensorAt.wgsl';
import update from './update.wgsl';

type Attributes = KernelParams<'residual/optimizerUpdate'>['attrs'];

/** Workgroups that measure the largest parameter, at most, and the elements that are worth one. */
const MOST_GROUPS = 64;
const LEAST_SIZE = 4096;

/** How a rule runs: what the common bodies make of its text. The names and constants tell which text it is. */
function shadersOf({ rule: name, settings }: Attributes, rule: Rule) {
  const { next, measured, trust } = ruleText(rule, settings);
  const constants = Object.fromEntries(
    Object.keys(rule.constants(settings, 0)).map((constant) => [constant, 'f32' as const]),
  ) as Record<string, ParameterType>;
  const values = {
    oldParameters: 'f32',
    gradients: 'f32',
    oldKept: 'f32',
    table: 'u32',
    state: 'i32',
  } as const;
  const facts = { tensors: 'u32', size: 'u32', learningRate: 'f32', clipNorm: 'f32' } as const;
  return {
    update: {
      name: `${name}Update`,
      code: [numbers, tensorAt, ruleValues, next, update, eachWorkgroup],
      inputs: { ...values, trusts: 'f32' },
      outputs: { newParameters: 'u32', newKept: 'f32' },
      parameters: { ...facts, step: 'i32', averageDecay: 'f32', ...constants },
    },
    squares: {
      name: `${name}Squares`,
      code: [ruleValues, measured, layerSquares, eachWorkgroup],
      inputs: values,
      outputs: { partials: 'f32' },
      parameters: { ...facts, groups: 'u32', ...constants },
    },
    trusts: {
      name: `${name}Trusts`,
      code: [trust, layerTrusts, eachElement],
      inputs: { partials: 'f32', table: 'u32' },
      outputs: { trusts: 'f32' },
      parameters: { size: 'u32', groups: 'u32', ...constants },
    },
  } satisfies Record<string, Shader>;
}

/**
 * All parameters in one dispatch, three of a rule that measures whole layers. What is kept of a step shares two buffers, the
 * parameters and all else, which the next step finds in order: eight buffers in all, which every adapter offers.
 */
export const optimizerUpdate: WebgpuKernel<'residual/optimizerUpdate'> = {
  kernelName: 'residual/optimizerUpdate',
  kernelFunc({ inputs, attrs, backend }) {
    const { count, step, settings, learningRate, clipNorm, averageDecay } = attrs;
    const rule = ruleOf(attrs.rule);
    const slots = rule.slots(settings).length;
    const tensors = Object.values(inputs);
    const parameters = tensors.slice(0, count);
    const gradients = tensors.slice(count, 2 * count);
    const kept = tensors.slice(2 * count, -2); // slots and averages
    const [gradientNorm, firstNonFiniteStep] = tensors.slice(-2) as [TensorInfo, TensorInfo];

    const newParameters = backend.slices([...parameters, { shape: [], dtype: 'int32' }]);
    const newKept = kept.length === 0 ? undefined : backend.slices(kept);
    const { table, size } = tableOf(backend, parameters, attrs);
    const shaders = shadersOf(attrs, rule);
    const ofRule = rule.constants(settings, step);
    const facts = { tensors: count, size, learningRate, clipNorm };
    const constants = { SLOTS: slots, NESTEROV: settings.nesterov === true };

    backend.scratch(8, (state) => {
      backend.copy(backend.place(gradientNorm), { buffer: state, offset: 0 }, 4);
      backend.copy(backend.place(firstNonFiniteStep), { buffer: state, offset: 4 }, 4);
      gathered(backend, parameters, (oldParameters) =>
        gatheredIfAny(backend, kept, (oldKept) => {
          const values = {
            ...{ oldParameters, oldKept, table, state },
            gradients: gatheredGradients(backend).of(gradients),
          };
          const move = (trusts?: GPUBuffer) =>
            backend.dispatch(shaders.update as Shader, {
              tensors: {
                ...{ ...values, trusts },
                ...{ newParameters: newParameters.whole, newKept: newKept?.whole },
              },
              parameters: { ...facts, step, averageDecay: averageDecay ?? 0, ...ofRule },
              constants: {
                ...constants,
                HAS_AVERAGES: averageDecay !== undefined,
                LAYERWISE: rule.layerwise !== undefined,
              },
              workgroups: Math.ceil(size / 256),
              changing: true,
            });
          if (rule.layerwise === undefined) return move();
          const largest = Math.max(...parameters.map(({ shape }) => util.sizeFromShape(shape)));
          const groups = Math.max(1, Math.min(MOST_GROUPS, Math.ceil(largest / LEAST_SIZE)));
          backend.scratch(8 * groups * count, (partials) =>
            backend.scratch(4 * count, (trusts) => {
              backend.dispatch(shaders.squares as Shader, {
                tensors: { ...values, partials },
                parameters: { ...facts, groups, ...ofRule },
                constants,
                workgroups: groups * count,
                changing: true,
              });
              backend.dispatch(shaders.trusts as Shader, {
                tensors: { partials, table, trusts },
                parameters: { size: count, groups, ...ofRule },
                constants: { ALWAYS_ADAPT: settings.alwaysAdapt === true },
                workgroups: Math.ceil(count / 256),
                changing: true,
              });
              move(trusts);
            }),
          );
        }),
      );
    });
    return [...newParameters.infos.slice(0, count), ...(newKept?.infos ?? []), newParameters.infos[count]!];
  },
};

function gatheredIfAny<T>(
  backend: TrainingBackend,
  tensors: readonly TensorInfo[],
  use: (buffer: GPUBuffer | undefined) => T,
): T {
  return tensors.length === 0 ? use(undefined) : gathered(backend, tensors, use);
}
