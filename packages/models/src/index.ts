// What using a model takes, so that this package alone is enough; building one takes @residual/blocks.
export {
  dispose,
  featurePaths,
  features,
  init,
  layerCosts,
  layerSummary,
  loadStateDict,
  type Mode,
  type Predictor,
  parameters,
  predict,
  predictor,
  readStateDict,
  stateDict,
} from '@residual/blocks';
export { type BlockPlace, type BlockType, basicBlock, bottleneck, chapterBlock } from './blockType.js';
export { ModelsError, type ModelsErrorCode, type ModelsProblem } from './error.js';
export {
  d2lResNet,
  d2lResNet18,
  isModelName,
  type ModelDescription,
  type ModelFactory,
  type ModelName,
  type ModelOptions,
  type ModelRow,
  models,
  resnet18,
  resnet20,
  resnet34,
  resnet50,
  resnet101,
  resnet152,
  resnext50_32x4d,
  resnext101_32x8d,
  resnext101_64x4d,
  wide_resnet50_2,
  wide_resnet101_2,
} from './factories.js';
export { Head } from './head.js';
export { initDeeper } from './initDeeper.js';
export { definedModels, defineModel, findModel, type ModelDefinition } from './registry.js';
export { type Architecture, ResNet, type ResNetOptions } from './resNet.js';
export { cifarStem, imageNetStem, Stem } from './stem.js';
