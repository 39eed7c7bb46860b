export { chooseRecipe, findRecipe, type RecipeName, recipes } from './recipes.js';
export { type RecipeOptions, startRecipe } from './startRecipe.js';
