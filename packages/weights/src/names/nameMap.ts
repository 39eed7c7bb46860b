/** A pattern, and what takes its place. */
export type Rule = readonly [pattern: RegExp, replacement: string | ((...found: string[]) => string)];

/** How a library names a residual network's tensors. */
export interface NameMap {
  readonly name: 'torchvision' | 'transformers' | 'd2l' | 'ours';
  /** A name that all files of it have. */
  readonly marker: string;
  /** From its names to our paths, in order, each applied once. */
  readonly rules: readonly Rule[];
  /** Whether filters are OIHW and linear weights [out, in], as PyTorch's. */
  readonly transposed: boolean;
  /** Our path of the first convolution, where it isn't `stem.conv.weight`. */
  readonly stem?: string;
  /** The shape under which a stored tensor's values are those of ours, where that isn't its own. */
  readonly stored?: (shape: readonly number[], expected: readonly number[]) => readonly number[];
}

export const BATCH_NORM: Readonly<Record<string, string>> = {
  weight: 'scale',
  bias: 'offset',
  running_mean: 'runningMean',
  running_var: 'runningVariance',
};

/** Of `bn`, `bn1`... as it is called by then. */
export const batchNorm: Rule = [
  /(\bbn\d*)\.(weight|bias|running_mean|running_var)$/,
  (_, bn, name) => `${bn}.${BATCH_NORM[name!]}`,
];
export const decremented = (number: string | undefined) => Number(number) - 1;

const torchvision: NameMap = {
  name: 'torchvision',
  marker: 'conv1.weight',
  transposed: true,
  rules: [
    [/^(conv|bn)1\./, 'stem.$1.'],
    [/^layer(\d+)\./, (_, stage) => `stages.${decremented(stage)}.`],
    [/\.downsample\.0\./, '.shortcut.conv.'],
    [/\.downsample\.1\./, '.shortcut.bn.'],
    [/^fc\./, 'head.linear.'],
    batchNorm,
  ],
};

const transformers: NameMap = {
  name: 'transformers',
  marker: 'resnet.embedder.embedder.convolution.weight',
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
  marker: '0.0.weight',
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

const ours: NameMap = { name: 'ours', marker: 'stem.conv.weight', transposed: false, rules: [] };

const MAPS = [ours, torchvision, transformers, d2l];

/** DataParallel's, Lightning's, and torch.compile's. */
const PREFIX = /^((module|model|net|backbone|_orig_mod)\.)*$/;
const COUNTER = /(^|\.)num_batches_tracked$|^n_averaged$/;

/** A file's way to name its tensors. */
export interface FoundNames {
  map: NameMap;
  /** What wrappers put before every name; mostly ''. */
  prefix: string;
}

/** What knows names of more networks, before those of this file are tried. */
const finders: ((names: readonly string[]) => FoundNames | undefined)[] = [];

/** Has `namesOf` know the names of more networks. */
export function addNames(find: (names: readonly string[]) => FoundNames | undefined): void {
  finders.push(find);
}

/** Whose names these are; undefined when they are nobody's that we know. */
export function namesOf(names: readonly string[]): FoundNames | undefined {
  for (const find of finders) {
    const found = find(names);
    if (found !== undefined) return found;
  }
  return foundIn(names, MAPS);
}

/** The first name that is the marker of one of these maps. */
export function foundIn(names: readonly string[], maps: readonly NameMap[]): FoundNames | undefined {
  for (const name of names) {
    for (const map of maps) {
      const prefix = name.slice(0, -map.marker.length);
      if (name.endsWith(map.marker) && PREFIX.test(prefix)) return { map, prefix };
    }
  }
  return undefined;
}

/** Whether it counts batches: nothing that a network computes with. */
export function isCounter(name: string): boolean {
  return COUNTER.test(name);
}

/** Our path of a name; undefined for one without the prefix. */
export function pathOf(name: string, { map, prefix }: FoundNames): string | undefined {
  return name.startsWith(prefix) ? applied(map.rules, name.slice(prefix.length)) : undefined;
}

/** A name after each rule has been applied once. */
export function applied(rules: readonly Rule[], name: string): string {
  return rules.reduce((path, [pattern, replacement]) => path.replace(pattern, replacement as string), name);
}
