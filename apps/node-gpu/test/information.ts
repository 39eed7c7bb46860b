import { existsSync, readFileSync } from 'node:fs';
import { models } from '@residual/models';
import { familyModels } from '@residual/models/family';
import { describe, expect, it } from 'vitest';
import { residual, residualInShell } from './residual.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const COMMANDS = [
  ...['train', 'find-rate', 'evaluate', 'predict', 'data', 'summary'],
  ...['convert', 'scale-out', 'verify', 'diff', 'weights', 'backends', 'setup'],
];

describe('residual', () => {
  it.each([[], ['--help'], ['help']])('prints its help (%s)', async (...words) => {
    const { code, stdout, stderr } = await residual(words.filter((word) => word !== undefined));
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const command of COMMANDS) expect(stdout).toContain(`\n  ${command} `);
    expect(stdout).toMatch(/Examples:[\s\S]*Exit codes:[\s\S]*130/);
    expect(stdout).not.toContain('\x1b');
  });

  it.each(COMMANDS)('prints the help of %s, with examples and exit codes', async (command) => {
    const { code, stdout } = await residual([command, '--help']);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`Usage: residual ${command}[\\s\\S]*Examples:[\\s\\S]*Exit codes:`));
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120);
  });

  it('prints its version, also to a user who has no home', async () => {
    const homeless = `import os from 'node:os'; import { syncBuiltinESMExports } from 'node:module'; os.homedir = () => {
      if (!process.env.HOME) throw new Error('ENOENT'); return process.env.HOME; }; syncBuiltinESMExports();`;
    const env = {
      HOME: undefined,
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(homeless)}`,
    };
    expect(await residual(['--version'], { env })).toMatchObject({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it.each([
    [['trian'], "error: unknown command 'trian' (Did you mean train?)\n"],
    [
      ['summary', 'vgg16'],
      'error: MODEL: expected a known network, received vgg16. There are d2l-resnet18, resnet20',
    ],
    [['predict'], "error: missing required argument 'files'. The command with --help says what it takes.\n"],
  ])('%j is a usage error in one line', async (words, message) => {
    const { code, stdout, stderr } = await residual(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.startsWith(message)).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

it('ends --json with an event of what went wrong, whatever the command', async () => {
  const { code, stdout, stderr } = await residual(['summary', '--weights', '/no/such/file', '--json']);
  const event = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  const fields = { code: 'FILE', expected: 'a file or folder', received: 'nothing there (ENOENT)' };
  expect(event).toMatchObject({ type: 'error', where: '/no/such/file', fix: 'Check the path.', ...fields });
  expect([code, stderr]).toEqual([1, `error: ${event.message}\n`]);
});

it.skipIf(!existsSync('/dev/full'))('fails where its result could not be written', async () => {
  const { code, stderr } = await residualInShell('', ['weights'], {}, '> /dev/full');
  expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: stdout: expected room to write.*\n$/)]);
});

describe('residual summary', () => {
  it("prints the chapter's six shapes and its number of parameters", async () => {
    const { code, stdout, stderr } = await residual(['summary', 'd2l-resnet18']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('input shape: [1,96,96,1]');
    expect([...stdout.matchAll(/^\S+ {2,}\S+ +(\[[\d,]+\])/gm)].map((match) => match[1])).toEqual([
      '[1,24,24,64]',
      '[1,24,24,64]',
      '[1,12,12,128]',
      '[1,6,6,256]',
      '[1,3,3,512]',
      '[1,10]',
    ]);
    expect(stdout).toMatch(/total +11,178,378 +318,\d{3},\d{3} +\d+\.\d MB\n$/);
  });

  it.each([
    ['resnet18', 11_689_512],
    ['resnet152', 60_192_808],
    ['resnext50_32x4d', 25_028_904],
  ])("counts torchvision's parameters of %s", async (name, parameters) => {
    const { stdout } = await residual(['summary', name, '--json']);
    expect(JSON.parse(stdout)).toMatchObject({ inputShape: [224, 224, 3], numClasses: 1000, parameters });
  });

  it('draws a network for Mermaid', async () => {
    const { code, stdout } = await residual(['summary', 'resnet20', '--mermaid']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^flowchart TD\n/);
    expect(stdout).toContain('  input -->|"1 x 28 x 28 x 1"| layer0');
    expect(stdout).toContain('  layer4 -->|"1 x 10"| output');
  });

  it('lists all networks', async () => {
    const { stdout } = await residual(['summary', '--json']);
    const listed = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).name);
    expect(listed).toEqual([...Object.keys(models), ...Object.keys(familyModels)]);
  });

  it('ends quietly when nobody reads on', async () => {
    const { code, stdout, stderr } = await residualInShell('set -o pipefail', ['summary'], {}, '| head -1');
    expect({ code, lines: stdout.split('\n').length, stderr }).toEqual({ code: 0, lines: 2, stderr: '' });
  });
});

describe('residual backends', () => {
  it('lists what this build has, and what auto takes', async () => {
    const { code, stdout, stderr } = await residual(['backends']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^tensorflow +(usable|not usable) /m);
    expect(stdout).toMatch(/^simd +(usable|not usable) /m);
    expect(stdout).toMatch(/^webgpu +(usable|not usable) /m);
    expect(stdout).toMatch(/^cpu +usable /m);
    expect(stdout).toMatch(/--backend auto takes (tensorflow|webgpu|simd|cpu)\.\n$/);
  });
});
