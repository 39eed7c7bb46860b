import type { Part } from '@residual/data';
import { startBackend } from '../backends.js';
import { ComparisonFolder, type ComparisonPlan } from '../compare/folder.js';
import { compareAll, type JudgedRun, judgeRun } from '../compare/judged.js';
import { membersOf } from '../compare/members.js';
import { prepare, type SharedOptions } from '../compare/prepare.js';
import { type ComparisonResult, printComparison } from '../compare/report.js';
import { CommandError } from '../error.js';
import { formatDuration } from '../format.js';
import { Interruption, stoppable } from '../interruption.js';
import { print, printJson, remark, shellQuote, style, whenOutputCloses } from '../output.js';
import { comparisonSvg } from '../plot/curves.js';
import { drawingIn } from '../plot/png.js';
import { conduct } from '../run/conduct.js';
import { RunFolder } from '../run/folder.js';
import { planResume } from '../run/recordedPlan.js';
import { createView } from '../view/view.js';

export interface CompareOptions extends SharedOptions {
  /** How many runs of each. */
  seeds?: number;
  /** In seconds. */
  checkpointEvery?: number;
  part?: Part;
  out?: string;
  resume?: string;
}

/** For all runs together. */
const MINUTES = 10;

/** Trains what is to be compared and isn't trained yet, judges all of it by the same pictures, and compares it pairwise. */
export async function compare(words: string[], options: CompareOptions, version: string): Promise<void> {
  const { json = false, import: files } = options;
  const interruption = new Interruption(() =>
    remark('Stopping: what is trained so far is saved first. Once more stops at once.'),
  );
  whenOutputCloses((signal) => interruption.request(signal));
  const { signal } = interruption;
  let folder: ComparisonFolder | undefined;
  const result = await stoppable(signal, async () => {
    const opened = await open(words, options, version, signal);
    folder = opened.folder;
    const isTrained = await trainAll(opened, options, version, signal);
    if (!isTrained) return undefined;
    await startBackend(options);
    const judged: JudgedRun[] = [];
    for (const run of opened.plan.runs) {
      const { name } = run;
      judged.push(
        await judgeRun({ name, path: folder.pathOf(run) }, { part: opened.plan.part, import: files, signal }),
      );
    }
    return finish(folder, opened.plan, judged);
  });
  if (result !== undefined) {
    if (json) return printJson({ type: 'comparison', ...result });
    print();
    printComparison(result);
    return print(`\nPlot: ${drawingIn(folder!, 'comparison')}`);
  }
  process.exitCode = interruption.exitCode;
  const again = folder && `Go on with: residual compare --resume ${shellQuote(folder.path)}`;
  remark(again === undefined ? 'Stopped before anything was trained.' : `Stopped. ${again}`);
}

interface Opened {
  folder: ComparisonFolder;
  plan: ComparisonPlan;
}

/** A comparison that goes on, or a new one with all its runs planned. */
async function open(
  words: readonly string[],
  { resume, out, part = 'validation', seeds = 1, ...shared }: CompareOptions,
  version: string,
  signal: AbortSignal,
): Promise<Opened> {
  if (resume !== undefined) {
    if (words.length > 0) throw both(words);
    return ComparisonFolder.open(resume);
  }
  const { members, name, claim } = await membersOf(words);
  const view = createView(shared.json);
  const folder = await ComparisonFolder.create(out, name, new Date());
  try {
    const minutes = shared.minutes ?? (shared.epochs === undefined ? MINUTES : undefined);
    const loading = { onProgress: view.loading, signal };
    const { runs, time } = await prepare(members, folder, { ...shared, minutes, seeds }, version, loading);
    view.close();
    const plan: ComparisonPlan = { version: 1, name, ...(claim !== undefined && { claim }), part, runs };
    await folder.writePlan(plan);
    if (time && !shared.json)
      print(
        `${time.epochs} epochs for each of ${runs.filter(({ isOwn }) => isOwn).length} runs fit into ${minutes} minutes: about ${formatDuration(time.seconds)}, one after the other.`,
      );
    return { folder, plan };
  } catch (error) {
    view.close();
    await folder.discard();
    throw error;
  }
}

/** Trains the comparison's own runs that aren't complete yet. @returns whether all of them are now */
async function trainAll(
  { folder, plan }: Opened,
  { checkpointEvery, json }: CompareOptions,
  version: string,
  signal: AbortSignal,
): Promise<boolean> {
  const own = plan.runs.filter(({ isOwn }) => isOwn);
  for (const [i, run] of own.entries()) {
    const one = await RunFolder.open(folder.pathOf(run), '--resume');
    if (await one.isComplete()) continue;
    const view = createView(json);
    try {
      const loading = { onProgress: view.loading, signal };
      const found = await planResume(one, { json }, version, loading);
      if (found === undefined) continue;
      found.reason = `${found.settings.training.recipe}, compared in ${folder.path}`;
      if (!json) print(`\n${style('bold', `run ${i + 1} of ${own.length}: ${run.folder}`)}`);
      const show: typeof view.show = (event) =>
        json ? printJson({ run: run.folder, ...event }) : view.show(event);
      const { end } = await conduct(found, one, { signal, checkpointEvery, show }).finally(() =>
        found.weights?.named.close(),
      );
      if (end?.reason !== 'completed') return false;
    } finally {
      view.close();
    }
  }
  return true;
}

/** Draws and keeps what the runs come to. */
async function finish(
  folder: ComparisonFolder,
  { name, claim, part }: ComparisonPlan,
  judged: readonly JudgedRun[],
): Promise<ComparisonResult> {
  const runs = judged.map(({ figures }) => figures);
  const result = { name, ...(claim !== undefined && { claim }), part, runs, ...compareAll(judged) };
  const svg = comparisonSvg(
    judged.map(({ figures, history }) => ({ name: figures.name, history })),
    { title: titleOf(name, judged), subtitle: subtitleOf(judged) },
  );
  await folder.writeResult(result, svg);
  return result;
}

function titleOf(name: string, judged: readonly JudgedRun[]): string {
  const data = new Set(judged.map(({ settings }) => settings.task.data.name));
  return `${name} on ${[...data].join(' and ')}`;
}

/** What all runs share. */
function subtitleOf(judged: readonly JudgedRun[]): string {
  const shared = <Value>(what: string, of: (run: JudgedRun) => Value) => {
    const values = new Set(judged.map(of));
    return values.size === 1 && !values.has(null as Value) ? [`${what} ${[...values][0]}`] : [];
  };
  return [
    ...shared('images', ({ settings }) => settings.training.limit),
    ...shared('batch', ({ settings }) => settings.training.batchSize),
    ...shared('learning rate', ({ settings }) => settings.training.optimizer.learningRate),
    ...shared('seed', ({ figures }) => figures.seed),
    ...shared('backend', ({ settings }) => settings.environment.backend.name),
  ].join(' · ');
}

function both(words: readonly string[]): CommandError {
  return new CommandError('USAGE', {
    where: '--resume',
    expected: 'nothing else to compare, as the comparison knows its runs',
    received: words.join(' '),
    fix: 'Leave one of them out.',
  });
}
