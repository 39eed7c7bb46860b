import type { Examination, ExaminedPicture, PartCounts, Spread } from '@residual/pictures/node';
import { formatCount } from '../format.js';
import { style } from '../output.js';
import { cut, field, joined, wrap } from './columns.js';

/** Examples of a kind, pictures of a group, and classes, that are named. */
const NAMED = 5;
const NAMED_IN_GROUP = 4;
const NAMED_CLASSES = 30;
/** From here on a run that says nothing of its classes is judged by the large ones. */
const UNEVEN = 3;

/** An examination for people, in lines of at most `columns` where words allow it. */
export function examinationLines(found: Examination, columns: number): string[] {
  const total = sum(Object.values(found.parts));
  return [
    `${style('bold', found.name)}: ${pictures(total)} of ${found.classes.length} classes`,
    '',
    ...classTable(found, columns),
    ...(found.ratio < UNEVEN ? [] : ['', ...wrap(ratioText(found), columns)]),
    '',
    ...field('size', sizeText(found), columns),
    ...field('colour', colorText(found.grey, total), columns),
    '',
    ...list('passed over', found.passedOver, ({ file, reason }) => [`${file}: ${reason}`], columns),
    ...list('classes without a picture to train on', found.untrained, (name) => [name], columns),
    ...groups('equal pictures', found.duplicates, nameOf, columns),
    ...groups('pictures alike, as if saved or resized again', found.nearDuplicates, nameOf, columns),
    ...groups(
      'equal or alike, in several classes',
      found.inTwoClasses.map(leading(({ className }) => className)),
      nameOf,
      columns,
    ),
    ...groups(
      'equal or alike, in several parts',
      found.inTwoParts.map(leading(({ part }) => part)),
      nameWithPart,
      columns,
    ),
    ...list('blank pictures', found.blank, (picture) => [nameOf(picture)], columns),
    ...list(
      'tiny pictures',
      found.tiny,
      (picture) => [`${nameOf(picture)} of ${picture.height}x${picture.width}`],
      columns,
    ),
    ...wrap(nothingText(found), columns),
  ];
}

function classTable({ classes, parts }: Examination, columns: number): string[] {
  const partNames = Object.keys(parts) as (keyof PartCounts)[];
  const columnsOf = (counts: PartCounts) =>
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
    `The largest class has ${ratio.toFixed(1)} times the pictures of the smallest (${most}; ${fewest}): accuracy is mostly ` +
    'that of the large ones.'
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

function groups(
  title: string,
  found: readonly (readonly ExaminedPicture[])[],
  textOf: (picture: ExaminedPicture) => string,
  columns: number,
): string[] {
  const texts = (group: readonly ExaminedPicture[]) => {
    const more = group.length - NAMED_IN_GROUP;
    return [
      ...group.slice(0, NAMED_IN_GROUP).map(textOf),
      ...(more > 0 ? [`and ${formatCount(more)} more`] : []),
    ];
  };
  return list(title, found, texts, columns, found.length === 1 ? ' group' : ' groups');
}

/** Puts pictures with another value than those before them first: what is said of a group must be seen in it. */
function leading(of: (picture: ExaminedPicture) => string) {
  return (group: readonly ExaminedPicture[]): readonly ExaminedPicture[] => {
    const firsts = new Map(group.toReversed().map((picture) => [of(picture), picture]));
    const isFirst = (picture: ExaminedPicture) => firsts.get(of(picture)) === picture;
    return [...group.filter(isFirst), ...group.filter((picture) => !isFirst(picture))];
  };
}

/** The first of some findings, each from a line of its own on; nothing where there is none. */
function list<T>(
  title: string,
  found: readonly T[],
  textsOf: (one: T) => readonly string[],
  columns: number,
  unit = '',
): string[] {
  if (found.length === 0) return [];
  const more = found.length - NAMED;
  return [
    `${style('yellow', title)}: ${formatCount(found.length)}${unit}`,
    ...found.slice(0, NAMED).flatMap((one) => {
      const [first = '', ...rest] = joined(textsOf(one), columns - 4);
      return [`  ${first}`, ...rest.map((line) => `    ${line}`)];
    }),
    ...(more > 0 ? [`  and ${formatCount(more)} more`] : []),
    '',
  ];
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

function nameWithPart(picture: ExaminedPicture): string {
  return picture.path === undefined ? nameOf(picture) : `${picture.path} (${picture.part})`;
}

function pictures(count: number): string {
  return `${formatCount(count)} ${count === 1 ? 'picture' : 'pictures'}`;
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
