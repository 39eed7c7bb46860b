import { registerHooks } from 'node:module';

// Preloaded for examples marked `short`: they get a few of Fashion-MNIST's pictures for all of them, and are otherwise
// run as they stand.
const SHORT = new URL('./shortFashionMnist.js', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const isExamples = specifier === '@residual/fashion-mnist' && context.parentURL !== SHORT;
    return isExamples ? { url: SHORT, shortCircuit: true } : next(specifier, context);
  },
});
