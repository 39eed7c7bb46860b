import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { LoggedEvent } from '../src/run/eventLog.js';
import { buildCommand, type Outcome, type Running, residual, start, temporaryFolder } from './residual.js';

/**
 * 2 epochs of 6 steps, on real pictures: a second or two, with a checkpoint after nearly every step. One thread: two
 * that wait for each other crawl where the machine is busy.
 */
export const TINY = [
  ...['--recipe', 'quick', '--model', 'resnet20', '--limit', '96', '--epochs', '2', '--batch-size', '16'],
  ...['--backend', 'simd', '--threads', '1', '--checkpoint-every', '0.001'],
];

/** Where all tests put their runs; removed when the file is through. */
export const folder = temporaryFolder();
/** The run that is never stopped, to which others are compared. */
export const whole = join(folder.path, 'runs', 'whole');

let wholeOutcome: Promise<Outcome> | undefined;
/** Trains {@link whole}, once. */
export function trainWhole(): Promise<Outcome> {
  wholeOutcome ??= residual(['train', ...TINY, '--out', whole]);
  return wholeOutcome;
}

/** Builds the command and trains {@link whole} for a file of tests, and removes all runs after them. */
export function useCommand(): void {
  // Two seconds on an idle machine, a minute on one that does something else too.
  vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });
  beforeAll(async () => {
    await buildCommand();
    expect(await trainWhole()).toMatchObject({ code: 0 });
  });
  afterAll(folder.remove);
}

/** [blocks, channels] of each stage. */
type Stages = [number, number][];

/**
 * The options of a residual network that is, unless more is asked for, so small that an epoch of 430 steps takes seconds, and that WebGPU on
 * a processor has few shaders to compile.
 */
export function smallNetwork({
  stem = 'imageNetStem(8, { bias: false })',
  stages = [[1, 8], [1, 16]] as Stages, // biome-ignore format: an architecture
} = {}): string[] {
  const file = join(folder.path, 'small.js');
  const code = `
import { basicBlock, cifarStem, defineModel, imageNetStem, ResNet } from '@residual/models';

defineModel({
  name: 'small',
  version: 1,
  summary: 'ResNet of two blocks',
  inputShape: [28, 28, 1],
  numClasses: 10,
  create: ({ numClasses = 10 } = {}) =>
    new ResNet({
      stem: ${stem},
      architecture: ${JSON.stringify(stages)},
      block: basicBlock(),
      numClasses,
    }),
});
`;
  writeFileSync(file, code);
  return ['--import', file, '--model', 'small'];
}

/** The files that hold a run's result: equal runs have equal ones, byte for byte. */
export function resultOf(folder: string): { history: string; model: Buffer } {
  return {
    history: readFileSync(join(folder, 'history.json'), 'utf8'),
    model: readFileSync(join(folder, 'model.safetensors')),
  };
}

export function checkpointsIn(folder: string): string[] {
  return readdirSync(join(folder, 'checkpoint')).sort();
}

/** The events of `--json`: throws unless each line is one. */
export function eventsOf(lines: string): LoggedEvent[] {
  return lines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
}

/** Runs `residual train --json` and does something when it has printed so many events of a type. */
export async function interruptAfter(
  words: readonly string[],
  { type, count }: { type: LoggedEvent['type']; count: number },
  interrupt: (running: Running) => void,
  node?: string,
): Promise<Outcome> {
  const running = start(['train', '--json', ...words], {}, node);
  let seen = 0;
  running.child.stdout?.on('data', (text: string) => {
    const before = seen;
    seen += text.split(`"type":"${type}"`).length - 1;
    if (before < count && seen >= count) interrupt(running);
  });
  return running.outcome;
}

/** Goes on with a run until it is over. */
export async function resume(folder: string): Promise<Outcome> {
  return residual(['train', '--resume', folder]);
}
