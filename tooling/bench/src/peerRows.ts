import { join } from 'node:path';
import { full, oneStep, three } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import type { Task } from './protocol.ts';
import { pyTorch } from './pyTorch.ts';

const peers = join(import.meta.dirname, 'peers');
/** Built, as Node 20 runs no TypeScript. */
const residualProgram = join(import.meta.dirname, '..', 'dist', 'residual.js');

/** Our networks, as they are, on one of TensorFlow.js's backends. */
const residual = (backend: string, task: Task, folder?: string) => ({
  command: process.execPath,
  args: [residualProgram, JSON.stringify({ backend, task, folder })],
});

/** Everything that is measured, in this order. A new peer is a new row. */
export const peerRows: PeerRow[] = [
  { name: 'simd', family: 'simd', pace: full, program: (task) => residual('simd', task) },
  ...pyTorch,
  {
    name: 'tfjs-node',
    family: 'tfjs-node',
    pace: three,
    program: (task, { tfjsNode }) => residual('tfjs-node', task, tfjsNode),
  },
  {
    name: 'tfjs wasm',
    family: 'tfjs wasm',
    pace: oneStep(1),
    alone: true,
    program: (task) => residual('wasm', task),
  },
  {
    name: 'tfjs cpu',
    family: 'tfjs cpu',
    pace: oneStep(0),
    alone: true,
    program: (task) => residual('cpu', task),
  },
  {
    name: 'onnxruntime-web',
    family: 'onnxruntime-web',
    pace: full,
    program: (task) =>
      task.kind === 'training'
        ? { absent: 'it only infers' }
        : {
            command: process.execPath,
            args: [join(peers, 'onnxRuntime.ts'), JSON.stringify({ task })],
          },
  },
];
