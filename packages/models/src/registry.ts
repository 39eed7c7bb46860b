import { ModelsError } from './error.js';
import { type ModelDescription, type ModelName, type ModelRow, models } from './factories.js';

/** Rows of one's own by the plain form of their names, each by version, the newest last. */
const defined = new Map<string, ModelRow[]>();
const builtIn = new Map<string, ModelRow>(Object.values(models).map((row) => [plain(row.name), row]));

/** Adds rows of this package that not every program needs. A name that a user has defined meanwhile stays the user's. */
export function addBuiltIn(rows: readonly ModelRow[]): void {
  for (const row of rows) builtIn.set(plain(row.name), row);
}

/** Names that differ in nothing else are one: torchvision writes `resnext50_32x4d`. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}

/** What a network of one's own says of itself; all but `name` and `create` can be left out. */
export type ModelDefinition = Pick<ModelRow, 'name' | 'create'> & Partial<Omit<ModelRow, 'name' | 'create'>>;

/**
 * Adds a network to those that `findModel` finds, and with it commands and configurations. Defining it again with the
 * same factory changes nothing.
 *
 * Defaults: version 1, pictures of 224x224x3 and 1000 classes, as for the networks of ImageNet. A network whose weights
 * would no longer fit is another version.
 *
 * @returns its row
 * @throws ModelsError `TAKEN` for a name of this package, or for a name and version of another factory; `OPTION`.
 *
 * @example
 * defineModel({ name: 'my-net', create: ({ numClasses = 10 } = {}) => new MyNet(numClasses), inputShape: [32, 32, 3] });
 */
export function defineModel({
  name,
  version = 1,
  create,
  summary = 'A network of your own',
  inputShape = [224, 224, 3],
  numClasses = 1000,
}: ModelDefinition): ModelRow {
  requireThat('name', 'a name without spaces', name, typeof name === 'string' && /^\S+$/.test(name));
  requireThat('version', 'a positive integer', version, isCount(version));
  requireThat('create', 'a function that makes the network', create, typeof create === 'function');
  const isShape = Array.isArray(inputShape) && inputShape.length === 3 && inputShape.every(isCount);
  requireThat('inputShape', '[height, width, channels], each a positive integer', inputShape, isShape);
  requireThat('numClasses', 'a positive integer', numClasses, isCount(numClasses));

  const rows = defined.get(plain(name)) ?? [];
  const same = rows.find((row) => row.version === version);
  if (same?.create === create) return same;
  if (same !== undefined || builtIn.has(plain(name))) throw taken(name, version, same);
  const row = { name, version, summary, create, inputShape, numClasses };
  defined.set(
    plain(name),
    [...rows, row].sort((a, b) => a.version! - b.version!),
  );
  return row;
}

/**
 * The network of this name: one of {@link models}, or one that `defineModel` added.
 *
 * @param name in any case, with `_` or `-`
 * @param version of one that was added. Default: the newest
 * @throws ModelsError `UNKNOWN`, naming what there is.
 *
 * @example
 * const model = init(findModel('resnet18').create({ numClasses: 5 }), [1, 64, 64, 3], { seed: 0 });
 */
export function findModel(name: ModelName): ModelDescription;
export function findModel(name: string, version?: number): ModelRow;
export function findModel(name: string, version?: number): ModelRow {
  const key = plain(name);
  const rows: readonly ModelRow[] = defined.get(key) ?? [builtIn.get(key)].filter((row) => row !== undefined);
  const row = version === undefined ? rows.at(-1) : rows.find((candidate) => candidate.version === version);
  if (row !== undefined) return row;
  throw new ModelsError('UNKNOWN', {
    where: 'findModel',
    expected: 'a known network',
    received: `${JSON.stringify(name)}${version === undefined ? '' : `, version ${version}`}`,
    fix: rows.length > 0 ? versionsOf(rows) : `There are ${namesOf().join(', ')}. ${IMPORT}`,
  });
}

/** Every network that `findModel` finds: those of this package, then those that `defineModel` added, by name and version. */
export function definedModels(): ModelRow[] {
  return [...builtIn.values(), ...[...defined.values()].flat()];
}

const IMPORT = 'Import the module that defines any other, with defineModel, first.';

function namesOf(): string[] {
  const own = [...defined.values()].map(([row]) => row!.name);
  return [...builtIn.keys(), ...own];
}

function versionsOf(rows: readonly ModelRow[]): string {
  const versions = rows.flatMap(({ version }) => version ?? []);
  if (versions.length === 0) return 'This one is built in and has no versions: name none.';
  return `There is version ${versions.join(', ')}. ${IMPORT}`;
}

function taken(name: string, version: number, same: ModelRow | undefined): ModelsError {
  return new ModelsError('TAKEN', {
    where: 'defineModel: name',
    expected: same === undefined ? 'a name that is not built in' : 'each name and version once',
    received:
      same === undefined ? JSON.stringify(name) : `${JSON.stringify(name)}, version ${version}, again`,
    fix:
      same === undefined
        ? 'Choose another name.'
        : 'Give the other network another version or name, and import the module that defines one only once.',
  });
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) > 0;
}

function requireThat(field: string, expected: string, received: unknown, fits: boolean): void {
  if (fits) return;
  throw new ModelsError('OPTION', {
    where: `defineModel: ${field}`,
    expected,
    received: JSON.stringify(received) ?? typeof received,
    fix: 'Correct the definition.',
  });
}
