import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unavailable } from '@residual/testing';
import type { TrainEvent } from '@residual/trainer';

const python = process.env.TORCH_PYTHON;
const probeFile = fileURLToPath(new URL('probe.py', import.meta.url));
const sources = fileURLToPath(new URL('../python', import.meta.url));

/** Skips a test, with the reason, where there is no PyTorch; `pnpm test:torchrun` gets one. */
export function needsPytorch(context: { skip(note: string): never }): void {
  if (python !== undefined) return;
  unavailable(context, 'pytorch', 'set TORCH_PYTHON to a Python with torch, or run pnpm test:torchrun');
}

export interface Outcome {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A program that runs. */
export interface Running {
  child: ChildProcess;
  outcome: Promise<Outcome>;
}

/** Starts a run folder's train.py, on as many processes as asked for; 0: by Python alone. */
export function startTraining(folder: string, processes: number, words: readonly string[] = []): Running {
  const script = [join(folder, 'train.py'), folder, ...words];
  if (processes === 0) return start(script);
  const launcher = ['-m', 'torch.distributed.run', '--standalone', '--nproc-per-node', String(processes)];
  return start([...launcher, '--max-restarts', '3', ...script]);
}

/** Starts an agent with one process, of one or two that find each other at a port. */
export function startAgent(folder: string, port: number, words: readonly string[]): Running {
  const meeting = ['--rdzv-backend', 'c10d', '--rdzv-id', 'test', '--rdzv-endpoint', `localhost:${port}`];
  const launcher = [
    '-m',
    'torch.distributed.run',
    '--nnodes',
    '1:2',
    '--nproc-per-node',
    '1',
    '--max-restarts',
    '3',
  ];
  return start([...launcher, ...meeting, join(folder, 'train.py'), folder, ...words]);
}

/** As {@link startTraining}, to its end. @throws where it fails */
export async function train(
  folder: string,
  processes: number,
  words: readonly string[] = [],
): Promise<TrainEvent[]> {
  const { code, stdout, stderr } = await startTraining(folder, processes, words).outcome;
  if (code !== 0) throw new Error(`train.py failed with ${code}:\n${stdout}\n${stderr}`);
  return eventsOf(folder);
}

/** What a run folder's `events.jsonl` tells. */
export function eventsOf(folder: string): TrainEvent[] {
  const lines = readFileSync(join(folder, 'events.jsonl'), 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line));
}

/** The mean loss of each step, by its number from 1, of a run that logs each. */
export function lossesOf(events: readonly TrainEvent[]): Map<number, number> {
  return new Map(
    events.flatMap((event) => (event.type === 'step' ? [[event.step, event.loss] as const] : [])),
  );
}

/** Starts saver.py on a folder of checkpoints, which it fills until it is killed. */
export function startSaving(checkpoints: string): Running {
  return start([fileURLToPath(new URL('saver.py', import.meta.url)), sources, checkpoints]);
}

/** An answer of probe.py. @throws where it fails */
export async function probe(...words: string[]): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await start([probeFile, sources, ...words]).outcome;
  if (code !== 0) throw new Error(`probe.py ${words[0]} failed:\n${stderr}`);
  return JSON.parse(stdout);
}

function start(words: readonly string[]): Running {
  const child = spawn(python!, words, {
    env: {
      ...process.env,
      OMP_NUM_THREADS: '1',
      TORCH_DISABLE_SHARE_RDZV_TCP_STORE: '1',
      PYTHONDONTWRITEBYTECODE: '1',
    },
  });
  const said = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (said.stdout += chunk));
  child.stderr.on('data', (chunk) => (said.stderr += chunk));
  const outcome = new Promise<Outcome>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, ...said }));
  });
  return { child, outcome };
}
