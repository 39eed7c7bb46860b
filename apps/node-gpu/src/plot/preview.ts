import type { LoadedData } from '@residual/data';
import { type RunConfig, runData } from '@residual/runs';
import { drawGrid, encodedInput, type GridCell } from './grid.js';

const PICTURES = 32;

/**
 * Draws the first pictures of a run's first epoch as the network gets them: after the task's steps and those of training, with the
 * normalization taken back. A backend must have been started.
 *
 * @returns a PNG; how many pictures it shows
 */
export async function previewPng(
  config: RunConfig,
  data: LoadedData,
): Promise<{ png: Uint8Array; count: number }> {
  const { train, prepare, inputShape } = runData(config, data);
  const shown: GridCell[] = [];
  for await (const batch of train.epoch(0)) {
    const x = prepare(batch); // [B, H, W, C]
    const values = await x.data<'float32'>();
    x.dispose();
    const size = inputShape[0] * inputShape[1] * inputShape[2];
    for (let i = 0; i < batch.size && shown.length < PICTURES; i++) {
      const png = await encodedInput(values.subarray(i * size, (i + 1) * size), inputShape, config.task);
      shown.push({ png, lines: [config.task.classNames[batch.labels[i]!]!] });
    }
    if (shown.length === PICTURES) break;
  }
  return { png: await drawGrid(shown, inputShape), count: shown.length };
}
