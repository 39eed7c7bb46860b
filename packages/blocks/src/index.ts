export { Buffer } from './buffer.js';
export { BlocksError, type BlocksErrorCode, type BlocksProblem } from './error.js';
export { type Fans, fansOf } from './fans.js';
export { type FeaturePath, featurePaths } from './featurePaths.js';
export { features, featuresAndOutput } from './features.js';
export { type InitOptions, init } from './init.js';
export {
  type InitializerRule,
  initCnn,
  initHe,
  initResNet,
  type ParameterFacts,
} from './initializerRules.js';
export {
  constant,
  type FanMode,
  type Initializer,
  type KaimingOptions,
  kaimingNormal,
  kaimingUniform,
  normalOf,
  ones,
  uniformBias,
  xavierNormal,
  xavierUniform,
  zeros,
} from './initializers.js';
export { type Costs, type LayerCosts, layerCosts, mermaidOf } from './layerCosts.js';
export { type LayerLine, type LayerSummary, layerSummary } from './layerSummary.js';
export { BatchNorm2d, type BatchNorm2dOptions, type BatchNormFusion } from './layers/batchNorm2d.js';
export { Conv2d, type Conv2dLayerOptions } from './layers/conv2d.js';
export { ConvBatchNormReLU, type ConvBatchNormReLUOptions } from './layers/convBatchNormReLU.js';
export { ConvReLU } from './layers/convReLU.js';
export { Dropout, RandomModule, StochasticDepth } from './layers/dropout.js';
export { Linear } from './layers/linear.js';
export { AdaptiveAveragePool2d, CeilMaxPool2d, GlobalAveragePool, MaxPool2d } from './layers/pooling.js';
export { ReLU } from './layers/relu.js';
export { Sequential } from './layers/sequential.js';
export { type LoadedState, type LoadStateDictOptions, loadStateDict } from './loadStateDict.js';
export { isSameFacts, modelFacts, unrepeatable } from './modelFacts.js';
export { type Mode, Module } from './module.js';
export { type Observation, observe } from './observe.js';
export { Parameter, type ParameterRole } from './parameter.js';
export { batchNorms, layerPaths, matchesPath, setTrainable } from './paths.js';
export { type PredictOptions, predict } from './predict.js';
export { type Predictor, predictor } from './predictor.js';
export { BasicBlock, type BasicBlockOptions } from './residual/basicBlock.js';
export { Bottleneck, type BottleneckOptions } from './residual/bottleneck.js';
export {
  ComposedBasicBlock,
  type ComposedBlockOptions,
  ComposedBottleneck,
  type ComposedBottleneckOptions,
} from './residual/composedBlocks.js';
export { EfficientChannelAttention, SqueezeExcitation } from './residual/gates.js';
export { HighwayBlock } from './residual/highwayBlock.js';
export {
  InceptionBlock,
  type InceptionBlockOptions,
  type InceptionWidths,
} from './residual/inceptionBlock.js';
export { PlainBlock } from './residual/plainBlock.js';
export {
  PreActivationBlock,
  PreActivationBottleneck,
  type PreActivationOptions,
} from './residual/preActivationBlock.js';
export { Projection } from './residual/projection.js';
export { Residual, type ResidualOptions } from './residual/residual.js';
export { ResNeXtBlock, type ResNeXtBlockOptions } from './residual/resNeXtBlock.js';
export { AveragedProjection, PaddedShortcut } from './residual/shortcuts.js';
export {
  buffers,
  dispose,
  namedParameters,
  parameters,
  readStateDict,
  type StateValue,
  stateDict,
} from './stateDict.js';
export { stateShapes } from './stateShapes.js';
export { type Randomness, withRandomness } from './withRandomness.js';
