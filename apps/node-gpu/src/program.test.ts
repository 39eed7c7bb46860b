import { readFileSync } from 'node:fs';
import { recipes } from '@residual/recipes';
import { describe, expect, it } from 'vitest';
import {
  backendOptions,
  candidates,
  checkBackend,
  checkValues,
  flagOf,
  givenValues,
  startBackend,
} from './backends.js';
import { createProgram } from './program.js';

const program = createProgram('1.2.3');

describe('the command line', () => {
  it('has these commands', () => {
    expect(program.commands.map((command) => command.name())).toEqual([
      'train',
      'find-rate',
      'evaluate',
      'compare',
      'log',
      'predict',
      'data',
      'summary',
      'figure',
      'convert',
      'scale-out',
      'verify',
      'diff',
      'weights',
      'backends',
      'setup',
    ]);
  });

  it('has every option in the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const options = program.commands.flatMap((command) => command.options.map(({ long }) => long));
    expect(options.length).toBeGreaterThan(25);
    for (const option of options) expect(readme).toContain(`\`${option}`);
  });

  it.each(backendOptions)(
    'takes every value that a backend has for $name, as the backend wants it',
    (option) => {
      const { name, values } = option;
      const tries =
        values.kind === 'oneOf'
          ? values.choices
          : values.kind === 'wholeNumber'
            ? [values.from, values.to]
            : ['some text'];
      for (const value of tries) {
        const train = createProgram('1.2.3').commands.find((command) => command.name() === 'train')!;
        train.action(() => {}).parse([flagOf(name), String(value)], { from: 'user' });
        expect(givenValues(train.opts())).toEqual({ [name]: value });
      }
    },
  );

  it.each(['simd', 'auto'])(
    'gives no processor to those who ask for a GPU: --backend %s',
    async (backend) => {
      const gpu = 'a name that no card has';
      await expect(startBackend({ backend, gpu })).rejects.toThrow(
        `--gpu ${gpu}: expected a backend with this option: webgpu, received simd. Ask for webgpu, or leave the option out.`,
      );
    },
  );

  it("names every recipe in train's help", () => {
    const help = program.commands.find((command) => command.name() === 'train')?.helpInformation() ?? '';
    for (const name of Object.keys(recipes))
      expect(help).toMatch(new RegExp(`--recipe <name>[^-]*\\b${name}\\b`));
  });

  it.each([
    [['train', '--epochs', '0'], '--epochs: expected a whole number of at least 1, received 0.'],
    [['train', '--learning-rate', 'fast'], '--learning-rate: expected a number above 0, received fast.'],
    [['train', '--seed', '4294967296'], '--seed: expected a whole number from 0 to 4294967295'],
    [['train', '--threads', '1025'], '--threads: expected a whole number from 1 to 1024, received 1025.'],
    [['train', '--threads', ''], '--threads: expected a whole number from 1 to 1024, received nothing.'],
    [['train', '--gpu', ''], '--gpu: expected some text, received nothing.'],
    [['train', '--tile-width', '12'], '--tile-width: expected 8 or 16, received 12.'],
    [
      ['train', '--convolution', 'fft'],
      '--convolution: expected auto, direct, winograd3 or winograd4, received fft.',
    ],
    [['train', '--activations', 'float8'], '--activations: expected float32 or float16, received float8.'],
    [['verify', 'a', '--against', 'b'], 'verify: expected one run, received a and --against b.'],
    [['predict', 'a.png', '--top', '0'], '--top: expected a whole number of at least 1, received 0.'],
    [['predict'], "missing required argument 'files'"],
    [['trian'], "unknown command 'trian'"],
    [['train', '--epoch', '3'], "unknown option '--epoch'"],
  ])('refuses %j', async (words, message) => {
    await expect(createProgram('1').parseAsync(words, { from: 'user' })).rejects.toThrow(message);
  });
});

describe('checkBackend', () => {
  it('takes auto and every candidate, and nothing else', () => {
    for (const name of [undefined, 'auto', ...candidates.map((candidate) => candidate.name)])
      checkBackend(name);
    expect(() => checkBackend('cuda')).toThrow(
      '--backend: expected auto, tensorflow, webgpu, simd or cpu, received cuda.',
    );
  });
});

describe('checkValues', () => {
  it('takes what a flag takes, and names the field of anything else', () => {
    checkValues(
      { threads: 2, tileWidth: 8, convolution: 'direct', activations: 'float16', gpu: 'a' },
      'file',
    );
    expect(() => checkValues({ threads: '2' }, 'file')).toThrow(
      'file.threads: expected a whole number from 1 to 1024, received 2.',
    );
    expect(() => checkValues({ thread: 2 }, 'file')).toThrow(/^file\.thread: expected one of threads, /);
  });
});
