export { beta, gamma } from './beta.js';
export { cos, exp, log, sin } from './elementary.js';
export { type Counter, type Key, philox } from './philox.js';
export { power } from './power.js';
export { normals, permutation, uniforms } from './sample.js';
export { type RandomStream, randomStream, type StreamOptions } from './stream.js';
