/** What is fed to a parser, and how. Loaded inside the worker, bundled with the parser's counted code. */
export interface Target {
  /** Small inputs to begin with: whole ones, and what no mutation would come upon. */
  seeds(): readonly Uint8Array[];
  /** Reads the bytes; throws errors of the project's form, or gives anything. */
  parse(bytes: Uint8Array): unknown;
  /** Puts lengths and checksums right, so that what is changed gets past them. */
  repair?(bytes: Uint8Array): Uint8Array;
  /** Whether inputs are JSON, whose values are changed too. */
  isJson?: boolean;
  /** What files may hold, beside what stands in the parser's source. */
  words?: readonly string[];
}

/** A parser that is fuzzed: its name, its target in `targets/`, and the files whose branches count. */
export interface Parser {
  readonly name: string;
  readonly target: string;
  /** Paths in the repository, with the functions in them that only write, or belong to something else. */
  readonly sources: Readonly<Record<string, readonly string[]>>;
  /** The same of sources in AssemblyScript of the package pictures: their names. */
  readonly assembly?: readonly string[];
}

const data = 'packages/data/src';
const weights = 'packages/weights/src';
const pictures = 'packages/pictures/src';

/** Every parser that this project wrote. */
export const parsers: readonly Parser[] = [
  { name: 'gzip', target: 'gzip', sources: { [`${data}/inflate.ts`]: [], [`${data}/gunzip.ts`]: [] } },
  { name: 'idx', target: 'idx', sources: { [`${data}/idx.ts`]: [] } },
  { name: 'cifar', target: 'cifar', sources: { [`${data}/cifar.ts`]: [] } },
  {
    name: 'npy',
    target: 'npy',
    sources: { [`${data}/npz.ts`]: ['npyStart'], [`${weights}/npyHeader.ts`]: [] },
  },
  { name: 'task', target: 'task', sources: { [`${data}/task.ts`]: [], [`${data}/validate.ts`]: [] } },
  { name: 'split', target: 'split', sources: { [`${data}/split.ts`]: [] } },
  { name: 'csv', target: 'csv', sources: { [`${pictures}/node/csvLines.ts`]: [] } },
  {
    name: 'safetensors',
    target: 'safetensors',
    sources: {
      [`${weights}/decode.ts`]: [],
      [`${weights}/header.ts`]: [],
      [`${weights}/cursor.ts`]: [],
    },
  },
  {
    name: 'pth',
    target: 'pth',
    sources: Object.fromEntries(
      ['checkpoint', 'legacy', 'reader', 'rebuild', 'unpickle', 'values', 'zip'].map((name) => [
        `${weights}/pytorch/${name}.ts`,
        [],
      ]),
    ),
  },
  {
    name: 'npz',
    target: 'npz',
    sources: {
      [`${weights}/open.ts`]: [],
      [`${weights}/npz.ts`]: [],
      [`${weights}/zip/archive.ts`]: [],
      [`${weights}/zip/record.ts`]: [],
    },
  },
  {
    name: 'hub',
    target: 'hub',
    sources: { [`${weights}/names/hub.ts`]: [], [`${weights}/names/architectures.ts`]: ['architectureOf'] },
  },
  { name: 'shards', target: 'shards', sources: { [`${weights}/shards.ts`]: [] } },
  {
    name: 'pack',
    target: 'pack',
    sources: {
      [`${pictures}/pack/packFormat.ts`]: ['packHeader', 'packEnd', 'signedPieces'],
    },
  },
  { name: 'tar', target: 'tar', sources: { [`${pictures}/node/tar.ts`]: ['tarHeader', 'blocksOf'] } },
  {
    name: 'picture-headers',
    target: 'pictureHeaders',
    sources: {
      [`${pictures}/fileKinds.ts`]: ['packed'],
      [`${pictures}/node/jpegHeader.ts`]: [],
      [`${pictures}/node/repair.ts`]: [],
      [`${pictures}/webpOrientation.ts`]: ['upright'],
    },
  },
  {
    name: 'jpeg',
    target: 'jpeg',
    sources: { [`${pictures}/node/plainJpeg.ts`]: [] },
    assembly: ['bits', 'color', 'header', 'index', 'inverse'],
  },
  {
    name: 'config',
    target: 'config',
    sources: {
      'packages/runs/src/config.ts': ['parsePiece'],
      'packages/runs/src/losses.ts': [],
      'packages/runs/src/optimizers.ts': ['optimizerValue', 'refusal'],
      'packages/runs/src/schedules.ts': ['scheduleOf', 'scheduleValue'],
    },
  },
  {
    name: 'model-file',
    target: 'modelFile',
    sources: { 'packages/runs/src/modelFile.ts': ['encodeModel', 'metadataOf', 'isModelFile'] },
  },
  {
    name: 'checkpoint',
    target: 'checkpoint',
    sources: {
      'packages/trainer/src/checkpoint/checkpoint.ts': [
        ...['checkpointFile', 'encodeSealed'],
        ...['weightsOf', 'namedTensors'],
      ],
    },
  },
  {
    name: 'records',
    target: 'records',
    sources: { 'packages/logs/src/tensorBoard/records.ts': ['record'] },
  },
  {
    name: 'command-line',
    target: 'commandLine',
    sources: {
      'apps/node-gpu/src/values.ts': [],
      'apps/node-gpu/src/hub/reference.ts': ['pinned'],
    },
  },
];
