import { init, parameters } from '@residual/blocks';
import { pictureDataset } from '@residual/data';
import { models } from '@residual/models';
import { uniforms } from '@residual/random';
import { cutmix, mixup, pictureData, sgd, train } from '@residual/trainer';
import type { Task } from '../protocol.ts';
import type { Steps } from './step.ts';

const mixes = { mixup, cutmix };
/** Batches that training goes round. */
const BATCHES = 16;

/** Steps of a run on made-up pictures, as `train` takes them, which mixes the pictures of each batch where it is told to. */
export function createMixed({ model: name, inputShape, numClasses, mix }: Task): Steps {
  const [batchSize, ...shape] = inputShape;
  const model = init(models[name].create({ numClasses }), inputShape, { seed: 0 });
  const count = BATCHES * batchSize;
  const size = count * shape[0] * shape[1] * shape[2];
  const levels = uniforms({ seed: 0, purpose: 'pictures' }, size, { min: 0, max: 256 });
  const dataset = pictureDataset({
    ...{ name: 'made up', shape, images: Uint8Array.from(levels) },
    labels: Uint8Array.from({ length: count }, (_, i) => i % numClasses),
    classNames: Array.from({ length: numClasses }, (_, i) => `${i}`),
  });
  const { validation: _, ...data } = pictureData({ train: dataset, test: dataset }, { batchSize });
  const events = train({
    ...{ model, data, maxEpochs: 1000, logEvery: 1 },
    optimizer: sgd({ learningRate: 0.01, momentum: 0.9 }),
    mix: mix && mixes[mix]({ alpha: 1 }),
  });
  return {
    model,
    parameters: parameters(model).reduce((sum, weight) => sum + weight.size, 0),
    async run(steps) {
      for (let done = 0; done < steps; ) {
        const { value, done: isOver } = await events.next();
        if (isOver) throw new Error('the run is over');
        if (value.type === 'step') done++;
      }
    },
  };
}
