import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Judgement } from '@residual/runs';
import type { Tta } from '../sharedOptions.js';
import { JsonLines } from './eventLog.js';
import type { RunFolder } from './folder.js';

const FILE = 'judgements.jsonl';

/** What a run's model came to on its test part, each time that it was judged by it: the more often, the less the figure says. */
export interface TestJudgement extends Judgement {
  /** What judged it. */
  by: 'train' | 'evaluate' | 'compare';
  /** Test-time augmentation; absent for the plain figure. */
  tta?: Tta;
  /** Of the pictures. */
  name: string;
}

/**
 * Appends a judgement of the test part to its run.
 *
 * @returns its number, from 1.
 * @throws CommandError `FILE`
 */
export function addJudgement(folder: RunFolder, judgement: TestJudgement): number {
  const path = folder.file(FILE);
  const lines = new JsonLines(path);
  lines.append({ time: new Date().toISOString(), ...judgement });
  return countLines(path);
}

/** What a run's test part came to at its end; null where it hasn't been judged, or the file is damaged. */
export async function testAccuracy(folder: RunFolder): Promise<number | null> {
  const lines = await readFile(folder.file(FILE), 'utf8').catch(() => '');
  try {
    const [first] = lines.split('\n').filter((line) => line.includes('"by":"train"'));
    return first === undefined ? null : JSON.parse(first).accuracy;
  } catch {
    return null;
  }
}

function countLines(path: string): number {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;
}
