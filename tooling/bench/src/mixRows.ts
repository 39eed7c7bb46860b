import { full } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { residualProgram } from './residualProgram.ts';

const steps = (name: string, mix?: 'mixup' | 'cutmix'): PeerRow => ({
  name,
  family: name,
  kinds: ['mixed training'],
  pace: full,
  program: (task) => residualProgram('simd', { ...task, mix }),
});

/** What mixing the pictures of a batch costs. */
export const mixRows: PeerRow[] = [
  steps('simd plain steps'),
  steps('simd mixup steps', 'mixup'),
  steps('simd cutmix steps', 'cutmix'),
];
