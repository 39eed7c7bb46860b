export type { Activation } from './activation.js';
export { type Arithmetic, activeArithmetic } from './arithmetic.js';
export {
  type AveragePool2dOptions,
  adaptiveAveragePool2d,
  averagedWindows,
  averagePool2d,
} from './averagePool2d.js';
export {
  type BackendOption,
  type OptionValue,
  type OptionValues,
  optionProblem,
  optionsOf,
  parseOption,
  threadsOption,
} from './backendOption.js';
export { releaseTape } from './backwardPass.js';
export { type BatchFreeAttribute, batchFree } from './batchFree.js';
export { type BatchNormOptions, batchNorm } from './batchNorm.js';
export { type BatchNormInferenceOptions, batchNormInference } from './batchNormInference.js';
export { channelConv1d } from './channelConv1d.js';
export { channelSum } from './channelSum.js';
export { type Conv2dOptions, conv2d } from './conv2d.js';
export { defineOp } from './defineOp.js';
export { OpsError, type OpsErrorCode, type OpsProblem } from './error.js';
export { evalShape, isEvaluatingShape } from './evalShape.js';
export { fallbacks, fallbacksDuring, noteFallback, referenceOps } from './fallbacks.js';
export { globalAveragePool } from './globalAveragePool.js';
export { gradientNorm } from './gradientNorm.js';
export type { KernelContract, KernelParams } from './kernelContract.js';
export { linear } from './linear.js';
export { maxPool2d } from './maxPool2d.js';
export { type MuonUpdateOptions, muonUpdate } from './muonUpdate.js';
export type { KernelTypes, Op, OpDefinition, OpGradient, OpShape } from './op.js';
export {
  isAdapted,
  type Rule,
  type RuleArithmetic,
  type RuleName,
  type RuleResult,
  type RuleSettings,
  type RuleValues,
  ruleOf,
} from './optimizerRules.js';
export {
  type OptimizerUpdateOptions,
  optimizerUpdate,
  slotNames,
  type UpdateState,
} from './optimizerUpdate.js';
export { type NormalizeOptions, pictureToFloat, resizeBilinear } from './pictures.js';
export {
  playProblem,
  type Recorded,
  type Recording,
  type RecordingBackend,
  type Results,
  recordingBackend,
} from './record.js';
export { type ScaleChannelsOptions, scaleChannels } from './scaleChannels.js';
export {
  type BackendCandidate,
  type BackendProbe,
  type SelectedBackend,
  selectBackend,
  unusable,
  valuesFor,
} from './selectBackend.js';
export type { Size } from './size.js';
export { correctCount, softmaxCrossEntropy } from './softmaxCrossEntropy.js';
export { type ClassTargetsOptions, classTargets, targetCrossEntropy } from './targetCrossEntropy.js';
export { type TfjsConvolution, tfjsConvolution } from './tfjsConvolution.js';
export {
  type PoolAttributes,
  type PoolOptions,
  type WindowAttributes,
  windowCount,
  windowShape,
} from './windows.js';
export { withReferences } from './withReferences.js';
