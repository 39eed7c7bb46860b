import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { dispose } from '@residual/blocks';
import { encodeModel, judge, type Run, resumeRun, type StagesEvent, startRun } from '@residual/runs';
import { type EndEvent, type TrainEvent, TrainerError } from '@residual/trainer';
import { holdFolder } from '@residual/trainer/node';
import { startBackend } from '../backends.js';
import { unlessAborted } from '../interruption.js';
import { describeRun } from './describe.js';
import { type LoggedEvent, recordFailure, type TestEvent, testEvent } from './eventLog.js';
import { frozenText } from './fineTuning.js';
import type { RunFolder } from './folder.js';
import { addJudgement } from './judgements.js';
import { drawMistakes } from './logs/mistakes.js';
import type { LogPlace } from './logs/places.js';
import { RunLogs } from './logs/runLogs.js';
import type { RunPlan } from './plan.js';
import { RunRecord } from './record.js';

export interface ConductOptions {
  signal: AbortSignal;
  /** In seconds. Default 60. */
  checkpointEvery?: number;
  /** In epochs. Default: none stays but the last and the best. */
  keepEvery?: number;
  /** Where the device has no memory for the first steps, begin again with half the batch, once. */
  halveBatch?: boolean;
  /** Whether TensorFlow.js may say its own. */
  verbose?: boolean;
  /** Where its logs go, beside the run folder. Default: where they went before. */
  log?: readonly LogPlace[];
  show(event: LoggedEvent): void;
}

const CHECKPOINT_EVERY_SECONDS = 60;
/** A GPU would have to wait for each report; a CPU has nothing to wait for, and its steps are slow. */
const LOG_EVERY = { gpu: 20, cpu: 5 };

/** How a run ended, and what its model came to on the test part. */
export interface Outcome {
  end?: EndEvent;
  /** Where it was trained in two. */
  stages?: StagesEvent;
  test?: TestEvent;
}

/**
 * Follows a run to its end, or to where it is told to stop: writes what belongs into its folder and shows how it goes.
 * Then the test part is judged, once, and the model is written last, so that a folder with a model is complete.
 *
 * @throws TrainerError when the loss isn't finite or a file can't be written; the latest checkpoint stays. Of a run that could not start,
 *   nothing does. `IN_USE` when another process is at work in the folder.
 */
export async function conduct(plan: RunPlan, folder: RunFolder, options: ConductOptions): Promise<Outcome> {
  return holdFolder(folder.path, (requireHeld) => conductAlone(plan, folder, { ...options, requireHeld }));
}

/** `requireHeld` rejects once the folder is another one. */
type HeldOptions = ConductOptions & { requireHeld(): Promise<void> };

async function conductAlone(plan: RunPlan, folder: RunFolder, options: HeldOptions): Promise<Outcome> {
  let hasStarted = plan.isResumed;
  let isRecorded = false;
  const show = (event: LoggedEvent) => {
    hasStarted ||= event.type === 'start';
    isRecorded ||= event.type === 'run';
    options.show(event);
  };
  try {
    return await startAndFollow(plan, folder, { ...options, show });
  } catch (error) {
    if (!hasStarted) await folder.discard();
    else if (isRecorded) recordFailure(folder.events, error);
    throw error;
  }
}

async function startAndFollow(plan: RunPlan, folder: RunFolder, options: HeldOptions): Promise<Outcome> {
  if (!plan.isResumed) await folder.writeConfig(plan.settings);
  await keepSplit(plan, folder);
  collectGarbage();
  const run = await unlessAborted(options.signal, open(plan, folder, options));
  if (run === undefined) return {};
  let hasBegun = plan.isResumed;
  const show = (event: LoggedEvent) => {
    hasBegun ||= event.type === 'step' || event.type === 'checkpoint';
    options.show(event);
  };
  try {
    return await follow(run, plan, folder, { ...options, show });
  } catch (error) {
    // A run that has reported a step, or saved one, keeps its batch: another batch makes another run.
    const { batchSize } = plan.settings.training;
    const isTooLarge = error instanceof TrainerError && error.code === 'OUT_OF_MEMORY';
    if (!options.halveBatch || !isTooLarge || hasBegun || batchSize === 1) throw error;
    return await conductHalf(plan, folder, options, error);
  }
}

/** Into the run's folder: a line for each picture is too much to hold for the whole run. */
async function keepSplit(plan: RunPlan, folder: RunFolder): Promise<void> {
  const { split, ...data } = plan.data;
  if (split !== undefined) await folder.writeSplit(split);
  plan.data = data;
}

/**
 * Gives back what loading has left behind, before training takes memory of its own. By itself V8 keeps as much garbage as there is
 * else: of 100,000 pictures a hundred megabytes, for the whole run.
 */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: (() => void) | undefined = runInNewContext('globalThis.gc'); // none in Bun
  collect?.();
}

async function conductHalf(
  plan: RunPlan,
  folder: RunFolder,
  options: HeldOptions,
  { message }: TrainerError,
): Promise<Outcome> {
  const { training, environment } = plan.settings;
  const half = Math.floor(training.batchSize / 2);
  const { name, options: values } = environment.backend;
  const backend = await startBackend({ ...values, backend: name, verbose: options.verbose });
  const settings = { ...plan.settings, training: { ...training, batchSize: half } };
  const warning =
    `${message} Began again with a batch of ${half}; ` +
    "the learning rate stays, so this is not the recipe's run.";
  plan.warnings.push(warning);
  const again = { ...plan, backend, settings };
  await folder.writeConfig(settings);
  return follow(await open(again, folder, options), again, folder, options);
}

function open(
  { settings, data, backend, weights, isResumed }: RunPlan,
  folder: RunFolder,
  options: ConductOptions,
) {
  const { environment: _, ...config } = settings;
  const { checkpointEvery = CHECKPOINT_EVERY_SECONDS, keepEvery, signal } = options;
  const common = {
    data,
    weights,
    checkpoints: { storage: folder.checkpoints, everySeconds: checkpointEvery, keepEvery },
    logEvery: backend.isGpu ? LOG_EVERY.gpu : LOG_EVERY.cpu,
    device: backend.device,
    recover: backend.recover,
    signal,
  };
  return isResumed ? resumeRun({ ...common, config }) : startRun(config, common);
}

async function follow(
  run: Run,
  plan: RunPlan,
  folder: RunFolder,
  { show, signal, log, requireHeld }: HeldOptions,
): Promise<Outcome> {
  const { settings, backend, weightsSaid, reason, isResumed, time, changes = [], warnings } = plan;
  const { events, model } = run;
  let logs: RunLogs | undefined;
  try {
    // Checkpoints and pictures of another run are refused here, before anything is said or written.
    const first = isResumed ? await events.next() : undefined;
    const noteWarning = (message: string) => void warnings.push(message);
    logs = await RunLogs.open(folder, settings, { places: log, warn: noteWarning });
    const record = new RunRecord(folder, settings, logs, noteWarning);
    const warn = async () => {
      for (const message of warnings.splice(0)) show(await record.add({ type: 'warning', message }));
    };
    if (isResumed) await record.restore();
    const { task, training } = settings;
    const { parts } = run.data;
    const { test: pictures } = parts;
    const { name, device, passedOver } = backend;
    const about = {
      folder: folder.path,
      recipe: reason,
      model: training.model.name,
      isResumed,
      ...(weightsSaid && { weights: [...weightsSaid, ...(run.frozen ? [frozenText(run.frozen)] : [])] }),
      ...describeRun(settings, parts),
      ...(time && { plan: time }),
      ...(changes.length > 0 && { changes }),
    };
    show(await record.add({ type: 'run', ...about, backend: name, device, passedOver }));
    if (isResumed) await goOn(folder, plan, first?.done === false ? first.value : undefined);
    let end: EndEvent | undefined;
    let stages: StagesEvent | undefined;
    for (let next = first ?? (await events.next()); !next.done; next = await events.next()) {
      await warn();
      const { value: event } = next;
      if (event.type === 'epoch') await requireHeld();
      if (event.type === 'stages') stages = event;
      if (event.type === 'end') end = event;
      else show(await record.add(event));
    }
    // The end is told when all is done: it is the last event, and after it the folder is complete.
    const ends = async (end: EndEvent, test?: TestEvent): Promise<Outcome> => {
      warnings.push(...(await logs!.finish(end.reason)).missing);
      logs = undefined;
      await warn();
      show(await record.add(end));
      return { end, stages, test };
    };
    if (end === undefined) return {};
    if (end.reason !== 'completed') return ends(end);
    if (logs.has('tensorboard')) {
      const mistakes = await drawMistakes(model, parts.validation, settings, folder, { signal, warnings });
      if (mistakes !== undefined) show(await record.add(mistakes));
    }
    const judged = pictures && (await unlessAborted(signal, judge(model, pictures, settings, { signal })));
    if (pictures !== undefined && judged === undefined) return ends({ ...end, reason: 'aborted' });
    await folder.writeModel(await encodeModel(model, { task, model: training.model }));
    if (judged !== undefined) addJudgement(folder, { by: 'train', name: pictures!.name, ...judged });
    const test = testEvent(pictures?.name ?? null, judged);
    show(await record.add(test));
    return ends(end, test);
  } catch (error) {
    const time = new Date().toISOString();
    for (const message of (await logs?.finish('failed'))?.missing ?? [])
      show({ time, type: 'warning', message });
    throw error;
  } finally {
    await events.return();
    dispose(model);
  }
}

/** Records with what a run goes on. Its model, if it was complete, is set aside first: a folder that has one is complete. */
async function goOn(
  folder: RunFolder,
  { settings, changes = [] }: RunPlan,
  start: TrainEvent | StagesEvent | undefined,
) {
  const { epoch = 1, step = 0 } = (start?.type === 'start' && start.resumedAt) || {};
  await folder.setModelAside(epoch - 1);
  const { environment } = settings;
  const recorded = [...(environment.changes ?? []), ...changes.map((change) => ({ step, ...change }))];
  await folder.writeConfig({
    ...settings,
    environment: { ...environment, ...(recorded.length > 0 && { changes: recorded }) },
  });
}
