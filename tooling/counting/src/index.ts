export { type CountedWork, countStep } from './countStep.ts';
export type { Engine, StepCounts } from './counts.ts';
export { installMockDevice } from './mockDevice.ts';
