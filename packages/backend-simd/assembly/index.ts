// Every kernel the backend can call: `name(args, thread, threads)`, see src/pool.ts.
export { fill } from './fill';
export { globalAveragePool, globalAveragePoolGradient } from './averagePool';
export { batchNormFinish, batchNormStatistics } from './batchNorm';
export { batchNormApply, batchNormInferenceCoefficients } from './batchNormApply';
export { batchNormGradientFinish, batchNormGradientSums } from './batchNormGradient';
export { batchNormGradientApply } from './batchNormGradientApply';
export { channelSumFinish, channelSums } from './channelSum';
export { addN, binary, relu, step } from './elementwise';
export { maxPool2d, maxPool2dGradient } from './maxPool';
export { sgdUpdate, squareRootOfSum, squareSums } from './optimizer';
export { pictureToFloat, resizeBilinear } from './pictures';
export { correctCount, meanLoss, softmaxCrossEntropy } from './softmax';
