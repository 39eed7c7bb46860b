export { type OpenedWeights, openWeightsAt } from './node/openAt.js';
