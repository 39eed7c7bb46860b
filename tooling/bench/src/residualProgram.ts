import { join } from 'node:path';
import type { WebgpuOptions } from '@residual/backend-webgpu';
import type { PeerCommand } from './peer.ts';
import type { Task } from './protocol.ts';

/** Built, because Node 20 runs no TypeScript. */
const built = join(import.meta.dirname, '..', 'dist', 'residual.js');

export interface ResidualOptions {
  /** Where the backend's package is looked for. Default: here. */
  folder?: string;
  /** Default: this Node. */
  node?: string;
  /** How webgpu keeps the tensors between layers. Default: in float32. */
  activations?: WebgpuOptions['activations'];
}

/** Our networks on one of TensorFlow.js's backends (peers/residual.ts). */
export function residualProgram(
  backend: string,
  task: Task,
  { folder, node = process.execPath, activations }: ResidualOptions = {},
): PeerCommand {
  return { command: node, args: [built, JSON.stringify({ backend, task, folder, activations })] };
}
