import { join } from 'node:path';
import { dataRows } from './dataRows.ts';
import { mixRows } from './mixRows.ts';
import { brief, full, oneStep } from './pace.ts';
import { NETWORK_KINDS, type PeerRow } from './peerRow.ts';
import { pyTorch, pyTorchBfloat16 } from './pyTorch.ts';
import { residualProgram } from './residualProgram.ts';
import { stageRows } from './stageRows.ts';
import { updateRows } from './updateRows.ts';
import { variantRows } from './variantRows.ts';

const peers = join(import.meta.dirname, 'peers');
/** Everything that is measured, in this order. A new peer is a new row. */
export const peerRows: PeerRow[] = [
  {
    name: 'simd',
    family: 'simd',
    kinds: NETWORK_KINDS,
    pace: full,
    profiled: true,
    program: (task) => residualProgram('simd', task),
  },
  {
    // What it costs that a picture's logits are the same bits in any batch.
    name: 'simd batch free',
    family: 'simd batch free',
    kinds: ['inference'],
    pace: full,
    profiled: true,
    program: (task) => residualProgram('simd', { ...task, batchFree: true }),
  },
  {
    // The same bits, without tfjs between the kernels.
    name: 'simd predictor',
    family: 'simd predictor',
    kinds: ['inference'],
    pace: full,
    profiled: true,
    program: (task) => residualProgram('simd', { ...task, recorded: true }),
  },
  ...pyTorch,
  pyTorchBfloat16,
  {
    name: 'tensorflow',
    family: 'tensorflow',
    pace: brief,
    program: (task) => residualProgram('tensorflow', task),
  },
  {
    name: 'tensorflow, plain tfjs',
    family: 'tensorflow, plain tfjs',
    pace: brief,
    program: (task) =>
      task.kind === 'training' && task.model === 'd2l-resnet18'
        ? {
            command: process.execPath,
            args: [join(peers, 'plainTensorflow.ts'), JSON.stringify({ task })],
          }
        : { absent: 'written for the training of d2l-resnet18 alone' },
  },
  {
    name: 'tfjs-node',
    family: 'tfjs-node',
    pace: brief,
    program: (task, { tfjsNode }) => residualProgram('tfjs-node', task, { folder: tfjsNode }),
  },
  {
    name: 'tfjs wasm',
    family: 'tfjs wasm',
    pace: oneStep(1),
    alone: true,
    program: (task) => residualProgram('wasm', task),
  },
  {
    name: 'tfjs cpu',
    family: 'tfjs cpu',
    pace: oneStep(0),
    alone: true,
    program: (task) => residualProgram('cpu', task),
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
  ...dataRows,
  ...stageRows,
  ...updateRows,
  ...mixRows,
  ...variantRows('simd', full),
];
