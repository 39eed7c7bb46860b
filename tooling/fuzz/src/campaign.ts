import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { bundleParser } from './bundle.ts';
import { Corpus } from './corpus.ts';
import type { Branch } from './instrument.ts';
import type { Problem } from './outcome.ts';
import type { Parser } from './parser.ts';
import { Shared } from './shared.ts';
import type { Assignment, Report } from './worker.ts';

/** An input takes at most so much of the processor's time. */
const MOST_MILLISECONDS = 1000;
/** And so much of anybody's, also on a machine that does other things: it waits for what never comes. */
const MOST_WAIT = 120_000;
const EVERY = 50;
const MOST_MEMORY = 1024;
/** Of a thousand inputs. */
const MOST_GROWTH = 64 * 1024;
const MOST_RESTARTS = 5;

export interface Result {
  readonly parser: string;
  readonly executions: number;
  readonly branches: readonly Branch[];
  readonly missed: readonly Branch[];
  readonly findings: readonly (Problem & { readonly file: string })[];
}

export interface CampaignOptions {
  seconds: number;
  seed: number;
  /** Whether the smallest corpus that reaches the same replaces the one that is committed. */
  commit?: boolean;
  /** Where what is found is kept. Default: beside the corpus that is committed. */
  folder?: string;
}

/**
 * Fuzzes one parser for a time, in a worker that is watched: an input that takes more than a second of the processor's time, ends the worker,
 * leaves memory behind or throws anything but an error of the project's form is a finding, and is kept in a file.
 */
export async function campaign(
  parser: Parser,
  { seconds, seed, commit = false, folder }: CampaignOptions,
): Promise<Result> {
  const { file, branches, words } = await bundleParser(parser);
  const corpus = new Corpus(parser.name, folder);
  const shared = new Shared();
  const findings = new Map<string, Problem & { file: string }>();
  const found = (problem: Problem, bytes: Uint8Array) => {
    if (!findings.has(problem.what))
      findings.set(problem.what, { ...problem, file: corpus.keepFinding(bytes) });
  };
  const end = Date.now() + 1000 * seconds;
  let avoided: Uint8Array[] = [];
  for (let tries = 0; tries <= MOST_RESTARTS; tries++) {
    const assignment: Assignment = {
      memory: shared.memory,
      branches: branches.length,
      words,
      corpus: corpus.read().filter((bytes) => !avoided.some((one) => Buffer.from(one).equals(bytes))),
      seed: seed + tries,
      seconds: Math.max(0, (end - Date.now()) / 1000),
    };
    const worker = new Worker(pathToFileURL(file), {
      workerData: assignment,
      resourceLimits: { maxOldGenerationSizeMb: MOST_MEMORY },
      stderr: true, // Node's word on a worker that never settles, which is told here
    });
    const problem = await watch(worker, shared, (report) => {
      if (report.type === 'kept') corpus.keep(report.bytes);
      else if (report.type === 'problem') found(report.problem, report.bytes);
      else {
        if (report.growth > MOST_GROWTH) {
          const detail = `${report.growth} bytes in 1,000 inputs`;
          found({ what: 'memory grows', detail }, report.corpus[0] ?? new Uint8Array());
        }
        if (commit) corpus.commit(report.corpus);
      }
    });
    if (problem === undefined) break;
    const input = shared.input ?? new Uint8Array();
    avoided = [...avoided, input];
    found(problem, input);
  }
  const missed = branches.filter((_, i) => shared.reached[i] === 0);
  return {
    parser: parser.name,
    executions: shared.executions,
    branches,
    missed,
    findings: [...findings.values()],
  };
}

/** Until a worker is done; how it failed, where it did. */
function watch(worker: Worker, shared: Shared, hear: (report: Report) => void): Promise<Problem | undefined> {
  let isDone = false;
  let isStopped = false;
  let [execution, used, since] = [-1, 0, 0];
  return new Promise((resolve) => {
    const stop = (problem: Problem | undefined) => {
      if (isStopped) return;
      isStopped = true;
      clearInterval(timer);
      void worker.terminate().then(() => resolve(problem));
    };
    const timer = setInterval(() => {
      const { user, system } = process.cpuUsage();
      if (shared.executions !== execution || shared.input === undefined) {
        [execution, used, since] = [shared.executions, user + system, Date.now()];
      } else if (user + system - used > 1000 * MOST_MILLISECONDS) {
        const detail = 'more than a second of processor time for one input';
        stop({ what: 'hangs', detail });
      } else if (Date.now() - since > MOST_WAIT) {
        stop({ what: 'never ends', detail: 'waits for something that does not come' });
      }
    }, EVERY);
    worker.on('message', (report: Report) => {
      hear(report);
      isDone ||= report.type === 'end';
    });
    worker.on('error', (error) => {
      stop({
        what: `ends the worker: ${error instanceof Error ? error.message : error}`,
        detail: String((error as Error).stack),
      });
    });
    worker.on('exit', (code) =>
      stop(
        isDone
          ? undefined
          : { what: 'never settles', detail: `the worker had nothing left to wait for, exit code ${code}` },
      ),
    );
  });
}
