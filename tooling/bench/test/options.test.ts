import { describe, expect, it } from 'vitest';
import { help } from '../src/help.ts';
import { type Choices, OptionError, parseOptions } from '../src/options.ts';
import { peerRows } from '../src/peerRows.ts';
import { works } from '../src/work.ts';

const engine = { ...peerRows[0]!, name: 'simd in an engine' };
const choices: Choices = { works, peers: peerRows, engines: { node20: [engine] } };
const parse = (...args: string[]) => parseOptions(args, choices);
const names = (rows: { name: string }[]) => rows.map(({ name }) => name);

describe('parseOptions', () => {
  it('measures everything by default, on all cores', () => {
    const { works: chosen, peers, settings, output } = parse();
    expect(chosen).toEqual(works);
    expect(peers).toEqual(peerRows);
    expect(settings.threads).toBeGreaterThanOrEqual(1);
    expect(settings.rounds).toBeUndefined();
    expect(output).toBe('text');
  });

  it('narrows works by model and name, and peers by name', () => {
    expect(names(parse('--model', 'd2l-resnet18', '--work', 'inference').works)).toEqual([
      'd2l-resnet18-inference-1',
      'd2l-resnet18-inference-128',
    ]);
    expect(names(parse('--only', 'PYTORCH channels').peers)).toEqual([
      'PyTorch channels_last',
      'PyTorch channels_last + tcmalloc',
    ]);
  });

  it('takes several parts of names, separated by commas', () => {
    expect(names(parse('--only', 'wasm, BATCH FREE').peers)).toEqual(['simd batch free', 'tfjs wasm']);
  });

  it('reads the numbers and paths', () => {
    const { settings } = parse('--threads', '3', '--rounds', '7', '--steps', '2', '--python', 'python3');
    expect(settings).toMatchObject({ threads: 3, rounds: 7, steps: 2, python: 'python3' });
  });

  it('takes the names of files', () => {
    expect(parse('--bundle', 'a.tar.xz')).toMatchObject({ bundle: 'a.tar.xz', from: undefined });
    expect(parse('--from', 'a.json', '--markdown', 'b.json')).toMatchObject({ from: ['a.json', 'b.json'] });
    expect(parse('--from', 'a.json').bundle).toBeUndefined();
  });

  it('adds engines only on request', () => {
    expect(parse('--engines', 'node20').peers).toEqual([...peerRows, engine]);
  });

  it.each([
    [
      ['--model', 'vgg'],
      '--model: expected one of d2l-resnet18, resnet20, resnet50, resnet18, received vgg.',
    ],
    [['--threads', '0'], '--threads: expected a positive integer, received 0.'],
    [['--rounds', 'many'], '--rounds: expected a positive integer, received many.'],
    [['--steps', '1.5'], '--steps: expected a positive integer, received 1.5.'],
    [['--engines', 'node20,toString'], 'expected names from node20, separated by commas, received toString.'],
    [
      ['--only', 'jax'],
      '--only: expected part of one of these names: simd, simd batch free, simd predictor, PyTorch',
    ],
    [
      ['--model', 'resnet50', '--work', 'inference'],
      'names: resnet50-training, variants-simd, variants-webgpu; received inference.',
    ],
    [['--json', '--markdown'], 'expected one of them, received both.'],
    [['--color'], "Unknown option '--color'"],
    [['fast'], "Unexpected argument 'fast'"],
  ])('refuses %j', (args, message) => {
    expect(() => parse(...args)).toThrow(OptionError);
    expect(() => parse(...args)).toThrow(message);
  });
});

describe('help', () => {
  it('names every work, peer and engine', () => {
    const text = help(choices);
    for (const name of [...names(works), ...names(peerRows), 'node20']) expect(text).toContain(name);
  });
});
