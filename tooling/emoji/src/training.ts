import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Outcome } from './comparison.ts';
import { EmojiError } from './error.ts';

export const root = join(import.meta.dirname, '..', '..', '..');
/** What a file's name begins with: the emoji without its skin tone. */
export const GROUP = '([^/_.]+)[^/]*$';
/** The command, as it is typed in this repository. */
const residual = join(root, 'tooling', 'run', 'residual.js');

/** Trains into the folder `run`, goes on with a run that was stopped, or leaves one alone that is complete. */
export async function train(run: string, words: readonly string[]): Promise<void> {
  if (existsSync(join(run, 'model.safetensors'))) return;
  const started = existsSync(join(run, 'config.json'));
  const rest = started ? ['--resume', run] : [...words, '--recipe', 'photos', '--out', run];
  await runProgram(process.execPath, [residual, 'train', ...rest]);
}

/** What the command prints with these words. */
export async function residualSays(words: readonly string[]): Promise<string> {
  return runProgram(process.execPath, [residual, ...words], 'pipe');
}

/** Runs a program, whose words a person sees, or the caller gets. */
export function runProgram(
  program: string,
  words: readonly string[],
  output: 'inherit' | 'pipe' = 'inherit',
): Promise<string> {
  console.log(`$ ${[program, ...words].join(' ')}`);
  const child = spawn(program, words, { stdio: ['inherit', output, 'inherit'] });
  let said = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('close', (code) => {
      if (code === 0) done(said);
      else failed(new EmojiError(program, 'exit code 0', `${code}`, 'See above; begin again to go on.'));
    });
  });
}

/** What a run of ours that is complete came to. */
export async function outcomeOf(run: string, seed: number): Promise<Outcome> {
  const history = JSON.parse(await readFile(join(run, 'history.json'), 'utf8')) as {
    validationAccuracy: number;
  }[];
  const lines = (await readFile(join(run, 'judgements.jsonl'), 'utf8')).trim().split('\n');
  const { count, accuracy } = JSON.parse(lines[0]!) as { count: number; accuracy: number };
  return {
    seed,
    epochs: history.length,
    validation: history.at(-1)!.validationAccuracy,
    test: accuracy,
    count,
  };
}
