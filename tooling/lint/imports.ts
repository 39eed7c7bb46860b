import { cruise, type IForbiddenRuleType } from 'dependency-cruiser';
import { arrows } from './arrows.ts';
import { folderCircles } from './folders.ts';

const TESTS = '\\.test\\.ts$|/test/';
const TEST = new RegExp(TESTS);
/** Files that only Node loads: they are named for it. */
const NODE_ONLY = '(^|[/.])node(\\.ts$|/)';
/** All others take any pictures: what they know of some, they know from a `Task`. */
const KNOWS_DATA = '^packages/(recipes|fashion-mnist)/|^apps/[^/]+/src/defaults\\.ts$';
/** What a user might write: its imports resolve where the packages are installed. */
const PROGRAMS = '^tooling/packages/programs/';

/**
 * Problems with imports among the files under `root` (an absolute folder with packages/, apps/ and tooling/): cycles,
 * of files or of folders, arrows that `arrows` does not allow, Node's modules outside files named `node`, and imports
 * that do not resolve.
 */
export async function importProblems(root: string): Promise<string[]> {
  const result = await cruise(
    ['packages', 'apps', 'tooling'],
    {
      baseDir: root,
      validate: true,
      ruleSet: { forbidden: forbidden() },
      tsPreCompilationDeps: true,
      exclude: { path: '/(dist|node_modules|generated|assembly|\\.cache)/' },
      doNotFollow: { path: 'node_modules/(?!@residual)' },
    },
    {
      exportsFields: ['exports'],
      conditionNames: ['@residual/source', 'import', 'types', 'node', 'default'],
      extensionAlias: { '.js': ['.ts', '.js'] },
    },
  );
  if (typeof result.output === 'string') throw new Error(`dependency-cruiser: expected data, received text.`);
  const { modules, summary } = result.output;
  const imports = modules
    .filter(({ source }) => !TEST.test(source))
    .flatMap(({ source, dependencies }) => dependencies.map(({ resolved }) => [source, resolved] as const));
  return [
    ...summary.violations.map((violation) => {
      const cycle = violation.cycle?.map((step) => step.name).join(' -> ');
      return `${violation.rule.name}: ${violation.from} -> ${cycle ?? violation.to}`;
    }),
    ...folderCircles(imports),
  ];
}

function forbidden(): IForbiddenRuleType[] {
  const rules: IForbiddenRuleType[] = [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every import resolves',
      severity: 'error',
      from: { pathNot: PROGRAMS },
      to: { couldNotResolve: true },
    },
    {
      name: 'nothing imports an app',
      severity: 'error',
      from: { path: '^packages/' },
      to: { path: '(^|/)apps/' },
    },
    {
      name: "only recipes and the apps' defaults.ts know a data set",
      severity: 'error',
      from: { path: '^(packages|apps)/[^/]+/src/', pathNot: [TESTS, KNOWS_DATA] },
      to: { path: '^packages/fashion-mnist/' },
    },
    {
      name: "only files named node import Node's modules",
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: [TESTS, NODE_ONLY] },
      to: { dependencyTypes: ['core'] },
    },
  ];
  for (const [name, { packages, tensorflow }] of Object.entries(arrows)) {
    rules.push(
      {
        name: `${name} may import only: ${packages.join(', ') || 'no package'}`,
        severity: 'error',
        from: { path: `^packages/${name}/src/`, pathNot: TESTS },
        to: { path: '^packages/', pathNot: `^packages/(${[name, ...packages].join('|')})/` },
      },
      {
        name: `${name} may import of TensorFlow.js only: ${tensorflow.join(', ') || 'nothing'}`,
        severity: 'error',
        from: { path: `^packages/${name}/src/`, pathNot: TESTS },
        to: {
          path: '@tensorflow/',
          ...(tensorflow.length > 0 && { pathNot: `@tensorflow/(${tensorflow.join('|')})(/|$)` }),
        },
      },
    );
  }
  return rules;
}
