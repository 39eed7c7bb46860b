import { writeFile } from 'node:fs/promises';
import { findRate as findRateOf } from '@residual/runs';
import type { RatePoint, RateRange } from '@residual/trainer';
import { formatLoss } from '../format.js';
import { Interruption, stoppable } from '../interruption.js';
import { print, printJson, remark, warn } from '../output.js';
import { rateRangeSvg } from '../plot/curves.js';
import { requireDrawing } from '../plot/place.js';
import { pngWhereAble, svgToPng } from '../plot/png.js';
import type { TrainOptions } from '../run/options.js';
import { planRun, type RunPlan } from '../run/plan.js';
import { LiveLine } from '../view/liveLine.js';

/** Those options of `train` that decide what a step is, and which rates are tried. */
export interface FindRateOptions extends TrainOptions {
  from?: number;
  to?: number;
  steps?: number;
  /** A file to draw in. */
  plot?: string;
}

const PLOT = 'find-rate.png';
const STEPS = 100;
/** How many are printed for people. */
const LINES = 12;

/** Tries learning rates for a run, one a step, prints what they come to, and draws it. Nothing is trained. */
export async function findRate(
  { from, to, steps = STEPS, plot: asked, ...options }: FindRateOptions,
  version: string,
): Promise<void> {
  const plot = asked ?? PLOT;
  await requireDrawing(plot, '--plot');
  const line = process.stderr.isTTY ? new LiveLine(process.stderr) : undefined;
  const interruption = new Interruption(() => {
    line?.clear();
    remark('Stopped.');
  });
  const { signal } = interruption;
  let count = 0;
  const onPoint = (point: RatePoint) => {
    count++;
    if (options.json) printJson({ type: 'rate', ...point });
    line?.show(
      `rate ${rateText(point.learningRate)}  step ${count}/${steps}  loss ${formatLoss(point.loss)}`,
    );
  };
  const found = await stoppable(signal, async () => {
    const plan = await planRun(options, version, { signal });
    const { settings, data, weights, warnings } = plan;
    for (const message of warnings) warn(message);
    const { environment: _, ...config } = settings;
    try {
      return { plan, range: await findRateOf(config, { data, weights, signal, from, to, steps, onPoint }) };
    } finally {
      await weights?.named.close();
    }
  }).finally(() => line?.clear());
  process.exitCode = interruption.exitCode;
  if (found === undefined) return;
  const { range, plan } = found;
  if (!options.json) printRange(range);
  const svg = rateRangeSvg(range.points, { ...range, ...titleOf(plan) });
  const png = await (asked === undefined ? pngWhereAble(svg, warn) : svgToPng(svg));
  if (png !== undefined) await writeFile(plot, png);
  const { points, ...rest } = range;
  if (options.json) {
    printJson({ type: 'rateRange', steps: points.length, ...rest, plot: png === undefined ? null : plot });
  } else if (png !== undefined) print(`Plot: ${plot}`);
}

function titleOf({ settings }: RunPlan): { title: string; subtitle: string } {
  const { task, training, environment } = settings;
  const details = [`batch ${training.batchSize}`, training.optimizer.name, environment.backend.name];
  return {
    title: `${training.model.name} on ${task.data.name}`,
    subtitle: ['learning rate range test', ...details].join(' · '),
  };
}

function printRange({ points, suggestion, lowest, hasDiverged }: RateRange): void {
  const every = Math.max(1, Math.ceil(points.length / LINES));
  print('learning rate    loss  smoothed');
  points.forEach(({ learningRate, loss, smoothed }, i) => {
    if (i % every > 0 && i < points.length - 1) return;
    const cells = [
      rateText(learningRate).padStart(13),
      formatLoss(loss).padStart(6),
      formatLoss(smoothed).padStart(8),
    ];
    print(cells.join('  '));
  });
  const last = rateText(points.at(-1)!.learningRate);
  print();
  print(`The loss is lowest at ${rateText(lowest)}${hasDiverged ? `, and diverges at ${last}` : ''}.`);
  if (suggestion === null) {
    print('It falls nowhere: there is nothing to suggest. Try more --steps, or another range: --from, --to.');
  } else {
    print(`Suggestion: --learning-rate ${rateText(suggestion)}, where it falls fastest.`);
  }
}

/** Two digits: more, a range test doesn't tell. */
function rateText(rate: number): string {
  return String(Number(rate.toPrecision(2)));
}
