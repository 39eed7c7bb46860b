import { fill } from './fill.js';

/** Every kernel of this package, to be registered for 'simd'. */
export const kernels = [fill];
