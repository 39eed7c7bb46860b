// Kernels that only variants of the chapter's networks need, listed apart: an app that offers none may leave them out.
export { averagePool2d, averagePool2dGradient } from './averagePool2d.js';
export { negative } from './binary.js';
export { cast } from './cast.js';
export { concat, split } from './concat.js';
export { scaleChannels, scaleChannelsGradient } from './scaleChannels.js';
export { sigmoid } from './sigmoid.js';
