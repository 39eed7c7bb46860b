import type { Pictures } from '@residual/data';
import { batchesOf, type RunConfig, taskInput } from '@residual/runs';
import { type Classifier, type Prediction, predictions, worstMistakes } from '@residual/trainer';
import { drawGrid, encodedInput, type GridCell } from './grid.js';

const SHOWN = 32;

/** A drawing of mistakes, none where there are none; how many it shows, of how many. */
export interface MistakesDrawing {
  png?: Uint8Array;
  shown: number;
  mistakes: number;
}

/**
 * Draws the pictures that a model is most wrong about, the largest loss first, as the network gets them: what each is of, and what it is taken
 * for, how surely. A backend must have been started.
 *
 * @throws what reading the pictures throws; the signal's reason.
 */
export async function mistakesPng(
  model: Classifier,
  pictures: Pictures,
  { task, training }: RunConfig,
  { signal }: { signal: AbortSignal },
): Promise<MistakesDrawing> {
  const input = taskInput(task);
  const batches = batchesOf(pictures, input, { batchSize: training.batchSize });
  const { examples } = await predictions(model, batches, input.prepare, { signal });
  const mistakes = examples.filter(({ label, predicted }) => label !== predicted).length;
  const worst = worstMistakes(examples, SHOWN);
  if (worst.length === 0) return { shown: 0, mistakes };
  const { height, width, channels } = task.picture;
  const shape = [height, width, channels];
  const cells = new Map<number, GridCell>();
  const places = new Map(worst.map((example) => [example.index, example]));
  for await (const batch of batches.epoch(0)) {
    signal.throwIfAborted();
    if (!batch.indices.some((index) => places.has(index))) continue;
    const x = input.prepare(batch); // [B, H, W, C]
    const values = await x.data<'float32'>();
    x.dispose();
    const size = height * width * channels;
    for (const [i, index] of batch.indices.entries()) {
      const example = places.get(index);
      if (example === undefined) continue;
      const png = await encodedInput(values.subarray(i * size, (i + 1) * size), shape, task);
      cells.set(index, { png, lines: linesOf(example, task.classNames) });
    }
  }
  const shown = worst.map(({ index }) => cells.get(index)!);
  return { png: await drawGrid(shown, shape), shown: shown.length, mistakes };
}

function linesOf({ label, predicted, probability }: Prediction, classNames: readonly string[]): string[] {
  return [classNames[label]!, `→ ${classNames[predicted]}, ${Math.round(100 * probability)} %`];
}
