export { testReadme } from './testReadme.ts';
export { unavailable } from './unavailable.ts';
