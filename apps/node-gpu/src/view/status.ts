import { formatCount, formatDuration, formatLoss, formatShare } from '../format.js';

/** Where a run stands, in the numbers a progress line shows. */
export interface Status {
  /** The epoch under way: 1, 2, ... */
  epoch: number;
  epochs: number;
  /** Steps done of this epoch. */
  step: number;
  stepsPerEpoch: number;
  /** Means over the epoch so far; absent until the first were read from the device. */
  loss?: number;
  /** From 0 to 1. */
  accuracy?: number;
  imagesPerSecond: number;
  /** Until the end of the run. */
  secondsLeft: number;
}

const MOST_BAR = 30;
const LEAST_BAR = 5;

/** The status as one line of at most `columns`, with a bar as long as the rest allows. */
export function statusLine(status: Status, columns: number): string {
  const words = statusWords(status);
  const space = Math.min(MOST_BAR, columns - 1 - words.join('  ').length - 2);
  if (space < LEAST_BAR) return words.join('  ');
  return [words[0], bar(status.step / status.stepsPerEpoch, space), ...words.slice(1)].join('  ');
}

/** The status in words, for logs. */
export function statusText(status: Status): string {
  return statusWords(status).join('  ');
}

function statusWords({ epoch, epochs, step, stepsPerEpoch, loss, accuracy, ...pace }: Status): string[] {
  return [
    `epoch ${epoch}/${epochs}`,
    `step ${step}/${stepsPerEpoch}`,
    ...(loss === undefined ? [] : [`loss ${formatLoss(loss)}`]),
    ...(accuracy === undefined ? [] : [`acc ${formatShare(accuracy)}`]),
    `${formatCount(pace.imagesPerSecond)} img/s`,
    `ETA ${formatDuration(pace.secondsLeft)}`,
  ];
}

function bar(share: number, width: number): string {
  const full = Math.round(Math.min(1, Math.max(0, share)) * width);
  return '━'.repeat(full) + '─'.repeat(width - full);
}
