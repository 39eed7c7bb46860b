import { isSource, type LoadedData, type Survey, type Task } from '@residual/data';
import {
  type ChosenRecipe,
  chooseRecipe,
  type Machine,
  photos,
  photosFor,
  recipes,
  surveyOf,
} from '@residual/recipes';
import { type Recipe, runConfigSchema, type Training } from '@residual/runs';
import { CommandError } from '../error.js';
import { recipeNamed } from '../named.js';
import type { ConfigFile } from './configFile.js';
import type { TrainOptions } from './options.js';

/** Which recipe a run has: what is asked for, else what suits its pictures and the machine. */
export interface RecipeChoice {
  /** How a source makes its pictures the network's, where that is the recipe's to say. */
  fit?: (survey: Survey) => Pick<Task, 'picture' | 'steps'>;
  /** Of the pictures once they are loaded. */
  for(data: LoadedData): ChosenRecipe;
}

/**
 * @param asked default: what the options and the file name
 * @throws CommandError `USAGE` for a recipe that isn't there, two of them, or an option that the recipe doesn't have.
 */
export function recipeChoice(
  file: ConfigFile,
  options: TrainOptions,
  machine: Machine,
  asked: Recipe | 'photos' | undefined = recipeOf(file, options),
): RecipeChoice {
  const { config, size, crop, limit } = options;
  if (asked !== undefined && asked !== 'photos') {
    if (crop !== undefined) throw noCrop(asked.name, crop);
    const recipe = size === undefined ? asked : { ...asked, resize: size };
    const reason = config === undefined ? `${recipe.name}, as asked` : `${recipe.name}, of ${config}`;
    const { task } = file;
    return { ...(task && { fit: () => task }), for: () => ({ recipe, reason }) };
  }
  const choose = (survey: Survey) =>
    photosFor({ ...survey, count: Math.min(survey.count, limit ?? survey.count) }, machine, { size, crop });
  let chosen: ChosenRecipe | undefined;
  return {
    fit: (survey) => {
      chosen = choose(survey);
      return file.task ?? chosen.recipe.fit!;
    },
    for: (data) => {
      if (chosen !== undefined) return chosen;
      if (asked === 'photos' || isSource(data.train)) return choose(surveyOf(data));
      const { recipe, reason } = chooseRecipe(machine);
      if (crop !== undefined) throw noCrop(recipe.name, crop);
      return { recipe: size === undefined ? recipe : { ...recipe, resize: size }, reason };
    },
  };
}

/** The recipe that is asked for; undefined where it is left open. A file may hold all of a training by itself. */
function recipeOf(
  { training }: ConfigFile,
  { recipe, config = '' }: TrainOptions,
): Recipe | 'photos' | undefined {
  const { recipe: ofFile } = training;
  if (recipe !== undefined && recipe !== 'auto' && ofFile !== undefined && recipe !== ofFile) {
    throw new CommandError('USAGE', {
      where: '--recipe',
      expected: `${ofFile}, as ${config} says`,
      received: recipe,
      fix: 'Leave the option out, or training.recipe.',
    });
  }
  const name = recipe ?? ofFile;
  if (name === photos.name) return 'photos';
  if (name !== undefined && name === ofFile && !Object.hasOwn(recipes, name) && isWhole(training)) {
    return { name, summary: `Of ${config}`, resize: null, normalize: true, training };
  }
  return recipeNamed(name, ofFile === undefined ? '--recipe' : `${config}: training.recipe`);
}

/** A training is whole without the fields that came later, which say what happened before there was a choice. */
function isWhole(training: Partial<Training>): training is Training {
  return Object.entries(runConfigSchema.entries.training.entries).every(
    ([field, { type }]) => type === 'optional' || Object.hasOwn(training, field),
  );
}

function noCrop(recipe: string, received: string): CommandError {
  return new CommandError('USAGE', {
    where: '--crop',
    expected: `none with the recipe ${recipe}, whose pictures are stretched`,
    received,
    fix: 'Leave it out, or take --recipe photos.',
  });
}
