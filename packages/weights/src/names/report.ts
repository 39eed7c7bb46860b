import { quote, WeightsError } from '../error.js';
import type { WeightsFile } from '../stored.js';
import type { NameMap } from './nameMap.js';

/** A tensor that is there, of another shape or type. */
export interface Misshapen {
  path: string;
  expected: string;
  received: string;
}

/** What came of fitting a file to a network: paths are ours, names the file's. */
export interface LoadReport {
  file: string;
  format: WeightsFile['format'];
  /** The entry of a checkpoint that they were in. */
  inside: string | undefined;
  names: NameMap['name'];
  /** What came off before every name, such as DataParallel's `module.`. */
  prefix: string;
  loaded: string[];
  /** Counters of batches, which nothing computes with: names. */
  dropped: string[];
  /** Filters from OIHW to HWIO, linear weights from [out, in] to [in, out]. */
  transposed: string[];
  /** From F16 or BF16 to float32. */
  widened: string[];
  /** A stem that was taken for pictures of other channels. */
  adapted: string[];
  /** A head that was left out, as asked. */
  left: string[];
  /** In the network, not in the file. */
  missing: string[];
  /** In the file, not in the network: names. */
  unexpected: string[];
  misshapen: Misshapen[];
}

const SAID: Readonly<Record<NameMap['name'], string>> = {
  torchvision: "torchvision's and timm's names",
  transformers: "transformers' names",
  d2l: "Dive into Deep Learning's names",
  ours: 'our own names',
};
/** Of a list, on a screen. */
const SOME = 3;

/** A report as lines: what was done to how many tensors, and the first few of those that don't fit. */
export function describeLoad(report: LoadReport): string[] {
  const { format, inside, names, prefix, loaded, missing, unexpected, misshapen } = report;
  const wrong = misshapen.map(
    ({ path, expected, received }) => `${path} (expected ${expected}, received ${received})`,
  );
  const rows: [what: string, said: string | undefined][] = [
    ['file', `${format}, ${SAID[names]}${inside === undefined ? '' : `, inside ${quote(inside)}`}`],
    ['prefix', prefix === '' ? undefined : `${quote(prefix)} came off`],
    ['loaded', `${loaded.length} tensors`],
    ['transposed', count(report.transposed, 'to the layout of this library')],
    ['widened', count(report.widened, 'from half precision to float32')],
    ['dropped', count(report.dropped, 'counters of batches')],
    ['adapted', count(report.adapted, 'for pictures of other channels')],
    ['left out', count(report.left, 'of the head, which begins anew')],
    ['missing', listed(missing)],
    ['unexpected', listed(unexpected)],
    ['misshapen', listed(wrong)],
  ];
  return rows.flatMap(([what, said]) => (said === undefined ? [] : [`${what.padEnd(10)}  ${said}`]));
}

/**
 * Makes sure that nothing is missing, unexpected or misshapen.
 *
 * @throws WeightsError `MISMATCH` with what is.
 */
export function requireWhole(report: LoadReport): void {
  const { missing, unexpected, misshapen } = report;
  if (missing.length + unexpected.length + misshapen.length === 0) return;
  const [first] = misshapen;
  const problems = [
    missing.length > 0 && `${missing.length} missing (${listed(missing)})`,
    unexpected.length > 0 && `${unexpected.length} unexpected (${listed(unexpected)})`,
    first &&
      `${misshapen.length} misshapen (${first.path}: expected ${first.expected}, received ${first.received})`,
  ];
  throw new WeightsError('MISMATCH', {
    where: report.file,
    expected: 'the weights of the network that was named',
    received: `others: ${problems.filter(Boolean).join(', ')}`,
    fix: 'Name the network, channels and classes that the file was made for.',
  });
}

function count(paths: readonly string[], what: string): string | undefined {
  return paths.length === 0 ? undefined : `${paths.length} ${what}`;
}

function listed(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > SOME ? ` and ${names.length - SOME} more` : '';
  return `${names.slice(0, SOME).join(', ')}${more}`;
}
