/** A pattern, and what takes its place. */
export type Rule = readonly [pattern: RegExp, replacement: string | ((...found: string[]) => string)];

/** How a library names a residual network's tensors. */
export interface NameMap {
  readonly name: 'torchvision' | 'transformers' | 'd2l' | 'ours';
  /** Names of which all files of it have one. */
  readonly markers: readonly string[];
  /** From its names to our paths, in order, each applied once; of VGG, whose layers are numbered through, for a file's names. */
  readonly rules: readonly Rule[] | ((names: readonly string[]) => readonly Rule[]);
  /** Whether filters are OIHW and linear weights [out, in], as PyTorch's. */
  readonly transposed: boolean;
}

export const BATCH_NORM: Readonly<Record<string, string>> = {
  weight: 'scale',
  bias: 'offset',
  running_mean: 'runningMean',
  running_var: 'runningVariance',
};

/** Of `bn`, `bn1`... as it is called by then. */
const batchNorm: Rule = [
  /(\bbn\d*)\.(weight|bias|running_mean|running_var)$/,
  (_, bn, name) => `${bn}.${BATCH_NORM[name!]}`,
];
export const decremented = (number: string | undefined) => Number(number) - 1;

/** What the residual networks of torchvision and timm have in common. */
const TRUNK: readonly Rule[] = [
  [/^(conv|bn)1\.(?!\d)/, 'stem.$1.'],
  // The deep stem: convolutions, normalisations and ReLUs, numbered through.
  [/^conv1\.([03])\./, (_, place) => `stem.conv${Number(place) / 3 + 1}.`],
  [/^conv1\.([14])\./, (_, place) => `stem.bn${(Number(place) - 1) / 3 + 1}.`],
  [/^conv1\.6\./, 'stem.conv.'],
  [/^layer(\d+)\./, (_, stage) => `stages.${decremented(stage)}.`],
  [/\.se\.conv\./, '.gate.'],
  [/\.se\./, '.gate.'],
  [/^fc\./, 'head.linear.'],
];

const torchvision: NameMap = {
  name: 'torchvision',
  markers: ['conv1.weight', 'conv1.0.weight'],
  transposed: true,
  rules: [
    ...TRUNK,
    [/\.downsample\.0\./, '.shortcut.conv.'],
    [/\.downsample\.1\./, '.shortcut.bn.'],
    batchNorm,
  ],
};

/** timm's ResNet-D: before the shortcut's convolution stands a pooling, which has a number, too. */
const averaged: NameMap = {
  name: 'torchvision',
  markers: ['layer2.0.downsample.2.weight'],
  transposed: true,
  rules: [
    ...TRUNK,
    [/\.downsample\.1\./, '.shortcut.projection.conv.'],
    [/\.downsample\.2\./, '.shortcut.projection.bn.'],
    batchNorm,
  ],
};

/** timm's `resnetv2`. */
const preActivation: NameMap = {
  name: 'torchvision',
  markers: ['stages.0.blocks.0.norm1.weight'],
  transposed: true,
  rules: [
    [/^stages\.(\d+)\.blocks\./, 'stages.$1.'],
    [/\.norm(\d)\./, '.bn$1.'],
    [/\.downsample\.conv\./, '.shortcut.'],
    [/^norm\./, 'head.bn.'],
    [/^head\.fc\./, 'head.linear.'],
    batchNorm,
  ],
};

const googLeNet: NameMap = {
  name: 'torchvision',
  markers: ['inception3a.branch1.conv.weight'],
  transposed: true,
  rules: [
    [/^conv(\d)\./, 'stem.conv$1.'],
    [
      /^inception(\d)([a-e])\./,
      (_, stage, place) => `stages.${Number(stage) - 3}.${'abcde'.indexOf(place!)}.`,
    ],
    [/^fc\./, 'head.linear.'],
    batchNorm,
  ],
};

const vgg: NameMap = {
  name: 'torchvision',
  markers: ['classifier.6.weight'],
  transposed: true,
  rules: (names) => [
    [/^features\.(\d+)\./, (found, index) => vggPlaces(names).get(Number(index)) ?? found!],
    [/^classifier\.0\./, 'head.linear1.'],
    [/^classifier\.3\./, 'head.linear2.'],
    [/^classifier\.6\./, 'head.linear.'],
    batchNorm,
  ],
};

/** Where VGG's numbered layers are with us: of each stage convolutions, normalisations and ReLUs in turn, then a pooling. */
function vggPlaces(names: readonly string[]): Map<number, string> {
  const places = new Map<number, string>();
  const normalizations = names.flatMap((name) => /^features\.(\d+)\.running_mean$/.exec(name)?.[1] ?? []);
  let [stage, place, last] = [0, 0, -2];
  for (const index of normalizations.map(Number).sort((a, b) => a - b)) {
    if (index - last > 3) [stage, place] = [stage + 1, 0]; // a pooling is between
    places.set(index - 1, `stages.${stage}.${place}.conv.`).set(index, `stages.${stage}.${place}.bn.`);
    [place, last] = [place + 1, index];
  }
  return places;
}

const transformers: NameMap = {
  name: 'transformers',
  markers: ['resnet.embedder.embedder.convolution.weight'],
  transposed: true,
  rules: [
    [/^resnet\.embedder\.embedder\./, 'stem.'],
    [/^resnet\.encoder\.stages\.(\d+)\.layers\./, 'stages.$1.'],
    [/\.layer\.(\d+)\.convolution\./, (_, layer) => `.conv${Number(layer) + 1}.`],
    [/\.layer\.(\d+)\.normalization\./, (_, layer) => `.bn${Number(layer) + 1}.`],
    [/\.convolution\./, '.conv.'],
    [/\.normalization\./, '.bn.'],
    [/^classifier\.1\./, 'head.linear.'],
    batchNorm,
  ],
};

/** Dive into Deep Learning's `ResNet`, without the `net.` that its names begin with. */
const d2l: NameMap = {
  name: 'd2l',
  markers: ['0.0.weight'],
  transposed: true,
  rules: [
    [/^0\.0\./, 'stem.conv.'],
    [/^0\.1\./, 'stem.bn.'],
    [/^b(\d+)\.(\d+)\./, (_, block, place) => `stages.${Number(block) - 2}.${place}.`],
    [/\.conv3\./, '.shortcut.'],
    [/^last\.2\./, 'head.linear.'],
    batchNorm,
  ],
};

const ours: NameMap = {
  name: 'ours',
  markers: ['stem.conv.weight', 'head.linear.weight'],
  transposed: false,
  rules: [],
};

/** Whose names are also another's comes first. */
const MAPS = [averaged, preActivation, googLeNet, vgg, ours, torchvision, transformers, d2l];

/** DataParallel's, Lightning's, and torch.compile's. */
const PREFIX = /^((module|model|net|backbone|_orig_mod)\.)*$/;
const COUNTER = /(^|\.)num_batches_tracked$|^n_averaged$/;

/** A file's way to name its tensors. */
export interface FoundNames {
  map: NameMap;
  rules: readonly Rule[];
  /** What wrappers put before every name; mostly ''. */
  prefix: string;
}

/** Whose names these are; undefined when they are nobody's that we know. */
export function namesOf(names: Iterable<string>): FoundNames | undefined {
  const all = [...names];
  for (const map of MAPS) {
    const prefix = all.flatMap((name) => prefixOf(name, map) ?? [])[0];
    if (prefix === undefined) continue;
    const bare = all.flatMap((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : []));
    return { map, prefix, rules: typeof map.rules === 'function' ? map.rules(bare) : map.rules };
  }
  return undefined;
}

/** What is before a marker of the map in a name that ends with one. */
function prefixOf(name: string, { markers }: NameMap): string | undefined {
  const marker = markers.find((candidate) => name.endsWith(candidate));
  const prefix = marker === undefined ? undefined : name.slice(0, -marker.length);
  return prefix !== undefined && PREFIX.test(prefix) ? prefix : undefined;
}

/** Whether it counts batches: nothing that a network computes with. */
export function isCounter(name: string): boolean {
  return COUNTER.test(name);
}

/** Our path of a name; undefined for one without the prefix. */
export function pathOf(name: string, { rules, prefix }: FoundNames): string | undefined {
  return name.startsWith(prefix) ? applied(rules, name.slice(prefix.length)) : undefined;
}

/** A name after each rule has been applied once. */
export function applied(rules: readonly Rule[], name: string): string {
  return rules.reduce((path, [pattern, replacement]) => path.replace(pattern, replacement as string), name);
}
