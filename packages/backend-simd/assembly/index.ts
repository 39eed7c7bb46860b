// Every kernel the backend can call: `name(args, thread, threads)`, see src/pool.ts.
export { globalAveragePool, globalAveragePoolGradient } from './averagePool';
export { batchNormFinish, batchNormStatistics } from './batchNorm';
export { batchNormApply, batchNormInferenceCoefficients } from './batchNormApply';
export { batchNormGradientFinish, batchNormGradientSums } from './batchNormGradient';
export { batchNormGradientApply } from './batchNormGradientApply';
export { channelSumFinish, channelSums } from './channelSum';
export { addN, binary, relu, step } from './elementwise';
export { fill } from './fill';
export { filterGradient, sumChunks } from './filterGradient';
export { gemm } from './gemm';
export { maxPool2d, maxPool2dGradient } from './maxPool';
export { sgdUpdate, squareRootOfSum, squareSums } from './optimizer';
export { packPanels } from './panels';
export { pictureToFloat, resizeBilinear } from './pictures';
export { repeatTile } from './repeatTile';
export { correctCount, meanLoss, softmaxCrossEntropy } from './softmax';
