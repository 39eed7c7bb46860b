export type { FileSystem, OpenFile } from '@residual/weights/node';
export { fileStorage } from './storage/files.node.js';
export { HOLD_FILE, holdFolder } from './storage/hold.node.js';
