export { type HoldOptions, holdOpfsFolder } from './holdOpfsFolder.browser.js';
export { type OpfsOptions, opfsStorage } from './opfsStorage.browser.js';
