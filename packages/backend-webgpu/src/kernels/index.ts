// Every kernel of this package, to be registered for 'webgpu'.
export { add } from './add.js';
export { batchNorm } from './batchNorm.js';
export { batchNormGradient } from './batchNormGradient.js';
export { batchNormInference, batchNormInferenceGradient } from './batchNormInference.js';
export { channelSum } from './channelSum.js';
export { conv2d, conv2dFilterGradient, conv2dInputGradient } from './conv2d.js';
export { globalAveragePool, globalAveragePoolGradient } from './globalAveragePool.js';
export { gradientNorm } from './gradientNorm.js';
export { linear } from './linear.js';
export { maxPool2d, maxPool2dGradient } from './maxPool2d.js';
export { pictureToFloat, resizeBilinear } from './pictures.js';
export { sgdUpdate } from './sgdUpdate.js';
export { correctCount, softmaxCrossEntropy, softmaxCrossEntropyGradient } from './softmaxCrossEntropy.js';
export { tfjsConv2d, tfjsConv2dFilterGradient, tfjsConv2dInputGradient } from './tfjsConv2d.js';
