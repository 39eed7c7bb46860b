import type { LoadProgress } from '@residual/data';
import type { EpochEvent, StartEvent } from '@residual/trainer';
import { formatCount, formatLoss, formatShare, listed } from '../format.js';
import { printJson, style, warn } from '../output.js';
import { changeText } from '../run/changes.js';
import { partsText, planText, UNEVEN } from '../run/describe.js';
import type { ClassBalance, LoggedEvent, RunEvent } from '../run/eventLog.js';
import { stagesText } from '../run/fineTuning.js';
import { createDisplay, type ProgressDisplay } from './display.js';
import { Tracker } from './tracker.js';

/** Shows a run's events as they come. */
export interface RunView {
  show(event: LoggedEvent): void;
  /** Shows how far the pictures are, before the run begins. */
  readonly loading: (progress: LoadProgress) => void;
  /** Takes away what was only for the moment. */
  close(): void;
}

/** For people, or with `--json` one event a line, for programs. */
export function createView(json = false): RunView {
  return json ? { show: printJson, loading: jsonLoading(), close() {} } : new PeopleView(createDisplay());
}

const LOADING_EVERY_MS = 1000;

/** An event a second, and one at the end of each pass. */
function jsonLoading(): RunView['loading'] {
  const rate = loadingRate();
  let writtenAt = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const perSecond = rate(progress);
    const now = performance.now();
    if (progress.done < progress.total && now - writtenAt < LOADING_EVERY_MS) return;
    writtenAt = now;
    const { what, ...counts } = progress;
    printJson({ time: new Date().toISOString(), type: what, ...counts, perSecond: Math.round(perSecond) });
  };
}

/** Pictures a second since a pass began. */
function loadingRate(): (progress: LoadProgress) => number {
  let pass: LoadProgress['what'] | undefined;
  let begun = 0;
  return ({ what, done }) => {
    if (what !== pass) begun = performance.now();
    pass = what;
    const seconds = (performance.now() - begun) / 1000;
    return seconds > 0 ? done / seconds : 0;
  };
}

const LOADING: Record<LoadProgress['what'], string> = {
  looking: 'looking at pictures',
  packing: 'packing pictures',
};

/** As many as fit in a line. */
const NAMED_OPS = 4;

/** Shows people how a run goes: what runs and why, a bar, a line an epoch. */
class PeopleView implements RunView {
  #tracker: Tracker | undefined;

  constructor(private readonly display: ProgressDisplay) {}

  readonly #rate = loadingRate();

  readonly loading = (progress: LoadProgress): void => {
    const { what, done, total } = progress;
    const rate = formatCount(this.#rate(progress));
    this.display.progress(`${LOADING[what]}  ${formatCount(done)}/${formatCount(total)}  ${rate} a second`);
  };

  show(event: LoggedEvent): void {
    switch (event.type) {
      case 'run':
        for (const line of introduction(event)) this.display.line(line);
        break;
      case 'start':
        this.#tracker = new Tracker(event);
        for (const line of startLines(event)) this.display.line(line);
        break;
      case 'step':
        if (this.#tracker) this.display.status(this.#tracker.step(event));
        break;
      case 'epoch':
        this.#tracker?.epoch(event);
        this.display.line(epochLine(event, this.#tracker?.epochs ?? event.epoch));
        break;
      case 'stages':
        for (const [i, line] of stagesText(event).entries())
          this.display.line(field(i === 0 ? 'stages' : '', line));
        break;
      case 'warning':
        this.display.close();
        warn(event.message);
        break;
    }
  }

  close(): void {
    this.display.close();
  }
}

function introduction({
  recipe,
  backend,
  device,
  passedOver,
  model,
  weights = [],
  folder,
  pictures,
  training,
  classes,
  parts,
  plan,
  changes = [],
}: RunEvent): string[] {
  return [
    field('recipe', recipe),
    field('backend', `${backend} on ${device}`),
    ...passedOver.map(({ name, reason, fix }) => field('', `not ${name}: ${reason} ${fix}`)),
    field('model', model),
    ...weights.map((line, i) => field(i === 0 ? 'weights' : '', line)),
    field('pictures', `${pictures[0]}: ${pictures.slice(1).join(', ')}`),
    field('training', training.length === 0 ? 'on pictures as they are' : training.join(', ')),
    ...classLines(classes),
    field('parts', partsText(parts)),
    ...(plan === undefined ? [] : [field('plan', planText(plan))]),
    ...changes.map((change, i) => field(i === 0 ? 'changed' : '', changeText(change))),
    field('folder', folder),
  ];
}

/** How many classes are named that have no picture. */
const NAMED = 8;

function classLines({ count, most, fewest, untrained = [] }: ClassBalance): string[] {
  const ratio = most.pictures / fewest.pictures;
  const few = `${formatCount(fewest.pictures)} ${fewest.pictures === 1 ? 'picture' : 'pictures'}`;
  const each = `${fewest.className} has ${few} to train on, ${most.className} ${formatCount(most.pictures)}`;
  return [
    field('classes', ratio === 1 ? `${count}, of ${few} each` : `${count}; ${each}`),
    ...(untrained.length === 0 ? [] : [field('', untrainedText(untrained))]),
    ...(ratio < UNEVEN
      ? []
      : [
          field(
            '',
            `${ratio.toFixed(1)} : 1 is uneven: judge by the balanced accuracy; --balance sampler trains on each class equally often`,
          ),
        ]),
  ];
}

/** What a network is never shown it can't learn. */
function untrainedText(classNames: readonly string[]): string {
  return `none to train on of ${listed(classNames, NAMED)}: held out to validate with (--hold-out 0), or beyond --limit`;
}

function startLines(event: StartEvent): string[] {
  const { parameters, maxEpochs, stepsPerEpoch, referenceOps, resumedAt } = event;
  const lines = [
    field('', `${formatCount(parameters)} parameters`),
    field('epochs', `${maxEpochs}, of ${formatCount(stepsPerEpoch)} steps each`),
  ];
  if (resumedAt) lines.push(field('', `resumed in epoch ${resumedAt.epoch} after step ${resumedAt.batch}`));
  if (referenceOps.length > 0) {
    const named = referenceOps.slice(0, NAMED_OPS).join(', ');
    const rest = referenceOps.length > NAMED_OPS ? `, and ${referenceOps.length - NAMED_OPS} more` : '';
    lines.push(field('slow', `this backend has no kernel of its own for ${named}${rest}`));
  }
  return [...lines, ''];
}

function epochLine(event: EpochEvent, epochs: number): string {
  const { epoch, trainLoss, trainAccuracy, validationLoss, validationAccuracy, isBest } = event;
  const words = [
    style('bold', `epoch ${epoch}/${epochs}`),
    `loss ${formatLoss(trainLoss)}`,
    `accuracy ${formatShare(trainAccuracy)}`,
  ];
  if (validationLoss !== undefined) words.push(`validation loss ${formatLoss(validationLoss)}`);
  if (validationAccuracy !== undefined) words.push(`validation accuracy ${formatShare(validationAccuracy)}`);
  if (isBest) words.push(style('green', 'best so far'));
  return words.join('  ');
}

function field(name: string, text: string): string {
  return style('bold', name.padEnd(9)) + text;
}
