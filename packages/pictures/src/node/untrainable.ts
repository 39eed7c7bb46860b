import { DataError, type Part, type PassedOver } from '@residual/data';
import { PACK_PARTS, type PackPart } from '../pack/packIndex.js';

/** How many pictures there are in each part; under `pictures` where they are in none. */
export type FoundCounts = Readonly<Partial<Record<Part | 'pictures', number>>>;

/** What was found of pictures although no network can be trained on them; plain JSON. */
export interface FoundPictures {
  readonly name: string;
  readonly parts: FoundCounts;
  /** In the order of their numbers. */
  readonly classes: readonly { readonly name: string; readonly parts: FoundCounts }[];
  readonly passedOver: readonly PassedOver[];
}

/** Pictures that no network can be trained on: too few classes, or one without a picture. Keeps what was found of them. */
export class UntrainableError extends DataError {
  constructor(
    readonly found: FoundPictures,
    problem: { where: string; expected: string; received: string; fix: string },
  ) {
    super('FORMAT', { ...problem, received: problem.received + examples(found.passedOver) });
  }
}

/** What a source knows of its pictures, before they are decoded or after it. */
export interface KnownPictures {
  /** The folder or file, for messages. */
  readonly where: string;
  readonly name: string;
  readonly classNames: readonly string[];
  readonly length: number;
  at(i: number): { readonly label: number /** undefined: left out */; readonly part: PackPart | undefined };
  readonly passedOver: readonly PassedOver[];
}

/** @throws UntrainableError where there are fewer than two classes. */
export function requireClasses(known: KnownPictures): void {
  const { where, classNames } = known;
  if (classNames.length >= 2) return;
  throw new UntrainableError(foundOf(known), {
    where,
    expected: 'at least two classes',
    received: classNames.length === 0 ? 'none' : `only '${classNames[0]}'`,
    fix: 'Make a folder for each class with its pictures in it, or a CSV of path,label.',
  });
}

/** @throws UntrainableError where a class has no picture to train on: in the part `train`, or in no part yet. */
export function requirePictures(known: KnownPictures): void {
  const { where, classNames } = known;
  const counts = new Uint32Array(classNames.length);
  for (let i = 0; i < known.length; i++) {
    const { label, part } = known.at(i);
    if (part === '' || part === 'train') counts[label]!++;
  }
  const empty = classNames.filter((_, label) => counts[label] === 0);
  if (empty.length === 0) return;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const named = empty
    .slice(0, 8)
    .map((name) => `'${name}'`)
    .join(', ');
  throw new UntrainableError(foundOf(known), {
    where,
    expected: `at least one picture to train on for each of ${classNames.length} classes`,
    received: `${total} in all and none for ${named}${empty.length > 8 ? ' and others' : ''}`,
    fix: 'Add pictures, or remove the class.',
  });
}

function foundOf({ name, classNames, length, at, passedOver }: KnownPictures): FoundPictures {
  const all = new Map<PackPart, number>();
  const ofClasses = classNames.map(() => new Map<PackPart, number>());
  for (let i = 0; i < length; i++) {
    const { label, part } = at(i);
    if (part === undefined) continue;
    for (const counts of [all, ofClasses[label]!]) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  // Training asks for this one, whether or not there is any.
  if (!all.has('')) all.set('train', all.get('train') ?? 0);
  const parts = PACK_PARTS.filter((part) => all.has(part));
  const counted = (counts: Map<PackPart, number>): FoundCounts =>
    Object.fromEntries(parts.map((part) => [part || 'pictures', counts.get(part) ?? 0]));
  const classes = classNames.map((className, i) => ({ name: className, parts: counted(ofClasses[i]!) }));
  return { name, parts: counted(all), classes, passedOver };
}

/** What was passed over, in an error that it may explain. */
function examples(passedOver: readonly PassedOver[]): string {
  if (passedOver.length === 0) return '';
  const [first] = passedOver;
  const more = passedOver.length === 1 ? '' : `, and ${passedOver.length - 1} more`;
  return ` (passed over: ${first!.file}: ${first!.reason}${more})`;
}
