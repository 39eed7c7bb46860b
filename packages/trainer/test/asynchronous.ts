import type { PictureLoader } from '@residual/data';
import type { BatchSource, TrainingData } from '../src/data.js';
import { tinyData } from './tiny.js';

/** {@link tinyData} from sources that wait for each batch; and how many of their epochs were begun, and are over. */
export function asynchronousData({ milliseconds = 0 } = {}) {
  const epochs = { begun: 0, over: 0 };
  const late = (loader: PictureLoader): BatchSource => ({
    dataset: loader.dataset,
    batchSize: loader.batchSize,
    batchesPerEpoch: loader.batchesPerEpoch,
    async *epoch(epoch, from) {
      epochs.begun++;
      try {
        for (const batch of loader.epoch(epoch, from)) {
          await new Promise((resolve) => setTimeout(resolve, milliseconds));
          yield batch;
        }
      } finally {
        await Promise.resolve(); // as a file takes to be closed
        epochs.over++;
      }
    },
  });
  const { train, validation, prepare } = tinyData();
  const data = { train: late(train), validation: late(validation), prepare } satisfies TrainingData;
  return { data, epochs };
}
