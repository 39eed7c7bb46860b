export { type InstallOptions, installWebgpu, uninstallWebgpu } from './dawn.js';
export { createBackend, TrainingBackend, WebgpuError, type WebgpuErrorCode, webgpu } from './index.js';
