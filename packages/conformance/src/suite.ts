import type { ConformanceCase } from './case.js';
import { batchFreeCases } from './cases/batchFree.js';
import { blockCases } from './cases/blocks.js';
import { drawnCases } from './cases/drawn.js';
import { edgeCases } from './cases/edges.js';
import { fixtureCases } from './cases/fixtures.js';
import { networkCases } from './cases/networks.js';
import { assertBackend, assertOwnKernels } from './kernels.js';
import { type ConformanceOptions, type Context, contextOf } from './options.js';
import type { Subject } from './subject.js';
import { batchNormSubject } from './subjects/batchNorm.js';
import { batchNormInferenceSubject } from './subjects/batchNormInference.js';
import {
  channelConv1dSubject,
  concatChannelsSubject,
  scaleChannelsSubject,
  sigmoidSubject,
} from './subjects/channels.js';
import { conv2dSubject } from './subjects/conv2d.js';
import {
  channelSumSubject,
  correctCountSubject,
  linearSubject,
  softmaxCrossEntropySubject,
} from './subjects/head.js';
import { optimizerSubject, sgdSubject } from './subjects/optimizer.js';
import { pictureToFloatSubject, resizeBilinearSubject } from './subjects/pictures.js';
import {
  adaptiveAveragePool2dSubject,
  averagePool2dSubject,
  globalAveragePoolSubject,
  maxPool2dSubject,
} from './subjects/pool.js';
import { classTargetsSubject, targetCrossEntropySubject } from './subjects/targets.js';

/** Everything a backend must pass, as cases to run one after the other on tfjs's active backend. */
export function conformanceCases(options: ConformanceOptions): ConformanceCase[] {
  const context = contextOf(options);
  return [
    ...operationCases(conv2dSubject, context),
    ...operationCases(batchNormSubject, context),
    ...operationCases(batchNormInferenceSubject, context),
    ...operationCases(maxPool2dSubject, context),
    ...operationCases(averagePool2dSubject, context),
    ...operationCases(adaptiveAveragePool2dSubject, context),
    ...operationCases(globalAveragePoolSubject, context),
    ...operationCases(scaleChannelsSubject, context),
    ...operationCases(channelConv1dSubject, context),
    ...operationCases(concatChannelsSubject, context),
    ...operationCases(sigmoidSubject, context),
    ...operationCases(linearSubject, context),
    ...operationCases(softmaxCrossEntropySubject, context),
    ...operationCases(classTargetsSubject, context),
    ...operationCases(targetCrossEntropySubject, context),
    ...operationCases(correctCountSubject, context),
    ...operationCases(channelSumSubject, context),
    ...operationCases(sgdSubject(5, 4), context),
    ...operationCases(optimizerSubject, context),
    ...operationCases(resizeBilinearSubject, context),
    ...operationCases(pictureToFloatSubject, context),
    ...edgeCases(context),
    ...blockCases(context),
    ...networkCases(context),
    ...batchFreeCases(context),
    ...kernelCases(context),
  ];
}

function operationCases<Inputs, Attributes>(
  subject: Subject<Inputs, Attributes>,
  context: Context,
): ConformanceCase[] {
  return [...fixtureCases(subject, context), ...drawnCases(subject, context)];
}

function kernelCases(context: Context): ConformanceCase[] {
  if (!context.requireKernels) return [];
  const run = async () => {
    assertBackend(context);
    assertOwnKernels();
  };
  return [{ group: 'kernels', name: 'every operation has a kernel of its own', run }];
}
