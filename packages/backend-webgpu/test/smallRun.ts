// Small training runs on the active backend: the same in Node and, bundled by browser.slow.test.ts, in a browser.
import { dispose, init } from '@residual/blocks';
import { pictureDataset } from '@residual/data';
import { d2lResNet, type ResNet } from '@residual/models';
import { uniforms } from '@residual/random';
import { pictureData, sgd, type TrainEvent, type TrainOptions, train } from '@residual/trainer';

const SIZE = 8;

function made(name: string, length: number) {
  const images = Uint8Array.from(uniforms({ seed: 1, purpose: name }, length * SIZE * SIZE, { max: 255 }));
  const labels = Uint8Array.from({ length }, (_, i) => i % 3);
  return pictureDataset({ name, images, labels, shape: [SIZE, SIZE, 1], classNames: ['a', 'b', 'c'] });
}

interface SmallRun extends Partial<TrainOptions> {
  steps: number;
  batchSize?: number;
  /** Told everything that happens, and at the end once more with the model. */
  onEvent(event: TrainEvent, model: ResNet): unknown;
}

/** Trains a small residual network on made-up pictures for one epoch of so many steps. */
export async function smallRun({ steps, batchSize = 4, onEvent, ...options }: SmallRun): Promise<void> {
  const pictures = { train: made('train', steps * batchSize), test: made('test', 6) };
  const data = pictureData(pictures, { batchSize, seed: 1 });
  const model = init(d2lResNet([[1, 4]], { numClasses: 3 }), [4, SIZE, SIZE, 1], { seed: 1 });
  const optimizer = sgd({ learningRate: 0.05, momentum: 0.9 });
  try {
    for await (const event of train({ model, data, optimizer, maxEpochs: 1, logEvery: 1, ...options })) {
      await onEvent(event, model);
    }
  } finally {
    dispose(model);
  }
}
