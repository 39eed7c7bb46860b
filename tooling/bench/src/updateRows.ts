import { full } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { residualProgram } from './residualProgram.ts';

const update = (optimizer: string): PeerRow => ({
  name: `simd ${optimizer} update`,
  family: `simd ${optimizer} update`,
  kinds: ['update'],
  pace: full,
  program: (task) => residualProgram('simd', { ...task, optimizer }),
});

/** What moving the weights costs, without the gradients: SGD's is with momentum. */
export const updateRows: PeerRow[] = ['sgd', 'adam', 'adamw', 'rmsprop', 'lion', 'lamb', 'lars'].map(update);
