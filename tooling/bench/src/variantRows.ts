import type { PaceRule } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { residualProgram } from './residualProgram.ts';
import { VARIANTS, variantName } from './variants.ts';

/** ResNet-50 and networks that do as much in other ways: gates, averages, normalisation before the convolutions. */
export function variantRows(backend: string, pace: PaceRule): PeerRow[] {
  return VARIANTS.map((variant) => ({
    name: variantName(backend, variant),
    family: variantName(backend, variant),
    kinds: ['variants'],
    pace,
    profiled: true,
    program: (task) => residualProgram(backend, { ...task, variant }),
  }));
}
