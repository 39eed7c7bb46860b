/**
 * `npx pnpm@12 bench`: training throughput of this project's backends and of the peers that are installed, measured in
 * turn (A B C, A B C, ...) on the same cores, so that a noisy machine is noisy for all of them.
 */
import { existsSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Peer } from './peer.ts';
import { median, quantile } from './statistics.ts';

const HELP = `Usage: npx pnpm@12 bench [options]

Training throughput in images a second, with the peers that are installed measured in turn.

  --model NAME       d2l-resnet18 (96x96x1) or resnet20 (28x28x1); default: both
  --batch-size N     default 128
  --threads N        default: all cores
  --rounds N         measurements of each program; default 5
  --steps N          steps a measurement; default: 2 for d2l-resnet18, 10 for resnet20
  --only NAME        only the programs whose name contains NAME
  --python PATH      an interpreter with torch: adds PyTorch, in both memory layouts
  --json             one line of JSON, and nothing else, on stdout
  --help             this text`;

const { values } = parseArgs({
  options: {
    model: { type: 'string' },
    'batch-size': { type: 'string', default: '128' },
    threads: { type: 'string', default: String(availableParallelism()) },
    rounds: { type: 'string', default: '5' },
    steps: { type: 'string' },
    only: { type: 'string', default: '' },
    python: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const STEPS: Record<string, number> = { 'd2l-resnet18': 2, resnet20: 10 };
const modelNames = values.model === undefined ? Object.keys(STEPS) : [values.model];
for (const name of modelNames) {
  if (!(name in STEPS)) fail(`--model: expected one of ${Object.keys(STEPS).join(', ')}, received ${name}.`);
}
const [batchSize, threads, rounds] = (['batch-size', 'threads', 'rounds'] as const).map((name) => {
  const number = Number(values[name]);
  if (!Number.isInteger(number) || number < 1)
    fail(`--${name}: expected a positive integer, received ${values[name]}.`);
  return number;
}) as [number, number, number];

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const folder = dirname(import.meta.filename);
const say = (line: string) => values.json || console.log(line);
const absent: { name: string; reason: string }[] = [];

/** tcmalloc keeps freed memory, which PyTorch gains from: the fairest PyTorch is its best one. */
const TCMALLOC = '/usr/lib/x86_64-linux-gnu/libtcmalloc_minimal.so.4';

async function startPeers(model: string): Promise<Peer[]> {
  const common = ['--model', model, '--batch-size', String(batchSize), '--threads', String(threads)];
  const ours = (backend: string) => [join(folder, 'peer_residual.ts'), ...common, '--backend', backend];
  const candidates: Parameters<typeof Peer.start>[] = [['simd', process.execPath, ours('simd')]];
  if (values.python === undefined) {
    absent.push({ name: 'PyTorch', reason: 'no --python PATH of an interpreter with torch was given' });
  } else {
    const torch = [join(folder, 'peer_pytorch.py'), ...common];
    const environments: [string, NodeJS.ProcessEnv][] = [['', {}]];
    if (existsSync(TCMALLOC)) environments.push([' + tcmalloc', { LD_PRELOAD: TCMALLOC }]);
    for (const [suffix, env] of environments) {
      candidates.push([`PyTorch contiguous${suffix}`, values.python, torch, env]);
      candidates.push([`PyTorch channels_last${suffix}`, values.python, [...torch, '--channels-last'], env]);
    }
  }
  const peers: Peer[] = [];
  for (const candidate of candidates) {
    if (!candidate[0].toLowerCase().includes(values.only.toLowerCase())) continue;
    try {
      peers.push(await Peer.start(...candidate));
    } catch (error) {
      absent.push({ name: candidate[0], reason: (error as Error).message });
    }
  }
  return peers;
}

const results: {
  model: string;
  name: string;
  description: string;
  imagesPerSecond: number[];
  median: number;
}[] = [];
for (const model of modelNames) {
  const steps = Number(values.steps ?? STEPS[model]);
  const peers = await startPeers(model);
  const speeds = new Map<Peer, number[]>(peers.map((peer) => [peer, []]));
  for (const peer of peers) await peer.run(2); // compile, allocate, warm the caches
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) speeds.get(peer)!.push((steps * batchSize) / (await peer.run(steps)));
  }
  say(`\n${model}, batch ${batchSize}, ${threads} threads, ${rounds} rounds of ${steps} steps: images/s`);
  const torch = Math.max(
    ...peers.filter(({ name }) => name.startsWith('PyTorch')).map((peer) => median(speeds.get(peer)!)),
  );
  for (const peer of peers) {
    const imagesPerSecond = speeds.get(peer)!;
    const middle = median(imagesPerSecond);
    results.push({ model, name: peer.name, description: peer.description, imagesPerSecond, median: middle });
    const spread = `${quantile(imagesPerSecond, 0.1).toFixed(1)} to ${quantile(imagesPerSecond, 0.9).toFixed(1)}`;
    const ratio = Number.isFinite(torch) ? `${(middle / torch).toFixed(2)} x the best PyTorch` : '';
    say(`  ${peer.name.padEnd(36)} ${middle.toFixed(1).padStart(8)}   ${spread.padEnd(18)} ${ratio}`);
    peer.stop();
  }
}
for (const { name, reason } of absent) say(`  ${name}: not measured, ${reason}`);
const machine = { cpu: cpus()[0]?.model, threads, node: process.version, loadAverage: loadavg()[0] };
if (values.json) console.log(JSON.stringify({ machine, batchSize, results, absent }));
else
  say(
    `\n${machine.cpu}, ${threads} threads, Node ${machine.node}, load average ${machine.loadAverage?.toFixed(2)}`,
  );
