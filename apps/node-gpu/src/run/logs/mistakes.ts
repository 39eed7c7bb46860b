import type { Pictures } from '@residual/data';
import type { RunConfig } from '@residual/runs';
import type { Classifier } from '@residual/trainer';
import type { MistakesEvent } from '../eventLog.js';
import type { RunFolder } from '../folder.js';

const FILE = 'mistakes.png';

/**
 * Draws what the model takes for something else into a run's folder. A drawing that fails is no reason for a run to: it is a warning.
 *
 * @returns undefined where there is nothing to draw, or it was told to stop
 */
export async function drawMistakes(
  model: Classifier,
  validation: Pictures | undefined,
  config: RunConfig,
  folder: RunFolder,
  { signal, warnings }: { signal: AbortSignal; warnings: string[] },
): Promise<MistakesEvent | undefined> {
  if (validation === undefined) return undefined;
  try {
    const { mistakesPng } = await import('../../plot/mistakes.js');
    const { png, ...counts } = await mistakesPng(model, validation, config, { signal });
    if (png === undefined) return undefined;
    await folder.files.write(FILE, png);
    return { type: 'mistakes', part: 'validation', file: FILE, ...counts };
  } catch (error) {
    if (!signal.aborted) warnings.push(`The mistakes could not be drawn: ${(error as Error).message}`);
    return undefined;
  }
}
