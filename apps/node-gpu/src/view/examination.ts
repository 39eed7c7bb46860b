import type { Examination, ExaminedPicture, FoundPictures, Spread } from '@residual/pictures/node';
import { formatCount } from '../format.js';
import { filesByReason } from '../named.js';
import { style } from '../output.js';
import { UNEVEN } from '../run/describe.js';
import { cut, field, joined, wrap } from './columns.js';

/** Examples of a kind, pictures of a group, and classes, that are named. */
const NAMED = 5;
const NAMED_IN_GROUP = 4;
const NAMED_CLASSES = 30;

/** An examination for people, in lines of at most `columns` where words allow it. */
export function examinationLines(found: Examination, columns: number): string[] {
  const total = sum(Object.values(found.parts));
  const section = (title: string, count: number | string, findings: readonly string[][]) =>
    sectionLines(style('yellow', title), count, findings, columns);
  const groups = (
    title: string,
    all: readonly (readonly ExaminedPicture[])[],
    textOf: (picture: ExaminedPicture) => string,
  ) =>
    section(
      title,
      `${formatCount(all.length)} ${all.length === 1 ? 'group' : 'groups'}`,
      all.map((group) => some(group.map(textOf))),
    );
  return [
    `${style('bold', found.name)}: ${pictures(total)} of ${classesText(found)}`,
    '',
    ...classTable(found, columns),
    ...(found.ratio < UNEVEN ? [] : ['', ...wrap(ratioText(found), columns)]),
    '',
    ...field('size', sizeText(found), columns),
    ...field('colour', colorText(found.grey, total), columns),
    '',
    ...passedOverLines(found, columns),
    ...section(
      'notes',
      found.noted.length,
      found.noted.map(({ note, files }) => ofFiles(note, files)),
    ),
    ...section(
      'classes without a picture to train on',
      found.untrained.length,
      found.untrained.map((name) => [name]),
    ),
    ...groups('equal pictures', found.duplicates, nameOf),
    ...groups('pictures alike, as if saved or resized again', found.nearDuplicates, nameOf),
    ...groups(
      'equal or alike, in several classes',
      leading(found.inTwoClasses, ({ className }) => className),
      nameOf,
    ),
    ...groups(
      'equal or alike, in several parts',
      leading(found.inTwoParts, ({ part }) => part),
      nameWithPart,
    ),
    ...section(
      'blank pictures',
      found.blank.length,
      found.blank.map((picture) => [nameOf(picture)]),
    ),
    ...section(
      'tiny pictures',
      found.tiny.length,
      found.tiny.map((picture) => [sizedName(picture)]),
    ),
    ...wrap(nothingText(found), columns),
  ];
}

/** What was found of pictures that no network can be trained on. */
export function foundLines(found: FoundPictures, columns: number): string[] {
  const total = sum(Object.values(found.parts));
  return [
    `${style('bold', found.name)}: ${pictures(total)} of ${classesText(found)}`,
    '',
    ...(found.classes.length === 0 ? [] : [...classTable(found, columns), '']),
    ...passedOverLines(found, columns),
  ];
}

type Counted = Pick<FoundPictures, 'classes' | 'parts'>;

function classTable({ classes, parts }: Counted, columns: number): string[] {
  const partNames = Object.keys(parts) as (keyof FoundPictures['parts'])[];
  const columnsOf = (counts: FoundPictures['parts']) =>
    partNames.map((part) =>
      formatCount(counts[part]!).padStart(Math.max(part.length, formatCount(parts[part]!).length)),
    );
  const numbers = columnsOf(parts).join('  ').length;
  const longest = Math.max(...classes.map(({ name }) => name.length), 'class'.length);
  const room = Math.min(longest, Math.max(8, columns - numbers - 3));
  const row = (name: string, cells: readonly string[]) =>
    `${cut(name, room).padEnd(room)}  ${cells.join('  ')}`;
  const shown = classes.length > NAMED_CLASSES ? classes.slice(0, NAMED_CLASSES) : classes;
  const header = partNames.map((part) => part.padStart(formatCount(parts[part]!).length));
  return [
    style('bold', row('class', header)),
    ...shown.map(({ name, parts: counts }) => row(name, columnsOf(counts))),
    ...(shown.length < classes.length ? [`and ${formatCount(classes.length - shown.length)} more`] : []),
    row('all', columnsOf(parts)),
  ];
}

function ratioText({ classes, ratio }: Examination): string {
  const trained = classes.filter(({ parts }) => parts.train! > 0);
  const byCount = trained.toSorted((a, b) => b.parts.train! - a.parts.train!);
  const [most, fewest] = [byCount[0]!.name, byCount.at(-1)!.name];
  return (
    `The largest class has ${ratio.toFixed(1)} times the pictures of the smallest (${most}; ${fewest}): judge by the ` +
    'balanced accuracy. --balance sampler trains on each class equally often.'
  );
}

function sizeText({ width, height, shortSide, smaller, sees }: Examination): string {
  const size = `width ${spreadText(width)}, height ${spreadText(height)}`;
  const isOne = width.min === width.max && height.min === height.max;
  const sides = isOne ? '' : `, shorter side ${spreadText(shortSide)}`;
  const less =
    smaller === 0
      ? ''
      : `; ${pictures(smaller)} smaller than the ${sees.height}x${sees.width} that the network sees`;
  return `${size}${sides}${less}`;
}

function spreadText({ min, median, max }: Spread): string {
  return min === max ? `${min}` : `${min} to ${max} (median ${median})`;
}

function colorText(grey: number, total: number): string {
  if (grey === 0) return 'all in colour';
  return grey === total ? 'all grey' : `${formatCount(grey)} grey, ${formatCount(total - grey)} in colour`;
}

/** The first findings, each from a line of its own on; nothing where there is none. */
function sectionLines(
  title: string,
  count: number | string,
  findings: readonly string[][],
  columns: number,
): string[] {
  if (findings.length === 0) return [];
  const more = findings.length - NAMED;
  return [
    `${title}: ${typeof count === 'number' ? formatCount(count) : count}`,
    ...findings.slice(0, NAMED).flatMap((texts) => {
      const [first = '', ...rest] = joined(texts, columns - 4);
      return [`  ${first}`, ...rest.map((line) => `    ${line}`)];
    }),
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
    '',
  ];
}

/** The first of some texts, and how many there are beside them. */
function some(texts: readonly string[]): string[] {
  const more = texts.length - NAMED_IN_GROUP;
  return [...texts.slice(0, NAMED_IN_GROUP), ...(more > 0 ? [`and ${formatCount(more)} more`] : [])];
}

/** What is said of some files. */
function ofFiles(reason: string, files: readonly string[]): string[] {
  const [first, ...rest] = some(files);
  return [`${reason}: ${first}`, ...rest];
}

function passedOverLines({ passedOver }: Pick<FoundPictures, 'passedOver'>, columns: number): string[] {
  const byReason = [...filesByReason(passedOver)].map(([reason, files]) => ofFiles(reason, files));
  return sectionLines(style('yellow', 'passed over'), passedOver.length, byReason, columns);
}

function classesText({ classes }: Counted): string {
  return classes.length === 1 ? '1 class' : `${classes.length} classes`;
}

/** Puts pictures with another value than those before them first: what is said of a group must be seen in it. */
function leading(
  found: readonly (readonly ExaminedPicture[])[],
  valueIn: (picture: ExaminedPicture) => string,
): ExaminedPicture[][] {
  return found.map((group) => {
    const firsts = new Map(group.toReversed().map((picture) => [valueIn(picture), picture]));
    const isFirst = (picture: ExaminedPicture) => firsts.get(valueIn(picture)) === picture;
    return [...group.filter(isFirst), ...group.filter((picture) => !isFirst(picture))];
  });
}

/** What was looked for and not found, so that silence means nothing else. */
function nothingText(found: Examination): string {
  const kinds = [
    ['equal pictures', found.duplicates],
    ['pictures alike', found.nearDuplicates],
    ['such in several classes', found.inTwoClasses],
    ['such in several parts', found.inTwoParts],
    ['blank ones', found.blank],
    ['tiny ones', found.tiny],
  ] as const;
  const none = kinds.filter(([, some]) => some.length === 0).map(([name]) => name);
  return none.length === 0 ? '' : `Not found: ${none.join(', ')}.`;
}

function nameOf({ path, part, index, className }: ExaminedPicture): string {
  return path ?? `${part} ${index} (${className})`;
}

function sizedName(picture: ExaminedPicture): string {
  return `${nameOf(picture)} of ${picture.height}x${picture.width}`;
}

function nameWithPart(picture: ExaminedPicture): string {
  return picture.path === undefined ? nameOf(picture) : `${picture.path} (${picture.part})`;
}

function pictures(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'picture' : 'pictures'}`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
