import { encodeEventFile, epochPoint, eventFileName, type LogPoint } from '@residual/logs';
import type { History } from '@residual/trainer';
import type { Point } from '../chart/thinnedSeries.js';

/**
 * The curves as a file for TensorBoard. The page keeps no times, so all have that of the download.
 *
 * @param trainLoss x is the fraction of epochs done
 * @param stepsPerEpoch unknown before the run begins
 */
export function eventFile(history: History, trainLoss: readonly Point[], stepsPerEpoch = 0) {
  const time = Date.now() / 1000;
  const losses = new Map<number, LogPoint>();
  for (const { x, y } of trainLoss) {
    const step = Math.round(x * stepsPerEpoch);
    losses.set(step, { time, step, scalars: { 'train/loss': y } });
  }
  const epochs = history.map((record) => epochPoint(record, time));
  const points = [...losses.values(), ...epochs].sort((a, b) => a.step - b.step);
  return { name: eventFileName(time), bytes: encodeEventFile(points) };
}
