import { simd } from '@residual/backend-simd';
import { dispose } from '@residual/blocks';
import type { LoadedData } from '@residual/data';
import { selectBackend } from '@residual/ops';
import { recipes, startRecipe } from '@residual/recipes';
import type { Overrides, Run } from '@residual/runs';
import type { History } from '@residual/trainer';

/**
 * Trains the recipe quick in this process on simd, with as many threads as the page is told to use.
 *
 * @param data Default: what comes with the page.
 */
export async function nodeRun(
  overrides: Overrides,
  threads: number,
  use: (run: Run) => Promise<void> = async () => {},
  data?: LoadedData,
): Promise<History> {
  await selectBackend([simd], { values: { threads } });
  const run = await startRecipe(recipes.quick, { overrides, data });
  try {
    let history: History = [];
    for await (const event of run.events) if (event.type === 'end') history = event.history;
    await use(run);
    return history;
  } finally {
    dispose(run.model);
  }
}
