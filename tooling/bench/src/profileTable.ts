import type { ConvolutionProfile, Direction, StepProfile } from './protocol.ts';
import type { Table } from './table.ts';

const DIRECTIONS: Direction[] = ['forward', 'inputGradient', 'filterGradient'];

/** Milliseconds, and the rate of a direct convolution that would take as long, in 1e9 float operations a second. */
const rate = (floatOperations: number, milliseconds: number): string =>
  `${milliseconds.toFixed(1)} ms ${(floatOperations / milliseconds / 1e6).toFixed(0)} GFLOPS`;

/** A row a convolution: what it is, and for each direction the algorithm, the time and the rate. */
export function convolutionTable({ convolutions }: StepProfile): Table {
  const layers = new Map<string, ConvolutionProfile[]>();
  for (const profile of convolutions) {
    layers.set(profile.layer, [...(layers.get(profile.layer) ?? []), profile]);
  }
  const rows = [...layers].map(([layer, profiles]) => {
    const { inputShape, filterShape, stride, groups } = profiles[0]!;
    const [kh, kw, , outputs] = filterShape;
    const more = `${stride[0] === 1 ? '' : `, stride ${stride[0]}`}${groups === 1 ? '' : `, ${groups} groups`}`;
    return [
      layer,
      `${inputShape.slice(1).join('x')} -> ${outputs}, ${kh}x${kw}${more}`,
      ...DIRECTIONS.map((direction) => cell(profiles.find((profile) => profile.direction === direction))),
    ];
  });
  return { headings: ['layer', 'convolution', ...DIRECTIONS], rows: [...rows, totals(convolutions)] };
}

function cell(profile: ConvolutionProfile | undefined): string {
  if (profile === undefined) return '';
  const { algorithm = '', milliseconds, floatOperations } = profile;
  return `${algorithm} ${rate(floatOperations, milliseconds)}`.trim();
}

function totals(convolutions: ConvolutionProfile[]): string[] {
  const sums = DIRECTIONS.map((direction) => {
    const ofDirection = convolutions.filter((profile) => profile.direction === direction);
    const sum = (of: 'floatOperations' | 'milliseconds') =>
      ofDirection.reduce((total, profile) => total + profile[of], 0);
    return ofDirection.length === 0 ? '' : rate(sum('floatOperations'), sum('milliseconds'));
  });
  return ['all', '', ...sums];
}

/** A row a kernel, where they can be seen, and one for what is left of the step; then the step as it is recorded, and what of it is JavaScript's. */
export function kernelTable({
  milliseconds,
  recordedMilliseconds: recorded,
  recordedJavaScript: javaScript,
  kernels,
}: StepProfile): Table {
  const row = (what: string, part: number, whole = milliseconds) => [
    ...[what, '', part.toFixed(1), `${((100 * part) / whole).toFixed(1)} %`, ''],
  ];
  const rows = kernels.map(({ kernel, calls, milliseconds, bytes }) =>
    row(kernel, milliseconds)
      .with(1, String(calls))
      .with(4, (bytes / 1e9).toFixed(2)),
  );
  const rest = milliseconds - kernels.reduce((sum, kernel) => sum + kernel.milliseconds, 0);
  if (kernels.length > 0) rows.push(row('between the kernels', rest), row('the step', milliseconds));
  if (recorded !== undefined) rows.push(row('a step as it is recorded', recorded));
  if (recorded !== undefined && javaScript !== undefined) {
    rows.push(row('of that one, between the kernels', javaScript, recorded));
  }
  return { headings: ['kernel', 'calls', 'ms', 'share', 'GB in and out'], rows };
}
