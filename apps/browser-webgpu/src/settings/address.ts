import { defaultPictures } from '../defaults.js';
import type { Settings } from '../session/session.js';
import { backendNames, dataNames, modelNames, recipeFacts, recipeNames } from './catalogue.js';

/** A recipe's own values, on the best backend. */
export function recipeSettings(recipe: Settings['recipe'] = 'quick'): Settings {
  const { model, batchSize, learningRate, epochs, seed } = recipeFacts[recipe];
  return {
    recipe,
    data: defaultPictures.name,
    model,
    limit: null,
    batchSize,
    learningRate,
    epochs,
    seed,
    backend: 'auto',
    threads: null,
  };
}

/** What a number may be. */
export interface Bounds {
  min: number;
  max: number;
  isInteger: boolean;
}

export const bounds = {
  limit: { min: 1, max: 1_000_000, isInteger: true },
  batchSize: { min: 2, max: 1024, isInteger: true },
  learningRate: { min: 1e-6, max: 10, isInteger: false },
  epochs: { min: 1, max: 200, isInteger: true },
  seed: { min: 0, max: 2 ** 31 - 1, isInteger: true },
  threads: { min: 1, max: 56, isInteger: true },
} satisfies Partial<Record<keyof Settings, Bounds>>;

export type NumberSetting = keyof typeof bounds;

/** The number that a text says, if it is within the setting's bounds. */
export function parseNumber(name: NumberSetting, text: string | null): number | undefined {
  if (text === null || text.trim() === '') return undefined;
  const value = Number(text);
  const { min, max, isInteger } = bounds[name];
  return value >= min && value <= max && (!isInteger || Number.isInteger(value)) ? value : undefined;
}

/** The settings in a query such as `?recipe=quick&epochs=3`. What is missing or makes no sense is the recipe's. */
export function settingsFromQuery(query: string): Settings {
  const words = new URLSearchParams(query);
  const oneOf = <T extends string>(name: string, values: readonly T[]): T | undefined =>
    values.find((value) => value === words.get(name));
  const settings = recipeSettings(oneOf('recipe', recipeNames));
  const model = oneOf('model', modelNames);
  const data = oneOf('data', dataNames);
  const backend = oneOf('backend', backendNames);
  const numbers = (Object.keys(bounds) as NumberSetting[]).flatMap((name) => {
    const value = parseNumber(name, words.get(name));
    return value === undefined ? [] : [[name, value]];
  });
  return {
    ...settings,
    ...(data && { data }),
    ...(model && { model }),
    ...(backend && { backend }),
    ...Object.fromEntries(numbers),
  };
}

/** The shortest query that means these settings: only what the recipe does not say anyway. */
export function queryFromSettings(settings: Settings): string {
  const defaults = recipeSettings(settings.recipe);
  const words = new URLSearchParams({ recipe: settings.recipe });
  for (const name of Object.keys(defaults) as (keyof Settings)[]) {
    if (settings[name] !== defaults[name]) words.set(name, String(settings[name]));
  }
  return `?${words}`;
}
