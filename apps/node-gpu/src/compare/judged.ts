import { isDeepStrictEqual } from 'node:util';
import { dispose, layerCosts } from '@residual/blocks';
import type { Part } from '@residual/data';
import { batchesOf, type Judgement, judgementOf, taskInput } from '@residual/runs';
import {
  comparePredictions,
  type History,
  type PairedComparison,
  type Prediction,
  predictions,
} from '@residual/trainer';
import { shellQuote } from '../output.js';
import { loadJudged } from '../run/judgedPart.js';
import { addJudgement, testAccuracy } from '../run/judgements.js';
import { loadModel } from '../run/modelFile.js';
import { openRun, type RunSettings } from '../run/settings.js';

/** What a run comes to: what is told of it. */
export interface RunFigures extends Judgement {
  name: string;
  folder: string;
  model: string;
  seed: number;
  /** Trained numbers of the network. */
  parameters: number;
  /** Of one picture's pass forward, as `layerCosts` counts them. */
  multiplications: number;
  /** That it has gone through. */
  epochs: number;
  /** Of the last epoch; null before there is one. */
  trainLoss: number | null;
  /** Of the test part, as it was judged at the end of the run; null where it wasn't. */
  testAccuracy: number | null;
}

export interface JudgedRun {
  figures: RunFigures;
  settings: RunSettings;
  history: History;
  examples: Prediction[];
}

/**
 * Judges a run's model by one part of its own pictures.
 *
 * @throws what opening a run and its pictures throws; the signal's reason.
 */
export async function judgeRun(
  { name, path }: { name: string; path: string },
  { part, import: files, signal }: { part: Part; import?: string[]; signal: AbortSignal },
): Promise<JudgedRun> {
  const run = await openRun(path);
  const { folder, settings } = run;
  const { task, training } = settings;
  const again = `residual compare ${shellQuote(path)} ...`;
  const { pictures, isOwnTest } = await loadJudged(part, run, { import: files, again });
  const { model } = await loadModel(folder, settings);
  try {
    const input = taskInput(task);
    const batches = batchesOf(pictures, input, { batchSize: training.batchSize });
    const answers = await predictions(model, batches, input.prepare, { signal });
    const judgement = judgementOf(answers);
    if (isOwnTest) addJudgement(folder, { by: 'compare', name: pictures.name, ...judgement });
    const { height, width, channels } = task.picture;
    const { parameters, multiplications } = layerCosts(model, [1, height, width, channels]);
    const history = await folder.readHistory();
    const figures: RunFigures = {
      name,
      folder: path,
      model: training.model.name,
      seed: training.seed,
      parameters,
      multiplications,
      epochs: history.length,
      trainLoss: history.at(-1)?.trainLoss ?? null,
      testAccuracy: await testAccuracy(folder),
      ...judgement,
    };
    return { figures, settings, history, examples: answers.examples };
  } finally {
    dispose(model);
  }
}

/** Two runs on the same pictures, the second against the first. */
export interface Pair extends PairedComparison {
  first: string;
  second: string;
  seed: number;
}

/** Two names over several seeds. */
export interface MeanDifference {
  first: string;
  second: string;
  seeds: number;
  /** Of the second's accuracies less the first's, seed by seed. */
  mean: number;
  range: [least: number, most: number];
}

/** What can be said of each two runs. */
export interface Comparisons {
  pairs: Pair[];
  means: MeanDifference[];
  /** Names that have no two runs of the same seed and pictures. */
  apart: { first: string; second: string }[];
}

/** Compares each two names by their runs that share seed and pictures. */
export function compareAll(runs: readonly JudgedRun[]): Comparisons {
  const names = [...new Set(runs.map(({ figures }) => figures.name))];
  const result: Comparisons = { pairs: [], means: [], apart: [] };
  for (const [i, first] of names.entries()) {
    for (const second of names.slice(i + 1)) {
      const pairs = runs.flatMap((a) =>
        runs
          .filter((b) => a.figures.name === first && b.figures.name === second && arePaired(a, b))
          .map((b) => ({
            first,
            second,
            seed: a.figures.seed,
            ...comparePredictions(a.examples, b.examples),
          })),
      );
      result.pairs.push(...pairs);
      if (pairs.length === 0) result.apart.push({ first, second });
      const differences = pairs.map(({ difference }) => difference);
      if (pairs.length > 1) {
        result.means.push({
          first,
          second,
          seeds: pairs.length,
          mean: differences.reduce((sum, one) => sum + one, 0) / pairs.length,
          range: [Math.min(...differences), Math.max(...differences)],
        });
      }
    }
  }
  return result;
}

/** Whether two runs share their seed, what they were trained on, and what they are judged by. */
function arePaired(a: JudgedRun, b: JudgedRun): boolean {
  const shared = ({ settings: { task, training }, examples }: JudgedRun) => ({
    seed: training.seed,
    limit: training.limit,
    holdOut: training.holdOut,
    data: task.data,
    classNames: task.classNames,
    judged: examples.map(({ index, label }) => [index, label]),
  });
  return isDeepStrictEqual(shared(a), shared(b));
}
