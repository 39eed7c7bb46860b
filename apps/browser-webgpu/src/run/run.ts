import { batch, computed, signal } from '@preact/signals';
import type { History, StartEvent, StepEvent } from '@residual/trainer';
import { type Point, ThinnedSeries } from '../chart/thinnedSeries.js';
import { dismiss, notify } from '../notices/notices.js';
import { listener, session } from '../session/connect.js';
import { messageOf } from '../session/errors.js';
import type { BackendLine, OwnPictures, SavedRun, SessionEvent } from '../session/session.js';
import { settings } from '../settings/settings.js';

export type RunStatus = 'idle' | 'starting' | 'running' | 'pausing' | 'paused' | 'stopping' | 'ended';

/** Milliseconds between two updates of the page, however fast the steps are. */
const REFRESH = 150;

const TWO_TABS =
  'Another tab of this page has a run open, and this browser keeps one run only: they would overwrite each other. ' +
  'Stop the run there or close that tab, then try again here. Nothing is lost.';

// The run as the page sees it.
export const status = signal<RunStatus>('idle');
export const backend = signal<BackendLine | null>(null);
/** Sizes of the run. */
export const plan = signal<StartEvent | null>(null);
export const lastStep = signal<StepEvent | null>(null);
export const trainLoss = signal<Point[]>([]);
export const epochHistory = signal<History>([]);
export const memory = signal<{ bytes: number; tensors: number } | null>(null);
/** What there is in the user's own files; null before they are chosen. */
export const ownPictures = signal<OwnPictures | null>(null);
/** The run that is kept in the browser. */
export const saved = signal<SavedRun | null>(null);
/** Counts up whenever the model in hand has become another, or has learnt something. */
export const modelVersion = signal(0);

export const isBusy = computed(() => !['idle', 'ended', 'paused'].includes(status.value));
/** Whether there is a run that could go on. */
export const isOpen = computed(() => isBusy.value || status.value === 'paused');

/** Seconds until the end, validation aside; undefined before the first steps. */
export const secondsLeft = computed(() => {
  const step = lastStep.value;
  if (plan.value === null || step === null || status.value === 'ended') return undefined;
  const left = (plan.value.totalSteps - step.step) * settings.value.batchSize;
  return left / step.imagesPerSecond;
});

let series = new ThinnedSeries();
let latest: StepEvent | undefined;
let refresh: ReturnType<typeof setTimeout> | undefined;

export async function start(): Promise<void> {
  reset([]);
  await follow(() => session.start(settings.value, listener(onEvent)));
}

/** Goes on with the run that is kept in the browser, as another tab may have left it meanwhile. */
export async function resume(): Promise<void> {
  status.value = 'starting';
  await follow(async () => {
    await findSaved();
    const run = saved.value;
    if (run !== null) settings.value = run.settings;
    reset(run?.history ?? []);
    await session.resume(listener(onEvent));
  });
}

export async function pause(): Promise<void> {
  status.value = 'pausing';
  await session.pause();
}

export async function unpause(): Promise<void> {
  status.value = 'starting';
  await session.continue();
}

export async function stop(): Promise<void> {
  status.value = 'stopping';
  await session.stop();
}

/** Takes the four files of the user's own data set. */
export async function takeFiles(files: readonly File[]): Promise<void> {
  if (isOpen.value) return; // it trains on those that there are
  dismiss('data');
  try {
    ownPictures.value = await session.takeFiles(files);
    modelVersion.value++; // there may be other pictures to judge it by
  } catch (error) {
    const title = 'These files are no data set';
    notify({ name: 'data', tone: 'error', title, text: messageOf(error) });
  }
}

/** What is kept, and what would compute: known before anything is started. */
export async function lookAround(): Promise<void> {
  try {
    // The backend first: what is asked afterwards is answered by it.
    const line = session.backend(settings.value);
    await findSaved();
    backend.value = await line;
  } catch (error) {
    notify({ name: 'backend', tone: 'error', title: 'Nothing can compute here', text: messageOf(error) });
  }
}

function reset(history: History): void {
  series = new ThinnedSeries();
  for (const { epoch, trainLoss: loss } of history) series.add({ x: epoch - 0.5, y: loss });
  batch(() => {
    status.value = 'starting';
    plan.value = null;
    lastStep.value = null;
    trainLoss.value = series.points;
    epochHistory.value = history;
  });
  for (const name of ['failure', 'data', 'recovered', 'not-saved', 'backend']) dismiss(name);
}

async function findSaved(): Promise<void> {
  dismiss('saved');
  try {
    saved.value = await session.savedRun();
  } catch (error) {
    saved.value = null;
    const title = 'The run that this browser keeps can’t be resumed';
    notify({ name: 'saved', tone: 'warning', title, text: messageOf(error) });
  }
}

async function follow(run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    fail({ code: 'UNEXPECTED', message: messageOf(error) });
  }
}

function fail({ code, message }: { code: string; message: string }): void {
  const hasBegun = plan.value !== null;
  const title = hasBegun ? 'The run has ended' : 'The run could not start';
  const text = code === 'IN_USE' ? TWO_TABS : message;
  notify({ name: 'failure', tone: 'error', title, text });
  status.value = hasBegun ? 'ended' : 'idle';
  void findSaved();
}

function onEvent(event: SessionEvent): void {
  switch (event.type) {
    case 'backend':
      backend.value = event.backend;
      break;
    case 'ownPictures':
      ownPictures.value = event.pictures;
      break;
    case 'start':
      plan.value = event;
      if (status.value === 'starting') status.value = 'running';
      modelVersion.value++;
      break;
    case 'step':
      addStep(event);
      break;
    case 'epoch':
      showLatest();
      modelVersion.value++;
      break;
    case 'history':
      epochHistory.value = event.history;
      break;
    case 'memory':
      memory.value = { bytes: event.bytes, tensors: event.tensors };
      break;
    case 'saved':
      saved.value = event.savedRun;
      dismiss('not-saved');
      dismiss('saved');
      break;
    case 'notSaved':
      notify({
        name: 'not-saved',
        tone: 'warning',
        title: 'The run could not be saved',
        text: event.message,
      });
      break;
    case 'warning':
      notify({ name: 'recovered', tone: 'warning', title: 'The run goes on', text: event.message });
      break;
    case 'paused':
      showLatest();
      status.value = 'paused';
      break;
    case 'end':
      showLatest();
      status.value = 'ended';
      modelVersion.value++;
      break;
    case 'failure':
      fail(event);
      break;
    case 'checkpoint':
      break; // 'saved' follows
  }
}

function addStep(event: StepEvent): void {
  const perEpoch = plan.peek()?.stepsPerEpoch ?? event.step;
  series.add({ x: event.step / perEpoch, y: event.loss });
  latest = event;
  refresh ??= setTimeout(showLatest, REFRESH);
}

/** Shows the steps that have come in since the last time. */
function showLatest(): void {
  clearTimeout(refresh);
  refresh = undefined;
  if (latest === undefined) return;
  const step = latest;
  latest = undefined;
  batch(() => {
    lastStep.value = step;
    trainLoss.value = series.points;
  });
}
