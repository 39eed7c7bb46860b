export { type HoldOptions, holdOpfsFolder } from './storage/hold.browser.js';
export { type OpfsOptions, opfsStorage } from './storage/opfs.browser.js';
