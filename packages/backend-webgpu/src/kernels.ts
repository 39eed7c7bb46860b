// Every kernel of this package, to be registered for 'webgpu'.

export { batchNorm } from './batchNorm/batchNorm.js';
export { batchNormGradient } from './batchNorm/batchNormGradient.js';
export { batchNormInference, batchNormInferenceGradient } from './batchNorm/batchNormInference.js';
export { channelSum } from './batchNorm/channelSum.js';
export { add } from './convolution/add.js';
export { conv2d, conv2dFilterGradient, conv2dInputGradient } from './convolution/conv2d.js';
export { linear } from './convolution/linear.js';
export { tfjsConv2d, tfjsConv2dFilterGradient, tfjsConv2dInputGradient } from './convolution/tfjsConv2d.js';
export {
  correctCount,
  softmaxCrossEntropy,
  softmaxCrossEntropyGradient,
} from './head/softmaxCrossEntropy.js';
export { gradientNorm } from './optimizer/gradientNorm.js';
export { sgdUpdate } from './optimizer/sgdUpdate.js';
export { pictureToFloat, resizeBilinear } from './pictures/pictures.js';
export { globalAveragePool, globalAveragePoolGradient } from './pooling/globalAveragePool.js';
export { maxPool2d, maxPool2dGradient } from './pooling/maxPool2d.js';
