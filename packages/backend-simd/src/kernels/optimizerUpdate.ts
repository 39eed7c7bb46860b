import { isAdapted, type RuleName, ruleOf } from '@residual/ops';
import { type TensorInfo, util } from '@tensorflow/tfjs-core';
import type { SimdKernel } from '../kernel.js';
import { float } from '../memory.js';

/** Words of a row of the table that assembly/optimizer.ts reads. */
const ROW = 13;

/** Values that one thread measures at a time; a constant, as it decides how the sum is rounded. */
const BLOCK = 16 * 1024;

/** The constants of assembly/optimizerRules.ts. */
const NUMBERS: Readonly<Record<RuleName, number>> = {
  ...{ sgd: 0, adam: 1, adamw: 2, rmsprop: 3, lion: 4, lamb: 5, lars: 6 },
};
const CONSTANTS = 7;

/** A step of all parameters: each value is read once and written once, twice read where a rule measures whole layers. */
export const optimizerUpdate: SimdKernel<'residual/optimizerUpdate'> = {
  kernelName: 'residual/optimizerUpdate',
  kernelFunc({ inputs, attrs, backend }) {
    const { count, step, settings, learningRateScale, weightDecay, clipNorm, averageDecay, donated } = attrs;
    const rule = ruleOf(attrs.rule);
    const slots = rule.slots(settings).length;
    const tensors = Object.values(inputs);
    const take = (part: number) => tensors.slice(part * count, (part + 1) * count);
    const parameters = take(0);
    const old = [take(2), slots > 1 ? take(3) : [], averageDecay === undefined ? [] : take(2 + slots)];
    if (slots === 0) old[0] = [];
    const [gradientNorm, firstNonFiniteStep] = tensors.slice(-2) as [TensorInfo, TensorInfo];

    const next = (info: TensorInfo) => (donated ? backend.outputInPlaceOf(info) : backend.output(info.shape));
    const alike = (list: TensorInfo[]) => list.map(next);
    const newParameters = alike(parameters);
    const renewed = old.map(alike);
    const newFirstNonFiniteStep = backend.output([], 'int32');

    const lengths = parameters.map(({ shape }) => util.sizeFromShape(shape));
    const measures = weightDecay.map((decay) => rule.layerwise !== undefined && isAdapted(decay, settings));
    const blocks = lengths.reduce((sum, length, i) => sum + (measures[i] ? Math.ceil(length / BLOCK) : 0), 0);
    const table = backend.scratch(4 * ROW * count);
    const partials = blocks === 0 ? 0 : backend.scratch(16 * blocks);
    const pointer = (info: TensorInfo | undefined) => (info === undefined ? 0 : backend.pointer(info));
    for (let i = 0; i < count; i++) {
      const row = table / 4 + i * ROW;
      const pointers = [
        pointer(parameters[i]),
        pointer(take(1)[i]),
        ...old.map((list) => pointer(list[i])),
        newParameters[i]!.pointer,
        ...renewed.map((list) => list[i]?.pointer ?? 0),
      ];
      backend.words.set([...pointers, lengths[i]!], row);
      const numbers = [attrs.learningRate * learningRateScale[i]!, weightDecay[i]!, measures[i] ? 0 : 1];
      backend.floats.set(numbers, row + ROW - 3);
    }
    const constants = Object.values(rule.constants(settings, step));
    const values = Array.from({ length: CONSTANTS }, (_, i) => float(constants[i] ?? 0));
    const args = [
      ...[table, count, NUMBERS[attrs.rule], backend.pointer(gradientNorm)],
      ...[backend.pointer(firstNonFiniteStep), newFirstNonFiniteStep.pointer, step],
      ...[float(clipNorm), float(averageDecay ?? 0), settings.nesterov === true ? 1 : 0, ...values],
    ];
    if (blocks > 0) {
      const work = 4 * lengths.reduce((sum, length, i) => sum + (measures[i] ? length : 0), 0);
      backend.run({ kernel: 'layerSquares', work }, ...args, partials, BLOCK);
      backend.run({ kernel: 'layerTrusts', work: blocks }, ...args, partials, BLOCK);
    }
    backend.run('optimizerUpdate', ...args);
    return [...newParameters, ...renewed.flat(), newFirstNonFiniteStep].map(({ info }) => info);
  },
};
