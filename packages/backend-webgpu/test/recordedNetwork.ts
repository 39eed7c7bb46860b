import { init } from '@residual/blocks';
import { type Architecture, basicBlock, cifarStem, ResNet } from '@residual/models';
import type { Recording } from '@residual/ops';
import { vi } from 'vitest';
import type { TrainingBackend } from '../src/node.js';

export type Shape = [number, number, number, number];
export const SHAPE: Shape = [4, 8, 8, 3];
const architecture: Architecture = [
  [1, 8],
  [1, 12],
];

/** Two residual blocks. */
export function recordedNetwork(): ResNet {
  const model = new ResNet({ stem: cifarStem(8), architecture, block: basicBlock(), numClasses: 5 });
  return init(model, SHAPE, { seed: 0 });
}

/** Counts what is recorded and played. */
export function watchRecordings(backend: TrainingBackend) {
  const counts = { recorded: 0, played: 0, reasons: [] as string[] };
  const record = backend.record!;
  vi.spyOn(backend as { record: typeof record }, 'record').mockImplementation((...given) => {
    const result = record(...given);
    if (result.recording === undefined) {
      counts.reasons.push(result.reason);
      return result;
    }
    counts.recorded++;
    const { play } = result.recording;
    const recording: Recording = result.recording;
    recording.play = (...values) => {
      const played = play.apply(recording, values);
      if (played !== undefined) counts.played++;
      return played;
    };
    return result;
  });
  return counts;
}
