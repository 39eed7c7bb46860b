export { type BrowserProgram, findBrowser } from './find.ts';
export { isolation } from './isolation.ts';
export { launchBrowser } from './launch.ts';
export { type ScriptServer, serveScript } from './serveScript.ts';
export { softwareVulkan } from './softwareVulkan.ts';
