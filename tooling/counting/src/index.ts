export { type CountedWork, countStep } from './countStep.ts';
export type { Counts } from './counts.ts';
export { installMockDevice } from './mockDevice.ts';
