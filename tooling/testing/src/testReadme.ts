import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';

/**
 * Defines a test for each example in a package's README: that it runs, and prints what the block after it says.
 * An example without such a block must print nothing.
 *
 * @param packageFolder of the README, with a slash at its end
 * @param importer the folder of the package from which the examples' imports resolve; default: the README's own
 */
export async function testReadme(packageFolder: URL, importer = packageFolder): Promise<void> {
  const text = await readFile(new URL('README.md', packageFolder), 'utf8');
  const examples = [...text.matchAll(/```js\n(.*?)```(?:\n\n```\n(.*?)```)?/gs)];
  const name = basename(fileURLToPath(packageFolder));

  describe(`the README of ${name}`, () => {
    it.each(examples.map(([, code = '', output = ''], i) => ({ i, code, output })))(
      'example $i runs and prints what it says',
      async ({ i, code, output }) => {
        const folder = new URL('.cache/', importer);
        const file = new URL(`${name}-${i}.js`, folder);
        await mkdir(folder, { recursive: true });
        await writeFile(file, code);
        onTestFinished(() => rm(file));
        const print = vi.spyOn(console, 'log').mockImplementation(() => {});
        await import(/* @vite-ignore */ file.href);
        const printed = print.mock.calls.map((values) => values.join(' ')).join('\n');
        print.mockRestore();
        expect(printed.trim()).toBe(output.trim());
      },
    );
  });
}
