import { float32Of } from '../float32.js';
import type { StoredTensor } from '../stored.js';
import { shapeToTheirs, valuesToTheirs } from './layout.js';
import { torchvisionName } from './nameMap.js';

/**
 * A network's tensors under the names and in the layout of torchvision and timm.
 *
 * @param tensors by our paths, in our layout, as `fitWeights` gives them, of a network that {@link architectureOf} knows
 */
export function torchvisionTensors(tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  return new Map(
    [...tensors].map(([path, { shape: ours, read }]): [string, StoredTensor] => {
      const shape = shapeToTheirs(ours);
      const moved = async () => {
        const data = valuesToTheirs(float32Of(await read()), ours);
        return { dtype: 'F32' as const, shape, data };
      };
      return [torchvisionName(path), { dtype: 'F32', shape, read: moved }];
    }),
  );
}
