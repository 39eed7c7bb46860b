import { decodeSafetensors, type TensorData } from '@residual/weights';
import { read } from '#read';
import names from '../fixtures/cases.json' with { type: 'json' };
import { ConformanceError } from './error.js';
import type { Context } from './options.js';
import type { Values } from './values.js';

export type FixtureName = keyof typeof names;

/** One case of a fixture file. `Attributes` is what tooling/fixtures writes for this operation. */
export interface FixtureCase<Attributes> {
  readonly name: string;
  /** What its formula-made tensors are drawn with. */
  readonly seed: number;
  readonly attrs: Attributes;
  readonly tensors: ReadonlyMap<string, Values>;
}

/** The names of a fixture's cases, known without reading it. */
export function fixtureCaseNames(fixture: FixtureName): readonly string[] {
  return names[fixture];
}

const VERSIONS = 'Files and suite are of different versions: reinstall @residual/conformance.';

const loaded = new Map<string, Promise<FixtureCase<unknown>[]>>();

/** One case of a fixture, by its name. The file is read once. */
export async function loadFixtureCase<Attributes>(
  fixture: FixtureName,
  name: string,
  { fixtures }: Pick<Context, 'fixtures'>,
): Promise<FixtureCase<Attributes>> {
  const key = `${fixtures ?? ''} ${fixture}`;
  const cases = loaded.get(key) ?? readCases(fixture, fixtures);
  loaded.set(key, cases);
  cases.catch(() => loaded.delete(key)); // a failed read may be tried again
  const found = (await cases).find((candidate) => candidate.name === name);
  if (found === undefined) {
    throw new ConformanceError('FIXTURE', {
      where: `fixture ${fixture}`,
      expected: `a case ${JSON.stringify(name)}`,
      received: 'none',
      fix: VERSIONS,
    });
  }
  return found as FixtureCase<Attributes>; // the fixtures and their readers are one package
}

/** A tensor that the case must have. */
export function tensorOf({ name, tensors }: FixtureCase<unknown>, tensor: string): Values {
  const values = tensors.get(tensor);
  if (values === undefined) {
    throw new ConformanceError('FIXTURE', {
      where: `fixture ${name}`,
      expected: `a tensor ${tensor}`,
      received: 'none',
      fix: VERSIONS,
    });
  }
  return values;
}

async function readCases(
  fixture: FixtureName,
  fixtures: Context['fixtures'],
): Promise<FixtureCase<unknown>[]> {
  const { tensors, metadata } = decodeSafetensors(await read(fixture, fixtures));
  const { cases } = JSON.parse(metadata.fixture ?? '{"cases":[]}') as {
    cases: { name: string; seed: number; attrs: unknown }[];
  };
  const own = cases.map(() => new Map<string, Values>());
  for (const [key, tensor] of tensors) {
    const dot = key.indexOf('.');
    own[Number(key.slice(0, dot))]?.set(key.slice(dot + 1), valuesOf(fixture, tensor));
  }
  return cases.map((described, i) => ({ ...described, tensors: own[i]! }));
}

/** Pictures are stored as bytes, and are int32 in tfjs. */
function valuesOf(fixture: FixtureName, { shape, data, dtype }: TensorData): Values {
  if (dtype === 'F32' || dtype === 'I32') return { shape, data: data as Float32Array | Int32Array };
  if (dtype === 'U8') return { shape, data: Int32Array.from(data) };
  throw new ConformanceError('FIXTURE', {
    where: `fixture ${fixture}`,
    expected: 'F32, I32 or U8 tensors',
    received: dtype,
    fix: VERSIONS,
  });
}
