import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { examples } from '@residual/docs';
import { root } from './workspace.ts';

export interface Program {
  name: string;
  /** What it prints, everywhere. */
  output: string;
}

/** PyTorch 2.15's losses for the same network (CPU, float32). */
const GRADIENTS = 'step 0: loss 1.1714\nstep 1: loss 1.1289\nstep 2: loss 1.0851';

/** Copies what a user might write, and the page that loads it, into the user's folder; the first README's example too. */
export function installPrograms(user: string): Program[] {
  cpSync(join(import.meta.dirname, '..', 'programs'), user, { recursive: true });
  writeFileSync(join(user, 'package.json'), '{ "private": true, "type": "module" }\n');
  const readme = readFileSync(join(root, 'packages', 'models', 'README.md'), 'utf8');
  const example = examples(readme).find(({ language }) => language === 'js');
  if (example?.output === undefined)
    throw new Error('packages/models/README.md: expected an example with its output');
  writeFileSync(join(user, 'readme.js'), example.code);
  return [
    { name: 'gradients', output: GRADIENTS },
    { name: 'readme', output: example.output },
    { name: 'simd', output: GRADIENTS },
  ];
}

/** Throws when a program printed something else. */
export function assertOutput({ name, output }: Program, printed: string): void {
  if (printed.trim() === output.trim()) return;
  throw new Error(`${name}: expected\n${output.trim()}\nreceived\n${printed.trim()}`);
}
