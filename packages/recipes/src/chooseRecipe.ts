import type { Recipe } from './recipe.js';
import { recipes } from './recipes.js';

/** What `auto` means: the chapter's recipe where there is a GPU to run it, the quick one elsewhere; and why. */
export function chooseRecipe({ hasGpu }: { hasGpu: boolean }): { recipe: Recipe; reason: string } {
  return hasGpu
    ? {
        recipe: recipes.d2l,
        reason: 'd2l, because there is a GPU; the recipe quick takes a fraction of the time.',
      }
    : {
        recipe: recipes.quick,
        reason:
          'quick, because there is no GPU; the recipe d2l (the chapter, exactly) takes hours without one.',
      };
}
