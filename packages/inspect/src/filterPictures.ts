import { type Module, stateDict } from '@residual/blocks';
import { InspectError } from './error.js';
import { drawPictures, type Pictures } from './pictures.js';

const WEIGHT = '.weight';

/**
 * The filters of a convolution as pictures: in colour where it sees three channels, else a grey one for each channel of
 * each filter (all of the first filter's, then all of the second's...).
 *
 * @param path of the convolution, such as `stem.conv`. Default: the model's first
 * @throws InspectError `PATH` when it's none; BlocksError `NOT_INITIALISED`.
 *
 * @example
 * const { count, height, width } = await filterPictures(resnet20Model); // 16 of 3x3
 */
export async function filterPictures(model: Module, path?: string): Promise<Pictures> {
  const convolutions = [...stateDict(model)].filter(
    ([name, { rank }]) => name.endsWith(WEIGHT) && rank === 4,
  );
  const names = convolutions.map(([name]) => name.slice(0, -WEIGHT.length));
  const [, weight] = convolutions[path === undefined ? 0 : names.indexOf(path)] ?? [];
  if (weight === undefined) {
    throw new InspectError('PATH', {
      where: 'filterPictures: path',
      expected: 'a convolution of the model',
      received: JSON.stringify(path) ?? 'a model without one',
      fix: names.length > 0 ? `There are ${names.join(', ')}.` : 'Look at a model that has one.',
    });
  }
  const [height, width, inputs, filters] = weight.shape as [number, number, number, number];
  const channels = inputs === 3 ? 3 : 1;
  const perFilter = inputs / channels;
  const values = await weight.data<'float32'>(); // [kh, kw, Cin / groups, Cout]
  return drawPictures(
    { count: filters * perFilter, height, width, channels },
    (picture, row, column, channel) => {
      const input = (picture % perFilter) + channel;
      const filter = Math.floor(picture / perFilter);
      return values[((row * width + column) * inputs + input) * filters + filter]!;
    },
  );
}
