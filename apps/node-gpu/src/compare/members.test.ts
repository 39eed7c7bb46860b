import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparisons, recipes } from '@residual/recipes';
import { afterAll, expect, it } from 'vitest';
import { membersOf } from './members.js';

const folder = mkdtempSync(join(tmpdir(), 'residual-members-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('takes a comparison by its name, with what is claimed', async () => {
  const { name, claim, members } = await membersOf(['depth']);
  expect({ name, claim }).toEqual({ name: 'depth', claim: comparisons.depth.claim });
  expect(members).toEqual(
    comparisons.depth.recipes.map((recipe) => ({
      kind: 'recipe',
      name: recipe.training.model.name,
      recipe,
    })),
  );
});

it('takes runs, files and recipes together, under names of their own', async () => {
  const file = join(folder, 'quick.json');
  writeFileSync(file, '{}');
  writeFileSync(join(folder, 'config.json'), '{}');
  const { name, claim, members } = await membersOf([folder, 'quick', file, 'photos']);
  expect({ name, claim }).toEqual({ name: 'comparison', claim: undefined });
  expect(members).toMatchObject([
    { kind: 'run', folder },
    { kind: 'recipe', name: 'quick', recipe: recipes.quick },
    { kind: 'config', name: 'quick-2', file },
    { kind: 'recipe', name: 'photos', recipe: 'photos' },
  ]);
});

it('has a section for each comparison in the documents, with its networks and the figures of its claim', () => {
  const text = readFileSync(new URL('../../../../docs/comparisons.md', import.meta.url), 'utf8');
  const sections = text.split('\n### ').slice(1);
  expect(sections.map((section) => /^`(\w+)`/.exec(section)![1])).toEqual(Object.keys(comparisons));
  for (const [i, { recipes: all, claim }] of Object.values(comparisons).entries()) {
    for (const { training } of all) expect(sections[i]).toContain(`\`${training.model.name}\``);
    for (const [figure] of claim.matchAll(/\d+\.\d+ %/g)) expect(sections[i]).toContain(figure);
  }
});
