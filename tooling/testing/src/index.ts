export { limitMemory } from './limitMemory.ts';
export { unavailable } from './unavailable.ts';
