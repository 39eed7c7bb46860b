// Kernels that only variants of the chapter's networks need, listed apart: an app that offers none may leave them out.
export { scaleChannels, scaleChannelsGradient } from './channels/scaleChannels.js';
export { averagePool2d, averagePool2dGradient } from './pooling/averagePool2d.js';
