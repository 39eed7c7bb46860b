import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { compare, type Outcome, type Side, table } from './comparison.ts';
import { GROUP, outcomeOf, root, runProgram, train } from './training.ts';

const HELP = `Usage: node tooling/emoji/src/record.ts FOLDER --python PYTHON [options] [-- OPTIONS OF TRAIN]

Trains the recipe photos on the emoji of FOLDER, and in PyTorch the same network on the same split with the same steps,
schedule and balance, for each seed, and writes the table of both. What is in --work already is not done again, and a
run of ours that was stopped goes on.

  --python <file>  with torch and torchvision; left out, only ours is trained, and no table is written
  --seeds <list>   default: 0,1,2
  --work <dir>     where runs are kept; default: runs/emoji
  --out <dir>      where README.md and record.json are written; default: docs/runs/emoji
  --epochs <n>, --limit <n>   for a try`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    python: { type: 'string' },
    seeds: { type: 'string', default: '0,1,2' },
    work: { type: 'string', default: join(root, 'runs', 'emoji') },
    out: { type: 'string', default: join(root, 'docs', 'runs', 'emoji') },
    epochs: { type: 'string' },
    limit: { type: 'string' },
  },
});
const [folder, ...ofTrain] = positionals;
if (values.help || folder === undefined) console.log(HELP);
else await record(resolve(folder));

async function record(pictures: string): Promise<void> {
  const seeds = values.seeds.split(',').map(Number);
  const short = ['epochs', 'limit'].flatMap((name) => {
    const value = values[name as 'epochs' | 'limit'];
    return value === undefined ? [] : [`--${name}`, value];
  });
  await mkdir(values.work, { recursive: true });
  for (const seed of seeds) {
    const run = join(values.work, `residual-${seed}`);
    await train(run, [pictures, '--group', GROUP, '--seed', `${seed}`, ...short, ...ofTrain]);
    if (values.python === undefined) continue;
    const twin = join(values.work, `pytorch-${seed}.json`);
    if (existsSync(twin)) continue;
    const program = join(import.meta.dirname, '..', 'pytorch.py');
    const words = [program, run, '--data', pictures, '--seed', `${seed}`, '--out', twin, ...short];
    await runProgram(values.python, words);
  }
  if (values.python === undefined) return;
  const sides = await Promise.all([
    Promise.all(seeds.map((seed) => outcomeOf(join(values.work, `residual-${seed}`), seed))),
    Promise.all(seeds.map((seed) => theirs(seed))),
  ]);
  await write(sides[0], sides[1]);
}

async function theirs(seed: number): Promise<Outcome & { versions: Record<string, string> }> {
  const { history, test, versions } = JSON.parse(
    await readFile(join(values.work, `pytorch-${seed}.json`), 'utf8'),
  ) as {
    history: { validation: { accuracy: number } }[];
    test: { accuracy: number; count: number };
    versions: Record<string, string>;
  };
  const validation = history.at(-1)!.validation.accuracy;
  return { seed, epochs: history.length, validation, test: test.accuracy, count: test.count, versions };
}

async function write(
  residual: Outcome[],
  pytorch: (Outcome & { versions: Record<string, string> })[],
): Promise<void> {
  const config = JSON.parse(
    await readFile(join(values.work, `residual-${residual[0]!.seed}`, 'config.json'), 'utf8'),
  );
  const { versions } = pytorch[0]!;
  const { task, training, environment } = config;
  const sides: Record<'residual' | 'pytorch', Side> = {
    residual: { name: 'Residual', outcomes: residual },
    pytorch: {
      name: `PyTorch ${versions.torch}`,
      outcomes: pytorch.map(({ versions: _, ...outcome }) => outcome),
    },
  };
  const comparison = compare(sides.residual, sides.pytorch);
  const machine = `${cpus()[0]!.model}, Node ${process.versions.node}`;
  const facts = {
    machine,
    backend: environment.backend,
    versions,
    group: GROUP,
    task,
    training,
    ...sides,
    comparison,
  };
  await mkdir(values.out, { recursive: true });
  await writeFile(join(values.out, 'record.json'), `${JSON.stringify(facts, null, 2)}\n`);
  const readme = [
    '# The recipe photos beside PyTorch',
    '',
    `Emoji of 64x64 pixels in nine classes, 26 to one (\`node tooling/emoji FOLDER\`): ${training.model.name}, ${training.epochs} epochs, batches of ` +
      `${training.batchSize}, for each seed, on one split by groups and likeness (80/10/10), whose test part is judged once, at the end, with averaged weights. ` +
      "PyTorch trains the same network with the same optimizer, schedule, smoothing, averages, steps and split (`tooling/emoji/pytorch.py`), from draws of its own: torchvision's " +
      'steps on PIL pictures.',
    '',
    table(comparison, sides.residual, sides.pytorch),
    '',
    `\`node tooling/emoji/src/record.ts FOLDER --python PYTHON\`, ${machine}; backend ${environment.backend.name}. All figures and the configuration: [\`record.json\`](record.json).`,
    '',
    'The pictures are Twemoji, Copyright 2020 Twitter, Inc and other contributors, since then X Corp and the contributors of https://github.com/jdecked/twemoji, CC-BY 4.0',
    "(https://creativecommons.org/licenses/by/4.0/), of npm's `emoji-datasource-twitter` 16.0.0 (https://github.com/iamcal/emoji-data, MIT licence).",
    '',
  ];
  await writeFile(join(values.out, 'README.md'), readme.join('\n'));
  console.log(table(comparison, sides.residual, sides.pytorch));
}
