export { type BrowserProgram, findBrowser } from './find.ts';
export { launchBrowser } from './launch.ts';
export { softwareVulkan } from './softwareVulkan.ts';
