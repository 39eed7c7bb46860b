export { type OpfsOptions, opfsStorage } from './opfsStorage.browser.js';
