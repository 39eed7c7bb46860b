export { type Comparison, comparisons } from './comparisons.js';
export { fineTuning, fitForWeights, type KnownWeights } from './fineTuning.js';
export {
  type ChosenRecipe,
  type Crop,
  type Machine,
  type PhotosOptions,
  photos,
  photosFor,
  surveyOf,
} from './photos.js';
export { chooseRecipe, findRecipe, type RecipeName, recipes } from './recipes.js';
export { type RecipeOptions, startRecipe } from './startRecipe.js';
