import * as v from 'valibot';
import type { DataProblem } from './error.js';
import type { Json } from './json.js';
import { validate } from './validate.js';

/**
 * Something that a program defines and a file names: a step, a source. Its name and version say which, the other
 * fields are its parameters, in plain JSON. What comes with these packages has no version.
 */
export type Piece = {
  readonly name: string;
  readonly version?: number;
  readonly [parameter: string]: Json | undefined;
};

const jsonSchema: v.GenericSchema<unknown, Json> = v.lazy(() =>
  v.union([
    v.null(),
    v.boolean(),
    v.pipe(v.number(), v.finite()),
    v.string(),
    v.array(jsonSchema),
    v.record(v.string(), v.optional(jsonSchema)),
  ]),
);

/** Of a piece as a file holds it: its parameters are checked by the piece itself. */
export const pieceSchema = v.objectWithRest(
  {
    name: v.pipe(v.string(), v.nonEmpty()),
    version: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  },
  v.optional(jsonSchema),
) as v.GenericSchema<unknown, Piece>;

/** What a definition says of itself. `parameters` is left out by a piece that has none. */
export interface PieceDefinition<Parameters, Given = Parameters> {
  readonly name: string;
  /** From 1; another version is another piece. Left out by what comes with these packages. */
  readonly version?: number;
  /** A valibot schema of the parameters: what may be given, and what comes of it. */
  readonly parameters?: v.GenericSchema<Given, Parameters>;
}

/** Makes a row of a piece. Parameters are left out where there are none, or none that must be given. */
export type RowMaker<Given> =
  Partial<Given> extends Given ? (parameters?: Given) => Piece : (parameters: Given) => Piece;

/** The definitions of one kind, by name and version: a module registers when it is imported. */
export class Pieces<Definition extends PieceDefinition<unknown>> {
  readonly #definitions = new Map<string, Definition>();
  readonly #kind: string;
  readonly #fail: (code: 'ARGUMENT' | 'NOT_REGISTERED', problem: DataProblem) => Error;

  /** @param kind What a message calls them, such as `step`; its function to define one is `define` + Kind. */
  constructor(kind: string, fail: (code: 'ARGUMENT' | 'NOT_REGISTERED', problem: DataProblem) => Error) {
    this.#kind = kind;
    this.#fail = fail;
  }

  /** Registers a definition, once for each name and version. */
  add(definition: Definition): void {
    const { name, version } = definition;
    const key = keyOf(name, version);
    if (typeof name === 'string' && name !== '' && !this.#definitions.has(key)) {
      this.#definitions.set(key, definition);
      return;
    }
    throw this.#fail('ARGUMENT', {
      where: `${this.#kind} ${key}`,
      expected: `a name and version that no other ${this.#kind} has`,
      received: `${JSON.stringify(name)}${name ? ', which is defined already' : ''}`,
      fix: 'Choose another name, or raise the version of one that has changed.',
    });
  }

  /** @param where The file or argument that names the piece, for the error. */
  find({ name, version }: Pick<Piece, 'name' | 'version'>, where: string): Definition {
    const found = this.#definitions.get(keyOf(name, version));
    if (found) return found;
    throw this.#fail('NOT_REGISTERED', {
      where,
      expected: `one of the ${this.#kind}s that this program knows (${[...this.#definitions.keys()].join(', ')})`,
      received: keyOf(name, version),
      fix: `Import the module that defines it with define${this.#kind[0]!.toUpperCase()}${this.#kind.slice(1)}.`,
    });
  }

  /** Every definition, in the order of their registration. */
  all(): Definition[] {
    return [...this.#definitions.values()];
  }

  /** A row of the piece, with its parameters checked. */
  row(definition: PieceDefinition<unknown>, parameters: unknown = {}): Piece {
    const { name, version } = definition;
    const checked = this.#check(definition, parameters, keyOf(name, version));
    return { name, ...(version === undefined ? {} : { version }), ...(checked as Record<string, Json>) };
  }

  /** A row's parameters, checked, with defaults filled in. */
  parametersOf<Parameters>(
    definition: PieceDefinition<Parameters>,
    { name: _name, version: _version, ...parameters }: Piece,
    where: string,
  ): Parameters {
    return this.#check(definition, parameters, where);
  }

  #check<Parameters>(
    definition: PieceDefinition<Parameters>,
    parameters: unknown,
    where: string,
  ): Parameters {
    const schema = definition.parameters ?? (none as v.GenericSchema<unknown, unknown>);
    return validate(schema as v.GenericSchema<unknown, Parameters>, parameters, where, {
      fail: (problem) => this.#fail('ARGUMENT', problem),
    });
  }
}

const none = v.strictObject({});

function keyOf(name: string, version: number | undefined): string {
  return version === undefined ? name : `${name} version ${version}`;
}
