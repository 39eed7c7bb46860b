import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { type Part, validate } from '@residual/data';
import * as v from 'valibot';
import { CommandError, type CommandProblem } from '../error.js';
import { warn } from '../output.js';
import { keepDrawing } from '../plot/png.js';
import { createRunFolder, RunFolder } from '../run/folder.js';

const FILE = 'comparison.json';

/** What a comparison's folder holds as `comparison.json`: enough to go on with it. */
export interface ComparisonPlan {
  version: 1;
  name: string;
  claim?: string;
  /** By which pictures the runs are judged. */
  part: Part;
  /** In the order in which they are trained and told. */
  runs: ComparedFolder[];
}

/** A run of a comparison. */
export interface ComparedFolder {
  /** Of the member: runs that differ by their seed alone share it. */
  name: string;
  /** Relative to the comparison's folder. */
  folder: string;
  /** Whether it is of this comparison, which trains it; others are only judged. */
  isOwn: boolean;
}

const schema = v.strictObject({
  version: v.literal(1),
  name: v.string(),
  claim: v.optional(v.string()),
  part: v.picklist(['train', 'validation', 'test']),
  runs: v.pipe(
    v.array(v.strictObject({ name: v.string(), folder: v.string(), isOwn: v.boolean() })),
    v.minLength(2),
  ),
});

/** Where a comparison is kept: its plan, its own runs, and what it came to. */
export class ComparisonFolder {
  readonly path: string;

  /** @param folder as it was made */
  constructor(private readonly folder: RunFolder) {
    this.path = folder.path;
  }

  /**
   * Makes the folder of a new comparison: the one asked for, or `runs/<time>-<name>`.
   *
   * @throws CommandError `RUN_FOLDER` when the one asked for is in use.
   */
  static async create(path: string | undefined, name: string, now: Date): Promise<ComparisonFolder> {
    return new ComparisonFolder(await createRunFolder(path, name, now));
  }

  /**
   * The folder of a comparison that exists, with its plan.
   *
   * @throws CommandError `RUN_FOLDER` where there is no comparison, or its file is damaged.
   */
  static async open(path: string): Promise<{ folder: ComparisonFolder; plan: ComparisonPlan }> {
    const folder = new ComparisonFolder(new RunFolder(path));
    return { folder, plan: await folder.#readPlan() };
  }

  file(name: string): string {
    return this.folder.file(name);
  }

  /** Removes what was made of a comparison that could not begin. */
  discard(): Promise<void> {
    return this.folder.discard();
  }

  /** A run's folder as the command line would name it. */
  pathOf({ folder }: ComparedFolder): string {
    return join(this.path, folder);
  }

  /** A folder as the plan names it. */
  relative(folder: string): string {
    return relative(resolve(this.path), resolve(folder));
  }

  writePlan(plan: ComparisonPlan): Promise<void> {
    return this.folder.writeJson(FILE, plan);
  }

  /** Keeps what the runs came to, beside its plot. */
  async writeResult(result: object, svg: string): Promise<void> {
    await keepDrawing(this.folder.files, 'comparison', svg, warn);
    await this.folder.writeJson('result.json', result);
  }

  async #readPlan(): Promise<ComparisonPlan> {
    const where = this.file(FILE);
    const wrong = (problem: CommandProblem, cause?: unknown) =>
      new CommandError('RUN_FOLDER', problem, { cause });
    const fix = 'Give a folder that `residual compare` made.';
    let value: unknown;
    try {
      value = JSON.parse(await readFile(where, 'utf8'));
    } catch (cause) {
      const received = cause instanceof Error && 'code' in cause ? 'none' : 'something else';
      throw wrong({ where, expected: 'the plan of a comparison, as JSON', received, fix }, cause);
    }
    return validate(schema, value, where, { fix, fail: wrong });
  }
}
