import { cpus } from 'node:os';
import { type VerificationEvent, verifyRun } from '@residual/runs';
import { otherBits, type StepEvent } from '@residual/trainer';
import type { BackendOptions } from '../backends.js';
import { CommandError } from '../error.js';
import { Interruption, stoppable } from '../interruption.js';
import { print, printJson, remark, shellQuote, warn } from '../output.js';
import type { RunFolder } from '../run/folder.js';
import type { RunPlan } from '../run/plan.js';
import { planRecorded } from '../run/recordedPlan.js';
import { openRun, type RunSettings } from '../run/settings.js';
import { LiveLine } from '../view/liveLine.js';
import { type Between, different, verifySteps } from './verifyBetween.js';

export interface VerifyOptions extends BackendOptions, Between {
  /** So many of the record, from the first. Default: all, and the model. */
  epochs?: number;
  /** The run's pictures, where they have moved. */
  data?: string;
  pack?: string;
  import?: string[];
  json?: boolean;
}

/** What is the same so far. */
interface Tally {
  epochs: number;
  model?: boolean;
}

/**
 * Computes a recorded run again from its beginning, and compares it with its record, to the bit. Writes nothing.
 *
 * @throws CommandError `RUN_FOLDER` for a run without a record, `DIFFERENT` where something differs.
 */
export async function verify(
  run: string | undefined,
  options: VerifyOptions,
  version: string,
): Promise<void> {
  const { folder, settings: before } = await openRun(run, 'verify');
  requireUnchanged(before, folder);
  const line = process.stderr.isTTY ? new LiveLine(process.stderr) : undefined;
  const interruption = new Interruption(() => {
    line?.clear();
    remark('Stopped.');
  });
  const { signal } = interruption;
  const { epochs: _, from, to, ...rest } = options; // what is compared is none of the run's
  const tally = await stoppable(signal, async () => {
    const plan = await planRecorded(folder, rest, version, { before, isAnew: true, signal });
    try {
      if (from === undefined && to === undefined)
        return await compare(plan, folder, { before, line, signal, ...options });
      sayWhere(plan, folder, before, options.json);
      const onStep = (text: string) => line?.show(text);
      return await verifySteps(plan, folder, { from, to, signal, json: options.json, onStep });
    } finally {
      await plan.weights?.named.close();
    }
  }).finally(() => line?.clear());
  process.exitCode = interruption.exitCode;
  if (tally) sayEqual(tally, folder, options.json);
}

interface Comparing extends VerifyOptions {
  before: RunSettings;
  line: LiveLine | undefined;
  signal: AbortSignal;
}

async function compare(plan: RunPlan, folder: RunFolder, options: Comparing): Promise<Tally> {
  const { before, line, signal, epochs, json } = options;
  const history = await folder.readHistory();
  if (history.length === 0) throw nothingRecorded(folder);
  const { environment: _, ...config } = plan.settings;
  sayWhere(plan, folder, before, json, `${history.length} epochs on `);
  const isWhole = epochs === undefined && (await folder.isComplete());
  const model = isWhole ? await folder.readModel() : undefined;
  const tally: Tally = { epochs: 0 };
  const { data, weights } = plan;
  for await (const event of verifyRun(config, history, { data, weights, signal, epochs, model })) {
    if (event.type === 'step') line?.show(stepText(event, config.training.epochs));
    if (event.type !== 'verification') continue;
    line?.clear();
    if (json) printJson(event);
    take(event, tally, folder, json);
  }
  return tally;
}

/** Where the run was recorded and where it's computed, and in what these differ. @param what it has of a record */
function sayWhere(
  { settings: { environment }, backend, warnings }: RunPlan,
  folder: RunFolder,
  before: RunSettings,
  json = false,
  what = '',
): void {
  const { name, device } = environment.backend;
  const processor = cpus()[0]?.model.trim() ?? process.arch;
  if (json) {
    printJson({
      type: 'start',
      run: folder.path,
      backend: environment.backend,
      processor,
      node: process.version,
    });
  } else {
    print(`recorded ${folder.path}: ${what}${before.environment.backend.device}`);
    print(`here     ${name} on ${device}; ${processor}, Node ${process.versions.node}`);
  }
  const recorded = arithmeticOf(before.environment.backend, Object.keys(backend.arithmetic));
  const record = { name: folder.file('config.json'), backend: before.environment.backend.name };
  for (const message of [...otherBits({ ...record, arithmetic: recorded }), ...warnings]) warn(message);
}

/** @param facts how a backend of this name says it now, for runs that were recorded before it was kept apart */
function arithmeticOf({ arithmetic, details }: RunSettings['environment']['backend'], facts: string[]) {
  return arithmetic ?? Object.fromEntries(Object.entries(details).filter(([key]) => facts.includes(key)));
}

/** @throws CommandError `DIFFERENT` */
function take(event: VerificationEvent, tally: Tally, folder: RunFolder, json: boolean | undefined): void {
  if (event.what === 'model') {
    if (!event.isSame) throw different(folder, 'the model', 'the same bytes', 'other ones');
    tally.model = true;
    if (!json) print('model     the same, to the byte');
    return;
  }
  const [first] = event.differences;
  if (first !== undefined) {
    const { field, expected, received } = first;
    throw different(
      folder,
      `epoch ${event.epoch}, ${field}`,
      `${expected ?? 'none'}`,
      `${received ?? 'none'}`,
    );
  }
  tally.epochs++;
  if (!json) print(`epoch ${String(event.epoch).padEnd(3)} the same, to the bit`);
}

function stepText({ epoch, batch, loss }: StepEvent, epochs: number): string {
  return `epoch ${epoch}/${epochs}  batch ${batch}  loss ${loss.toFixed(4)}`;
}

function sayEqual({ epochs, model = false }: Tally, folder: RunFolder, json: boolean | undefined): void {
  if (json) printJson({ type: 'end', run: folder.path, epochs, model });
  else
    print(
      `\nEqual: ${epochs} ${epochs === 1 ? 'epoch' : 'epochs'}${model ? ' and the model' : ''} of ${folder.path}.`,
    );
}

function requireUnchanged({ environment: { changes = [] } }: RunSettings, folder: RunFolder): void {
  if (changes.length === 0) return;
  throw new CommandError('RUN_FOLDER', {
    where: folder.path,
    expected: 'a run that went on as it began',
    received: `one that changed after step ${changes[0]!.step}: ${changes[0]!.what}`,
    fix: 'Verify one that was not changed.',
  });
}

function nothingRecorded(folder: RunFolder): CommandError {
  return new CommandError('RUN_FOLDER', {
    where: folder.file('history.json'),
    expected: 'at least one epoch',
    received: 'none',
    fix: `Finish one first: residual train --resume ${shellQuote(folder.path)}`,
  });
}
