import type { LoadedData } from '@residual/data';
import { fashionMnist, fashionMnistTask } from '@residual/fashion-mnist';
import { configure, type Overrides, type Recipe, type Run, type RunOptions, startRun } from '@residual/runs';

export interface RecipeOptions extends Omit<RunOptions, 'data'> {
  /** What may differ from the recipe. */
  overrides?: Overrides;
  /** Pictures, and the task that they teach. Default: Fashion-MNIST's, from `@residual/fashion-mnist`. */
  data?: LoadedData;
}

/**
 * Begins a run of a recipe: configures it for the data, builds the model and gets the training ready.
 *
 * @throws RunsError `OPTION` for overrides that make no sense; DataError when the pictures can't be read.
 *
 * @example
 * const { events } = await startRecipe(recipes.quick, { overrides: { epochs: 1 } });
 * for await (const event of events) console.log(event);
 */
export async function startRecipe(
  recipe: Recipe,
  { overrides, data, ...options }: RecipeOptions = {},
): Promise<Run> {
  const config = configure(recipe, data?.task ?? fashionMnistTask, overrides); // before anything is read
  return startRun(config, { ...options, data: data ?? (await fashionMnist()) });
}
