import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { examples } from '../src/index.ts';
import { codeFolder, runCode, writeCode } from '../src/runCode.ts';
import { runShell } from '../src/runShell.ts';
import { typeErrors } from '../src/typeErrors.ts';

// Every fenced js, ts or sh block of the documents runs as it stands, and prints what the plain block after it says.
// Marks in the fence make exceptions: `short` trains on a few of the pictures, `sketch` is not run but type-checked.
const root = join(import.meta.dirname, '..', '..', '..');
const documents = globSync(
  ['README.md', 'CONTRIBUTING.md', 'docs/*.md', 'packages/*/README.md', 'apps/*/README.md'],
  {
    cwd: root,
  },
);
const CODE = ['js', 'ts'];
const MARKS = ['short', 'sketch'];

rmSync(codeFolder, { recursive: true, force: true });
const all = documents.flatMap((document) =>
  examples(readFileSync(join(root, document), 'utf8'))
    .filter(({ language }) => [...CODE, 'sh'].includes(language))
    .map((example) => ({
      document,
      example,
      path: CODE.includes(example.language) ? writeCode(document, example) : '',
    })),
);
const runnable = all.filter(({ example }) => !example.marks.includes('sketch'));

test('there are examples, and their marks are known', () => {
  expect(runnable.length).toBeGreaterThan(10);
  expect(all.flatMap(({ example }) => example.marks).filter((mark) => !MARKS.includes(mark))).toEqual([]);
});

test('TypeScript examples have the types they use, sketches too', () => {
  const typed = all.filter(({ example }) => example.language === 'ts');
  const sketches = new Set(typed.filter((one) => !runnable.includes(one)).map(({ path }) => path));
  expect(typed.length).toBeGreaterThan(0);
  expect(
    typeErrors(
      typed.map(({ path }) => path),
      (path) => sketches.has(path),
    ),
  ).toEqual([]);
});

describe.for([...new Set(runnable.map(({ document }) => document))])('%s', (name) => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'residual-docs-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  for (const { document, example, path } of runnable) {
    if (document !== name) continue;
    const title = `${example.language} in line ${example.line} runs${example.output === undefined ? '' : ' and prints what it says'}`;
    test(title, { timeout: 300_000 }, async () => {
      await (example.language === 'sh' ? runShell(example.code, folder) : runCode(path, example));
    });
  }
});
