import type { PaceRule } from './pace.ts';
import type { PeerRow } from './peerRow.ts';
import { residualProgram } from './residualProgram.ts';

/** The first is what the others are compared with. */
const VARIANTS = ['resnet50', 'seresnet50', 'resnet50d', 'resnetv2-50'] as const;

const nameOn = (backend: string, variant: string) => `${backend} ${variant}`;

/** The names of those rows. */
export const variantNames = (backend: string): string[] =>
  VARIANTS.map((variant) => nameOn(backend, variant));

/** ResNet-50 and networks that do as much in other ways: gates, averages, normalisation before the convolutions. */
export function variantRows(backend: string, pace: PaceRule): PeerRow[] {
  return VARIANTS.map((variant) => ({
    name: nameOn(backend, variant),
    family: nameOn(backend, variant),
    kinds: ['variants'],
    pace,
    profiled: true,
    program: (task) => residualProgram(backend, { ...task, variant }),
  }));
}
