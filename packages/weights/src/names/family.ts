// Imported for its effect: files of the chapter's wider family, as torchvision and timm name their tensors, are known from then on.
import {
  addNames,
  batchNorm,
  decremented,
  type FoundNames,
  foundIn,
  type NameMap,
  type Rule,
} from './nameMap.js';

/** timm's residual networks with a deep stem, with averaging shortcuts, or with gates. */
const TRUNK: readonly Rule[] = [
  [/^(conv|bn)1\.(?!\d)/, 'stem.$1.'],
  // The deep stem: convolutions, normalisations and ReLUs, numbered through.
  [/^conv1\.([03])\./, (_, place) => `stem.conv${Number(place) / 3 + 1}.`],
  [/^conv1\.([14])\./, (_, place) => `stem.bn${(Number(place) - 1) / 3 + 1}.`],
  [/^conv1\.6\./, 'stem.conv.'],
  [/^layer(\d+)\./, (_, stage) => `stages.${decremented(stage)}.`],
  [/\.se\.(conv\.)?/, '.gate.'],
  [/^fc\./, 'head.linear.'],
  batchNorm,
];

const PROJECTION: readonly Rule[] = [
  [/\.downsample\.0\./, '.shortcut.conv.'],
  [/\.downsample\.1\./, '.shortcut.bn.'],
];

/** Before the convolution stands a pooling, which has a number, too. */
const AVERAGED: readonly Rule[] = [
  [/\.downsample\.1\./, '.shortcut.projection.conv.'],
  [/\.downsample\.2\./, '.shortcut.projection.bn.'],
];

const common = { name: 'torchvision', transposed: true, stored: storedFor } as const;
const deep = { ...common, stem: 'stem.conv1.weight' };

const MAPS: readonly NameMap[] = [
  { ...deep, marker: 'conv1.0.weight', rules: [...PROJECTION, ...TRUNK] },
  { ...common, marker: 'layer1.0.se.fc1.weight', rules: [...PROJECTION, ...TRUNK] },
  {
    ...common,
    marker: 'stages.0.blocks.0.norm1.weight', // timm's `resnetv2`
    rules: [
      [/^stages\.(\d+)\.blocks\./, 'stages.$1.'],
      [/\.norm(\d)\./, '.bn$1.'],
      [/\.downsample\.conv\./, '.shortcut.'],
      [/^norm\./, 'head.bn.'],
      [/^head\.fc\./, 'head.linear.'],
      batchNorm,
    ],
  },
  {
    ...common,
    marker: 'inception3a.branch1.conv.weight', // torchvision's GoogLeNet
    stem: 'stem.conv1.conv.weight',
    rules: [
      [/^conv(\d)\./, 'stem.conv$1.'],
      [
        /^inception(\d)([a-e])\./,
        (_, stage, place) => `stages.${Number(stage) - 3}.${'abcde'.indexOf(place!)}.`,
      ],
      [/^fc\./, 'head.linear.'],
      batchNorm,
    ],
  },
  // Units of a convolution and its normalisation, without a stem: `cifar-vgg`.
  { ...common, marker: 'layer1.0.conv.weight', stem: 'stages.0.0.conv.weight', rules: TRUNK },
];

/** Our own, of networks whose first convolution is called otherwise than a `Stem`'s: deep stems, GoogLeNet, VGG. */
const OURS = [
  ['stem.conv1.weight', 'stem.conv1.weight'],
  ['stem.conv1.conv.weight', 'stem.conv1.conv.weight'],
  ['stages.0.0.conv.weight', 'stages.0.0.bn.scale'],
].map(([stem, marker]): NameMap => ({ name: 'ours', marker: marker!, stem, transposed: false, rules: [] }));

/** Of a deep stem all files have `conv1.0.weight`: this says that their shortcuts average. */
const averaged: NameMap = {
  ...deep,
  marker: 'layer2.0.downsample.2.weight',
  rules: [...AVERAGED, ...TRUNK],
};

/** torchvision's VGG, whose layers are numbered through. */
const vgg = (rules: readonly Rule[]): NameMap => ({
  ...common,
  marker: 'classifier.6.weight',
  stem: 'stages.0.0.conv.weight',
  rules: [
    ...rules,
    [/^classifier\.0\./, 'head.linear1.'],
    [/^classifier\.3\./, 'head.linear2.'],
    [/^classifier\.6\./, 'head.linear.'],
    batchNorm,
  ],
});

/** Where VGG's layers are with us: of each stage convolutions, normalisations and ReLUs in turn, then a pooling. */
function vggRules(names: readonly string[]): readonly Rule[] {
  const places = new Map<number, string>();
  const normalizations = names.flatMap((name) => /\bfeatures\.(\d+)\.running_mean$/.exec(name)?.[1] ?? []);
  let [stage, place, last] = [0, 0, -2];
  for (const index of normalizations.map(Number).sort((a, b) => a - b)) {
    if (index - last > 3) [stage, place] = [stage + 1, 0]; // a pooling is between
    places.set(index - 1, `stages.${stage}.${place}.conv.`).set(index, `stages.${stage}.${place}.bn.`);
    [place, last] = [place + 1, index];
  }
  return [[/^features\.(\d+)\./, (found, index) => places.get(Number(index)) ?? found!]];
}

/**
 * The shape [out, in, ...] under which a stored tensor's values are those of `expected`: a linear layer may be stored as a 1x1
 * convolution, and a convolution over all of its input as a linear layer.
 */
function storedFor(shape: readonly number[], expected: readonly number[]): readonly number[] {
  const [out, within, ...window] = shape;
  if (expected.length === 2 && window.length > 0 && window.every((size) => size === 1))
    return [out!, within!];
  const [height, width, inputs, outputs] = expected;
  const isWhole = shape.length === 2 && expected.length === 4 && out === outputs;
  return isWhole && within === height! * width! * inputs! ? [out!, inputs!, height!, width!] : shape;
}

function find(names: readonly string[]): FoundNames | undefined {
  const found = foundIn(names, [averaged]) ?? foundIn(names, [...MAPS, ...OURS]) ?? foundIn(names, [vgg([])]);
  return found?.map.marker === 'classifier.6.weight' ? { ...found, map: vgg(vggRules(names)) } : found;
}

addNames(find);
