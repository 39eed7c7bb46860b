import type { Piece } from '@residual/data';
import type { RunConfig, Training } from '@residual/runs';
import { TorchrunError } from './error.js';

/** What PyTorch does here exactly as we do: the Python beside this has the same names. */
const OPTIMIZERS = ['sgd', 'adam', 'adamw', 'lamb', 'lars'];
const STEPS = [
  'randomFlip',
  'horizontalFlip',
  'alternatingFlip',
  'shiftedCrop',
  'randomResizedCrop',
  'randomErasing',
  'colorJitter',
  'trivialAugmentWide',
];
const LOSS = 'softmaxCrossEntropy';

/** What becomes of each field of a training over there: it is taken, in its own way or as it is, or may have one value only. */
const FIELDS: { readonly [Field in keyof Training]: 'taken' | { readonly only: Training[Field] } } = {
  recipe: 'taken',
  model: 'taken',
  weights: 'taken',
  optimizer: 'taken',
  schedule: 'taken',
  loss: 'taken',
  mix: 'taken',
  epochs: 'taken',
  patience: 'taken',
  batchSize: 'taken',
  gradientClipNorm: 'taken',
  averageDecay: 'taken',
  augment: 'taken',
  dropLast: 'taken',
  seed: 'taken',
  limit: 'taken',
  holdOut: 'taken',
  balance: 'taken',
  prior: 'taken',
  stages: { only: 'full' },
  groups: { only: [] },
  layerDecay: { only: null },
  accumulate: { only: 1 },
  swa: { only: null },
};

/**
 * Makes sure that a run can be computed over there as it is here, but for the network, which `architectureOf` checks.
 *
 * @throws TorchrunError `UNSUPPORTED` naming the first field that can't.
 */
export function requireSupported({ training }: RunConfig): void {
  const { optimizer, augment, loss } = training;
  if (!OPTIMIZERS.includes(optimizer.name)) throw refusal('optimizer', OPTIMIZERS, optimizer.name);
  for (const [i, step] of augment.entries()) {
    if (isOwn(step) || !STEPS.includes(step.name)) throw refusal(`augment.${i}`, STEPS, named(step));
  }
  if (isOwn(loss) || loss.name !== LOSS) throw refusal('loss', [LOSS], named(loss));
  if (loss.classWeights !== undefined)
    throw refusal('loss.classWeights', ['none'], JSON.stringify(loss.classWeights));
  for (const [field, fate] of Object.entries(FIELDS)) {
    if (fate === 'taken') continue;
    const [only, given] = [fate.only, training[field as keyof Training]].map((value) =>
      JSON.stringify(value),
    );
    if (given !== only) throw refusal(field, [only!], given!);
  }
}

/** Defined by a user. */
function isOwn({ version }: Piece): boolean {
  return version !== undefined;
}

function named({ name, version }: Piece): string {
  return version === undefined ? name : `${name}, version ${version}`;
}

function refusal(field: string, expected: readonly string[], received: string): TorchrunError {
  return new TorchrunError('UNSUPPORTED', {
    where: `training.${field}`,
    expected: `${expected.join(', ').replace(/, ([^,]*)$/, ' or $1')}, which PyTorch computes as we do`,
    received,
    fix: 'Train it here, or without that.',
  });
}
