import type { Machine } from './machine.ts';
import { PYTORCH_BFLOAT16 } from './pyTorch.ts';
import type { PeerResult, Report, Run, WorkReport } from './report.ts';

/** Rows of cells under a row of headings. */
export interface Table {
  headings: string[];
  rows: string[][];
}

const GIB = 2 ** 30;
/** Three digits that count. */
const number = (value: number): string => (value < 100 ? value.toPrecision(3) : value.toFixed(0));

/** A work's results as cells: the same for the terminal and for a document. */
export function resultTable({ results }: WorkReport): Table {
  const differ = results.some(({ multiplications }) => multiplications !== undefined);
  return {
    headings: [
      ...['peer', 'threads', ...(differ ? ['multiplications'] : []), 'images/s', 'lowest to highest'],
      ...['ratio', 'measured', 'peak memory'],
    ],
    rows: results.map((result) => [
      result.peer,
      String(result.threads),
      ...(differ ? [`${((result.multiplications ?? 0) / 1e9).toFixed(2)} G`] : []),
      number(result.imagesPerSecond.median),
      spread(result),
      result.ratio === undefined ? '' : result.ratio.toFixed(2),
      measured(result),
      peakMemory(result),
    ]),
  };
}

function spread({ imagesPerSecond: { lowest, highest, each } }: PeerResult): string {
  return each.length === 1 ? '' : `${number(lowest)} to ${number(highest)}`;
}

/** Such as `5 x 1 step of 128`. */
function measured({ measurements, steps, batchSize }: PeerResult): string {
  return `${measurements.length} x ${steps} step${steps === 1 ? '' : 's'} of ${batchSize}`;
}

function peakMemory({ measurements }: PeerResult): string {
  const peaks = measurements.flatMap(({ peakMemoryBytes }) => peakMemoryBytes ?? []);
  return peaks.length === 0 ? '' : `${(Math.max(...peaks) / GIB).toFixed(2)} GiB`;
}

/** What a step asks of a WebGPU device, of the peers that run on one; undefined where none does. */
export function countTable({ results }: WorkReport): Table | undefined {
  const rows = results.flatMap(({ peer, batchSize, counts }) => {
    if (counts === undefined) return [];
    const { dispatches, submits, boundBytes, copiedBytes, uploadedBytes, memoryBytes } = counts;
    const counted = [boundBytes, copiedBytes, uploadedBytes, memoryBytes];
    // Documents of before it was counted have no memory.
    const bytes = counted.map((count) => (count === undefined ? '' : (count / 1e6).toFixed(1)));
    return [[peer, String(batchSize), dispatches.toFixed(0), submits.toFixed(0), ...bytes]];
  });
  if (rows.length === 0) return undefined;
  return {
    headings: [
      'peer',
      'batch',
      'dispatches',
      'submits',
      'MB bound',
      'MB copied',
      'MB uploaded',
      'MB of memory',
    ],
    rows,
  };
}

/** Of a work that does what its baseline does and then more: the seconds of a step, and how many more than the baseline's; else undefined. */
export function secondsLine({ kind, baseline, results }: WorkReport): string | undefined {
  const secondsOf = ({ batchSize, imagesPerSecond }: PeerResult) => batchSize / imagesPerSecond.median;
  const base = results.find(({ peer }) => peer === baseline);
  if (kind !== 'frozen stage' || base === undefined) return undefined;
  const parts = results.map((result) => {
    const more = secondsOf(result) - secondsOf(base);
    const difference = result === base ? '' : ` (${more < 0 ? '' : '+'}${more.toFixed(2)} s)`;
    return `${result.peer} ${secondsOf(result).toFixed(2)} s${difference}`;
  });
  return `all ${base.batchSize} pictures: ${parts.join(', ')}`;
}

/** PyTorch in another arithmetic, which a user could pick: beside the float32 that ratios refer to, and beside `simd`; undefined where it wasn't measured. */
export function bfloat16Line({ results, baseline }: WorkReport): string | undefined {
  const bfloat16 = results.find(({ family }) => family === PYTORCH_BFLOAT16);
  if (bfloat16?.ratio === undefined) return undefined;
  const simd = results.find(({ peer }) => peer === 'simd');
  const parts = [`${bfloat16.ratio.toFixed(2)} times ${baseline}`];
  if (simd?.ratio !== undefined) parts.push(`simd is ${(simd.ratio / bfloat16.ratio).toFixed(2)} of it`);
  return `bfloat16, which isn't what the ratios refer to: ${parts.join('; ')}`;
}

/** What was done, such as `training step of resnet20, 28x28x1`, and what the ratios compare with. */
export function workTitle({ work, kind, model, pictureShape, baseline }: WorkReport): string {
  if (kind === 'decoding')
    return `${work}: picture files to batches, ${pictureShape.join('x')}${compared(baseline)}`;
  const what = {
    training: 'training step',
    'frozen training': 'training step, all but the head frozen,',
    inference: 'inference',
    'packed training': 'training step',
    'frozen stage': 'frozen stage',
    'mixed training': 'step of a run',
    update: 'update of the weights',
    variants: 'training step of variants',
  }[kind];
  const ratios = compared(baseline, kind === 'variants' ? 'ratios per multiplication' : 'ratios');
  return `${work}: ${what} of ${model}, ${pictureShape.join('x')}${ratios}`;
}

const compared = (baseline: string | undefined, ratios = 'ratios') =>
  baseline === undefined ? '' : `; ${ratios} to ${baseline}`;

/**
 * What the results were measured on: the ratio to PyTorch depends on it. r is what the hardware gives of it, one core's peak to another's.
 */
export function processorLine({ cpu, processor, peaks = {} }: Machine): string {
  const { family, model, vectorBits } = processor ?? {};
  const { tile, tileBits, product, convolution } = peaks;
  const numbers = family === undefined ? '' : ` (family ${family}, model ${model})`;
  const vectors = vectorBits === undefined ? '' : `, vectors of ${vectorBits} bits`;
  const ratio = (peak: number | undefined) => (peak && tile ? ` (r = ${(tile / peak).toFixed(2)})` : '');
  const cores = [
    tile && `simd's tile ${tile.toFixed(0)} in ${tileBits} bits`,
    product && `PyTorch's matrix product ${product.toFixed(0)}${ratio(product)}`,
    convolution && `its convolution ${convolution.toFixed(0)}${ratio(convolution)}`,
  ].filter(Boolean);
  const one = cores.length === 0 ? '' : `; GFLOPS of one core: ${cores.join(', ')}`;
  return `${cpu}${numbers}${vectors}${one}`;
}

/** Every program, once; what it says of itself is what it said first. */
export function versionTable({ works }: Report): Table {
  const rows = new Map<string, string[]>();
  for (const { family, description, versions } of works.flatMap(({ results }) => results)) {
    const list = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    const key = [family, ...list].join();
    if (!rows.has(key)) rows.set(key, [family, list.join(', '), description]);
  }
  return { headings: ['peer', 'versions', 'what it is'], rows: [...rows.values()] };
}

/** The machine and its runs, in a sentence each. */
export function runLines({ machine, startedAt, seconds, commit, runs }: Report): string[] {
  const { cpu, cores, memoryBytes, system, node, loadAverage } = machine;
  const memory = `${(memoryBytes / GIB).toFixed(1)} GiB`;
  return [
    `${cpu}, ${cores} cores, ${memory} of memory, ${system}, Node ${node}`,
    ...(runs === undefined ? [] : [`medians of ${runs.length} runs, and of their ratios:`]),
    ...(runs ?? [{ startedAt, seconds, commit, loadAverage }]).flatMap(whenAndHowBusy),
  ];
}

function whenAndHowBusy({ startedAt, seconds, commit, loadAverage: { before, after } }: Run): string[] {
  return [
    `${startedAt}, ${Math.round(seconds)} s${commit === undefined ? '' : `, commit ${commit}`}`,
    `load average (programs that ran or waited, mean of a minute): ${before.toFixed(2)} before, ${after.toFixed(2)} after`,
  ];
}
