import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { afterEach, expect, it, vi } from 'vitest';

/** The README examples of this package and of the one below, whose imports resolve from here. */
const readmes = ['models', 'blocks'];
const folder = new URL('../.cache/', import.meta.url);

const examples = await Promise.all(
  readmes.map(async (name) => {
    const text = await readFile(new URL(`../../${name}/README.md`, import.meta.url), 'utf8');
    // A block of code, and the block that follows it at once: what it prints.
    const found = text.matchAll(/```js\n(.*?)```(?:\n\n```\n(.*?)```)?/gs);
    return [...found].map(([, code = '', output = ''], i) => ({ name, i, code, output }));
  }),
);

afterEach(() => rm(folder, { recursive: true, force: true }));

it.each(examples.flat())(
  'example $i of the README of $name runs and prints what it says',
  async ({ name, i, code, output }) => {
    const print = vi.spyOn(console, 'log').mockImplementation(() => {});
    await mkdir(folder, { recursive: true });
    const file = new URL(`${name}-${i}.js`, folder);
    await writeFile(file, code);
    await import(/* @vite-ignore */ file.href);
    const printed = print.mock.calls.join('\n');
    print.mockRestore();
    expect(printed.trim()).toBe(output.trim());
  },
);
