import {
  balancedAccuracy,
  classFigures,
  mostConfused,
  type Predictions,
  topAccuracy,
} from '@residual/trainer';
import { formatCount, formatInterval, formatLoss, formatShare } from '../format.js';
import { print } from '../output.js';
import { printTable } from '../view/table.js';

/** What `evaluate` tells of a model: what `--json` prints. */
export interface Figures {
  images: number;
  loss: number;
  accuracy: number;
  /** The mean recall of the classes that have pictures. */
  balancedAccuracy: number;
  /** Whether the class is among the five likeliest; only of more than five classes. */
  top5?: number;
  classes: {
    className: string;
    images: number;
    recall: number | null;
    precision: number | null;
    f1: number | null;
  }[];
  /** `[actual][predicted]`, in the order of `classes`. */
  confusionMatrix: number[][];
}

const TOP = 5;

export function figuresOf(
  { examples, confusionMatrix, loss, accuracy, count }: Predictions,
  classNames: readonly string[],
): Figures {
  return {
    images: count,
    loss,
    accuracy,
    balancedAccuracy: balancedAccuracy(confusionMatrix),
    ...(classNames.length > TOP && { top5: topAccuracy(examples, TOP) }),
    classes: classFigures(confusionMatrix).map(({ count: images, ...figures }, i) => ({
      className: classNames[i]!,
      images,
      ...figures,
    })),
    confusionMatrix,
  };
}

/** The most classes whose matrix fits a terminal. */
const WIDEST_MATRIX = 20;
/** How many pairs are told of more. */
const PAIRS = 10;

/** Prints figures for people: a table of the classes, and which are taken for which. */
export function printFigures(figures: Figures, interval: readonly [number, number]): void {
  const { loss, accuracy, top5, classes } = figures;
  print(`loss      ${formatLoss(loss)}`);
  print(`accuracy  ${formatShare(accuracy)} (95 % confidence: ${formatInterval(interval)})`);
  if (top5 !== undefined) print(`top-5     ${formatShare(top5)}`);
  print(`balanced  ${formatShare(figures.balancedAccuracy)}, the mean recall of the classes`);
  print();
  printClasses(classes);
  print();
  if (classes.length <= WIDEST_MATRIX) printMatrix(figures);
  else printPairs(figures);
}

function printClasses(classes: Figures['classes']): void {
  const header = ['', 'class', 'images', 'recall', 'precision', 'F1'];
  const rows = classes.map(({ className, images, recall, precision, f1 }, i) => [
    ...[String(i + 1), className, formatCount(images)],
    ...[recall, precision, f1].map((figure) => (figure === null ? '-' : formatShare(figure))),
  ]);
  printTable([header, ...rows], [1]);
}

/** How often each class (a row) is taken for each (a column, by its number). */
function printMatrix({ classes, confusionMatrix }: Figures): void {
  const header = ['', 'taken for', ...classes.map((_, i) => String(i + 1))];
  const rows = confusionMatrix.map((counts, i) => [
    ...[String(i + 1), classes[i]!.className],
    ...counts.map((count) => (count === 0 ? '.' : String(count))),
  ]);
  printTable([header, ...rows], [1]);
}

function printPairs({ classes, confusionMatrix }: Figures): void {
  const pairs = mostConfused(confusionMatrix, PAIRS);
  if (pairs.length === 0) print('No class is taken for another.');
  const rows = pairs.map(({ actual, predicted, count }) => [
    ...[classes[actual]!.className, classes[predicted]!.className, String(count)],
  ]);
  if (pairs.length > 0) printTable([['most often', 'taken for', 'times'], ...rows], [0, 1]);
}
