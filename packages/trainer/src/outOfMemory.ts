import { TrainerError } from './error.js';

/** What to throw for an error by which a backend says that it has no memory: all of them have this code. */
export function explainOutOfMemory(
  error: unknown,
  { step, batchSize }: { step: number; batchSize: number },
): unknown {
  if (!(error instanceof Error && 'code' in error && error.code === 'OUT_OF_MEMORY')) return error;
  const half = Math.floor(batchSize / 2);
  return new TrainerError(
    'OUT_OF_MEMORY',
    {
      where: `after step ${step}`,
      expected: `memory for a batch of ${batchSize}`,
      received: 'too little',
      fix: `${error.message}${half === 0 ? '' : ` A batch of ${half} needs about half.`}`,
    },
    { cause: error },
  );
}
