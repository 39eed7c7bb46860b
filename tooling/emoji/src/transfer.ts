import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Side } from './comparison.ts';
import { copyHalf, countCategories, halvesOf, leaks } from './halves.ts';
import { GROUP, outcomeOf, residualSays, root, train } from './training.ts';
import { type TransferFacts, transferPage } from './transferPage.ts';

/** What both halves are seen as, and by which network. */
const NETWORK = ['--model', 'resnet20', '--size', '64'];
/** Of 100 pictures of the others, few to learn from, and many to judge by. */
const SHARES = '20/20/60';

const HELP = `Usage: node tooling/emoji/src/transfer.ts FOLDER [options]

Trains a small trunk on some categories of the emoji of FOLDER, and fine-tunes it on few pictures of the others, beside
the same from nothing, for each seed; writes the table of all. What is in --work already is not done again, and a run
that was stopped goes on.

  --seeds <list>   default: 0,1,2
  --work <dir>     where halves and runs are kept; default: runs/emoji-trunk
  --out <dir>      where README.md and record.json are written; default: docs/runs/emoji-trunk
  --threads <n>    default: one for each core
  --epochs <n>     of each run, for a try`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    help: { type: 'boolean' },
    seeds: { type: 'string', default: '0,1,2' },
    work: { type: 'string', default: join(root, 'runs', 'emoji-trunk') },
    out: { type: 'string', default: join(root, 'docs', 'runs', 'emoji-trunk') },
    threads: { type: 'string' },
    epochs: { type: 'string' },
  },
});
const [folder, ...more] = positionals;
if (values.help || folder === undefined || more.length > 0) console.log(HELP);
else await record(resolve(folder));

async function record(set: string): Promise<void> {
  const seeds = values.seeds.split(',').map(Number);
  const options = (['threads', 'epochs'] as const).flatMap((name) => {
    const value = values[name];
    return value === undefined ? [] : [`--${name}`, value];
  });
  await mkdir(values.work, { recursive: true });
  const at = (name: string) => join(values.work, name);

  const counts = await countCategories(set);
  const halves = halvesOf(counts);
  const { inTwoClasses } = JSON.parse(await residualSays(['data', set, '--json'])) as {
    inTwoClasses: { path: string }[][];
  };
  const alike = inTwoClasses.map((group) => group.map(({ path }) => path));
  const leftOut = leaks(halves, alike);
  await copyHalf(set, at('trunk-pictures'), halves.trunk, leftOut);
  await copyHalf(set, at('others'), halves.others);

  const trunk = at('trunk');
  const group = ['--group', GROUP];
  await train(trunk, [at('trunk-pictures'), ...group, ...NETWORK, '--balance', 'sampler', ...options]);

  const ofOthers = (seed: number) => [
    at('others'),
    ...group,
    ...['--shares', SHARES, '--split-seed', `${seed}`, '--seed', `${seed}`],
  ];
  const weights = await namedTrunk(trunk);
  const fromTrunk = ['--weights', weights];
  const ways: Side[] = [];
  const add = async (name: string, words: (seed: number) => readonly string[]) => {
    const key = name.replace(/\W+/g, '-');
    const outcomes = [];
    for (const seed of seeds) {
      const run = at(`${key}-${seed}`);
      await train(run, [...ofOthers(seed), ...words(seed), ...options]);
      outcomes.push(await outcomeOf(run, seed));
    }
    ways.push({ name, outcomes });
    return at(`${key}-${seeds[0]}`);
  };
  const frozen = await add('the head alone', () => [...fromTrunk, '--stages', 'frozen']);
  const full = await add('all layers', () => fromTrunk);
  await add('auto', () => [...fromTrunk, '--stages', 'auto']);
  const { epochs } = (await configOf(full)).training;
  await add('from nothing, as many epochs', () => [...NETWORK, '--epochs', `${epochs}`]);
  const nothing = await add("from nothing, the recipe's epochs", () => NETWORK);

  const bytes = await readFile(weights);
  const { training, environment } = await configOf(trunk);
  const trainings = { frozen, full, nothing };
  const facts: TransferFacts = {
    machine: `${cpus()[0]!.model}, Node ${process.versions.node}`,
    backend: environment.backend,
    halves,
    counts: Object.fromEntries(counts),
    leftOut,
    group: GROUP,
    shares: SHARES,
    trunk: {
      sha256: createHash('sha256').update(bytes).digest('hex'),
      bytes: bytes.length,
      ...(await outcomeOf(trunk, 0)),
      training,
    },
    trainings: Object.fromEntries(
      await Promise.all(
        Object.entries(trainings).map(async ([name, run]) => [name, (await configOf(run)).training]),
      ),
    ),
    ways,
    kept: await Promise.all(seeds.map((seed) => keptBy(at(`auto-${seed}`)))),
  };
  await mkdir(values.out, { recursive: true });
  await writeFile(join(values.out, 'record.json'), `${JSON.stringify(facts, null, 2)}\n`);
  const page = transferPage(facts);
  await writeFile(join(values.out, 'README.md'), page);
  console.log(page);
}

/** The trunk as a model file whose task says that it learnt from emoji, whatever the folder was called. */
async function namedTrunk(trunk: string): Promise<string> {
  const [file, taskFile] = ['resnet20-emoji.safetensors', 'trunk-task.json'].map((name) =>
    join(values.work, name),
  );
  if (existsSync(file!)) return file!;
  const { task } = JSON.parse(await readFile(join(trunk, 'config.json'), 'utf8'));
  await writeFile(taskFile!, JSON.stringify({ ...task, data: { ...task.data, name: 'emoji' } }));
  await residualSays(['convert', trunk, file!, '--task', taskFile!]);
  return file!;
}

async function configOf(
  run: string,
): Promise<{ training: { epochs: number }; environment: { backend: { name: string } } }> {
  return JSON.parse(await readFile(join(run, 'config.json'), 'utf8'));
}

/** Of a run in two stages: which of them its model is of. */
async function keptBy(run: string): Promise<string> {
  const lines = (await readFile(join(run, 'events.jsonl'), 'utf8')).trim().split('\n');
  const event = lines.map((line) => JSON.parse(line)).find(({ type }) => type === 'stages');
  return event.kept === 'full' ? 'all layers' : 'the head alone';
}
