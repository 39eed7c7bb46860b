import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { comparisons, photos, recipes } from '@residual/recipes';
import type { Recipe } from '@residual/runs';
import { CommandError } from '../error.js';
import { exists } from '../exists.js';
import { oneOf } from '../format.js';

/** One of what is compared: a run that is there, or a way to train that comes to one run a seed. */
export type Member = { name: string } & (
  | { kind: 'run'; folder: string }
  | { kind: 'config'; file: string }
  | { kind: 'recipe'; recipe: Recipe | typeof photos.name }
);

/** What somebody wants compared. */
export interface Members {
  /** Of the comparison: its own, where it is one by name. */
  name: string;
  /** What is known of it, with its source. */
  claim?: string;
  members: Member[];
}

/**
 * What words stand for: run folders, configuration files, recipes, and comparisons, which are several recipes. Equal names get a number.
 *
 * @throws CommandError `USAGE` for a word that is none of these, and for fewer than two members.
 */
export async function membersOf(words: readonly string[]): Promise<Members> {
  const found: Member[] = [];
  for (const word of words) found.push(...(await membersNamed(word)));
  const [only] = words.length === 1 ? comparisonNamed(words[0]!) : [];
  if (found.length < 2) {
    throw new CommandError('USAGE', {
      where: 'compare',
      expected: 'two or more runs or recipes, or a comparison by its name',
      received: words.join(' ') || 'nothing',
      fix: KNOWN,
    });
  }
  return {
    name: only?.name ?? 'comparison',
    ...(only && { claim: only.claim }),
    members: withOwnNames(found),
  };
}

const KNOWN = `There are the comparisons ${oneOf(Object.keys(comparisons))}, the recipes ${oneOf([...Object.keys(recipes), photos.name])}, folders that \`residual train\` made, and files as of --config.`;

async function membersNamed(word: string): Promise<Member[]> {
  if (await exists(join(word, 'config.json'))) return [{ kind: 'run', name: basename(word), folder: word }];
  const isFile = await stat(word).then(
    (facts) => facts.isFile(),
    () => false,
  );
  if (isFile) return [{ kind: 'config', name: basename(word).replace(/\.json$/, ''), file: word }];
  const [comparison] = comparisonNamed(word);
  if (comparison !== undefined)
    return comparison.recipes.map((recipe) => ({
      kind: 'recipe',
      name: recipe.training.model.name,
      recipe,
    }));
  const recipe = Object.values(recipes).find(({ name }) => name === word);
  if (recipe !== undefined || word === photos.name)
    return [{ kind: 'recipe', name: word, recipe: recipe ?? photos.name }];
  throw new CommandError('USAGE', {
    where: 'compare',
    expected: 'a run folder, a configuration file, a recipe or a comparison',
    received: word,
    fix: KNOWN,
  });
}

function comparisonNamed(word: string) {
  return Object.values(comparisons).filter(({ name }) => name === word);
}

/** `a, a` is `a, a-2`. */
function withOwnNames(members: readonly Member[]): Member[] {
  const taken = new Set<string>();
  return members.map((member) => {
    let { name } = member;
    for (let i = 2; taken.has(name); i++) name = `${member.name}-${i}`;
    taken.add(name);
    return { ...member, name };
  });
}
