import { float32Of } from '../float32.js';
import type { StoredTensor } from '../stored.js';
import { shapeToTheirs, valuesToTheirs } from './layout.js';
import { applied, BATCH_NORM, type Rule } from './nameMap.js';

/**
 * A network's tensors under the names and in the layout of torchvision and timm.
 *
 * @param tensors by our paths, in our layout, as `fitWeights` gives them, of a network that {@link architectureOf} knows
 */
export function torchvisionTensors(tensors: ReadonlyMap<string, StoredTensor>): Map<string, StoredTensor> {
  const rules = rulesFor([...tensors.keys()]);
  return new Map(
    [...tensors].map(([path, { shape: ours, read }]): [string, StoredTensor] => {
      const name = applied(rules, path);
      const shape = shapeAs(name, shapeToTheirs(ours));
      const moved = async () => {
        const data = valuesToTheirs(float32Of(await read()), ours);
        return { dtype: 'F32' as const, shape, data };
      };
      return [name, { dtype: 'F32', shape, read: moved }];
    }),
  );
}

/** Linear layers that they have as 1x1 convolutions, and a convolution over all of its input that they have as a linear layer. */
function shapeAs(name: string, shape: readonly number[]): readonly number[] {
  if (/\.se\.fc[12]\.weight$/.test(name) || name === 'head.fc.weight') return [...shape, 1, 1];
  if (name !== 'classifier.0.weight') return shape;
  const [out, ...within] = shape;
  return [out!, within.reduce((product, size) => product * size, 1)];
}

const batchNorm: Rule = [
  /(\bbn\d*)\.(scale|offset|runningMean|runningVariance)$/,
  (_, bn, name) => `${bn}.${Object.keys(BATCH_NORM).find((key) => BATCH_NORM[key] === name)}`,
];
const incremented = (number: string | undefined) => Number(number) + 1;

const RESIDUAL: readonly Rule[] = [
  batchNorm,
  [
    /^stem\.(conv|bn)([12])\./,
    (_, layer, place) => `conv1.${3 * Number(place) - (layer === 'conv' ? 3 : 2)}.`,
  ],
  [/^stem\.(conv|bn)\./, '$11.'],
  [/^stages\.(\d+)\./, (_, stage) => `layer${incremented(stage)}.`],
  [/\.shortcut\.conv\./, '.downsample.0.'],
  [/\.shortcut\.bn\./, '.downsample.1.'],
  [/\.shortcut\.projection\.conv\./, '.downsample.1.'],
  [/\.shortcut\.projection\.bn\./, '.downsample.2.'],
  [/\.gate\.(fc[12]\.)/, '.se.$1'],
  [/\.gate\.weight$/, '.se.conv.weight'],
  [/^head\.linear\./, 'fc.'],
];
const DEEP_STEM: Rule = [/^stem\.conv\./, 'conv1.6.'];

const PRE_ACTIVATION: readonly Rule[] = [
  batchNorm,
  [/^stages\.(\d+)\./, 'stages.$1.blocks.'],
  [/^head\.bn\./, 'norm.'],
  [/\.bn(\d)\./, '.norm$1.'],
  [/\.shortcut\./, '.downsample.conv.'],
  [/^head\.linear\./, 'head.fc.'],
];

const GOOGLENET: readonly Rule[] = [
  batchNorm,
  [/^stem\./, ''],
  [/^stages\.(\d)\.(\d)\./, (_, stage, place) => `inception${Number(stage) + 3}${'abcde'[Number(place)]}.`],
  [/^head\.linear\./, 'fc.'],
];

/** From our paths to their names, for the kind of network that has these paths. */
function rulesFor(paths: readonly string[]): readonly Rule[] {
  const has = (path: string) => paths.includes(path);
  if (has('head.bn.scale')) return PRE_ACTIVATION;
  if (has('head.linear1.weight')) return vggRules(paths);
  if (has('stem.conv1.conv.weight')) return GOOGLENET;
  return has('stem.conv1.weight') ? [DEEP_STEM, ...RESIDUAL] : RESIDUAL;
}

/** VGG's layers are numbered through: a convolution, its normalisation and ReLU are three, a stage's pooling is one. */
function vggRules(paths: readonly string[]): readonly Rule[] {
  const found = paths.flatMap((path) => {
    const [unit, stage] = /^stages\.(\d+)\.\d+\.(?=conv\.weight$)/.exec(path) ?? [];
    return unit === undefined ? [] : [{ unit, stage: Number(stage) }];
  });
  const numbers = new Map(found.map(({ unit, stage }, i) => [unit, 3 * i + stage]));
  return [
    batchNorm,
    [
      /^(stages\.\d+\.\d+\.)(conv|bn)\./,
      (_, unit, layer) => `features.${numbers.get(unit!)! + (layer === 'bn' ? 1 : 0)}.`,
    ],
    [/^head\.linear1\./, 'classifier.0.'],
    [/^head\.linear2\./, 'classifier.3.'],
    [/^head\.linear\./, 'classifier.6.'],
  ];
}
