// Every kernel of this package, to be registered for 'tensorflow'.
export { averagePool2d, averagePool2dGradient } from './averagePool2d.js';
export { batchNorm, batchNormGradient } from './batchNorm.js';
export { batchNormInference, batchNormInferenceGradient } from './batchNormInference.js';
export { conv2d, conv2dFilterGradient, conv2dInputGradient } from './conv2d.js';
export { globalAveragePool, globalAveragePoolGradient } from './globalAveragePool.js';
export { channelSum, linear } from './linear.js';
export { maxPool2d, maxPool2dGradient } from './maxPool2d.js';
export { gradientNorm, optimizerUpdate } from './optimizerUpdate.js';
export { pictureToFloat, resizeBilinear } from './pictures.js';
export { scaleChannels, scaleChannelsGradient } from './scaleChannels.js';
export { correctCount, softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmaxCrossEntropy.js';
export { classTargets, targetCrossEntropy } from './targetCrossEntropy.js';
