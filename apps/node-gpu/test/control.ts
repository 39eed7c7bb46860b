import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import { eventsOf, folder, interruptAfter, resultOf, TINY, whole } from './tinyRun.js';

const shoe = fileURLToPath(new URL('../../../tooling/docs/fixtures/shoe.png', import.meta.url));
const place = join(folder.path, 'control');
const settingsOf = (run: string) => JSON.parse(readFileSync(join(run, 'config.json'), 'utf8'));

/** {@link TINY} without its number of epochs. */
const UNPLANNED = TINY.filter((word, i) => word !== '--epochs' && TINY[i - 1] !== '--epochs');

describe('train --minutes', () => {
  it('plans as many epochs as fit, tells them, and keeps them', async () => {
    const out = join(place, 'planned');
    const words = [...UNPLANNED, '--minutes', '1', '--out', out];
    const { stdout } = await interruptAfter(words, { type: 'epoch', count: 1 }, ({ child }) =>
      child.kill('SIGTERM'),
    );
    const [run, start] = eventsOf(stdout);
    const { epochs } = settingsOf(out).training;
    expect(epochs).toBeGreaterThan(2); // an epoch takes a tenth of a second or so
    expect(run).toMatchObject({ type: 'run', plan: { minutes: 1, epochs } });
    expect(start).toMatchObject({ type: 'start', maxEpochs: epochs });
    expect(run).toHaveProperty('plan.seconds', expect.any(Number));
    const again = await residual(['train', '--resume', out, '--minutes', '2']);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('--minutes: expected none') });
  });

  it.each([
    [
      ['--minutes', '0.0001'],
      /--minutes: expected \S+ or more, which one epoch takes: .* received 0\.0001\./,
    ],
    [['--minutes', '0'], /--minutes: expected a number above 0, received 0\./],
    [['--minutes', '1', '--epochs', '2'], /--epochs: expected none beside --minutes 1, .* received 2\./],
  ])('refuses %j', async (given, message) => {
    const { code, stderr } = await residual(['train', ...UNPLANNED, ...given, '--out', join(place, 'none')]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(message) });
  });
});

describe('train --swa', () => {
  it('ends with the mean of the last weights, and tells what it came to', async () => {
    const out = join(place, 'averaged');
    const { code, stdout } = await residual(['train', ...TINY, '--swa', '1', '--out', out]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^The model is the mean of the weights after the last 2 epochs: validation accuracy .*; loss /m,
    );
    expect(resultOf(out).history).toEqual(resultOf(whole).history);
    expect(resultOf(out).model).not.toEqual(resultOf(whole).model);
    const end = eventsOf(readFileSync(join(out, 'events.jsonl'), 'utf8')).at(-1);
    expect(end).toMatchObject({ type: 'end', swa: { epochs: 2, validationLoss: expect.any(Number) } });
    expect(settingsOf(out).training.swa).toBe(1);
  });
});

describe('--tta mirror', () => {
  it('is told beside the plain figures of evaluate, and is a judgement of its own', async () => {
    const out = join(place, 'mirrored');
    cpSync(whole, out, { recursive: true });
    const judgements = () => readFileSync(join(out, 'judgements.jsonl'), 'utf8').trimEnd().split('\n');
    const before = judgements().length; // as often as other tests judged it
    const evaluate = (...words: string[]) =>
      residual(['evaluate', '--run', out, '--limit', '96', '--threads', '1', ...words]);
    const { tta, judgement, ...plain } = JSON.parse((await evaluate('--tta', 'mirror', '--json')).stdout);
    const { tta: none, judgement: next, ...without } = JSON.parse((await evaluate('--json')).stdout);
    expect(none).toBeUndefined();
    expect(plain).toEqual(without);
    expect(tta).toMatchObject({ name: 'mirror', interval: [expect.any(Number), expect.any(Number)] });
    expect(tta.loss).not.toBe(plain.loss);
    expect(Math.abs(tta.loss - plain.loss)).toBeLessThan(1);
    expect([judgement, next]).toEqual([before + 2, before + 3]);
    const added = judgements().slice(before);
    expect(added.map((line) => JSON.parse(line).tta)).toEqual([undefined, 'mirror', undefined]);
    const { stdout, stderr } = await evaluate('--tta', 'mirror');
    expect({ stderr, stdout }).toEqual({
      stderr: '',
      stdout: expect.stringMatching(/^--tta mirror: accuracy .* %, loss /m),
    });
  });

  it('answers predict otherwise', async () => {
    const answers = async (...words: string[]) => {
      const { code, stdout } = await residual(['predict', shoe, '--run', whole, '--json', ...words]);
      expect(code).toBe(0);
      return JSON.parse(stdout).classes;
    };
    expect(await answers('--tta', 'mirror')).not.toEqual(await answers());
  });
});

describe('verify', () => {
  it('finds a run the same, and names what is not', async () => {
    expect(await residual(['verify', whole])).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(
        /^epoch 2 +the same, to the bit\nmodel +the same, to the byte\n\nEqual: 2 epochs and the model /m,
      ),
    });
    const out = join(place, 'changed');
    cpSync(whole, out, { recursive: true });
    const history = JSON.parse(readFileSync(join(out, 'history.json'), 'utf8'));
    const { trainLoss } = history[0];
    history[0].trainLoss = 0.5;
    writeFileSync(join(out, 'history.json'), JSON.stringify(history));
    // As older runs are recorded, by an engine that computes convolutions otherwise.
    const config = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'));
    const { backend } = config.environment;
    const { multiplyAdd, convolutions } = backend.arithmetic;
    Object.assign(backend.details, { multiplyAdd, convolutions: 'otherwise' });
    delete backend.arithmetic;
    writeFileSync(join(out, 'config.json'), JSON.stringify(config));
    const { code, stdout, stderr } = await residual(['verify', out, '--json']);
    expect(code).toBe(1);
    expect(stderr).toContain(`epoch 1, trainLoss: expected 0.5, received ${trainLoss}.`);
    expect(stderr).toContain(
      `on backend simd with convolutions "otherwise"; here it is "${convolutions}", which rounds differently`,
    );
    expect(stderr).not.toContain('with multiplyAdd');
    expect(eventsOf(stdout).map(({ type }) => type)).toEqual(['start', 'verification', 'error']);
  });
});

describe('verify between two checkpoints, and diff', () => {
  const kept = join(place, 'kept');

  beforeAll(async () => {
    const words = [...TINY, '--keep-every', '1', '--out', kept];
    expect(await residual(['train', ...words])).toMatchObject({ code: 0, stderr: '' });
  });

  const filesOf = (run: string) => readdirSync(join(run, 'checkpoint')).sort();

  it('computes the steps between them again, writes nothing, and knows the state by its hash', async () => {
    const before = filesOf(kept);
    expect(before).toEqual(
      expect.arrayContaining(['checkpoint-000000006.safetensors', 'checkpoint-000000012.safetensors']),
    );
    const { code, stdout, stderr } = await residual([
      'verify',
      kept,
      '--from',
      '6',
      '--to',
      '12',
      '--threads',
      '2',
    ]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^steps 7 to 12 {2}the same, to the bit: [0-9a-f]{64}\n\nEqual: /m);
    const last = eventsOf((await residual(['verify', kept, '--to', '12', '--json'])).stdout).at(-1);
    expect(last).toMatchObject({ type: 'end', to: 12, sha256: /[0-9a-f]{64}/.exec(stdout)![0] });
    expect(filesOf(kept)).toEqual(before);
  });

  it('keeps checkpoints also where the run goes on without saying so', async () => {
    const out = join(place, 'keptOn');
    cpSync(kept, out, { recursive: true });
    expect(await residual(['train', '--resume', out, '--epochs', '3'])).toMatchObject({ code: 0 });
    expect(filesOf(out)).toEqual(
      expect.arrayContaining(filesOf(kept).filter((name) => /0(06|12)\./.test(name))),
    );
  });

  it.each([
    ['--from', '5'],
    ['--to', '6'],
  ])('refuses %s %s, of which there is none', async (...words) => {
    const { code, stderr } = await residual(['verify', kept, ...words]);
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: expect.stringMatching(/, received those after 6, .*12\. .*--keep-every/),
    });
  });

  it('names a line of the record that was changed, and a checkpoint that is not its own', async () => {
    const out = join(place, 'forged');
    cpSync(kept, out, { recursive: true });
    const events = join(out, 'events.jsonl');
    const lines = readFileSync(events, 'utf8').split('\n');
    const at = lines.findIndex((line) => line.includes('"type":"checkpoint"'));
    writeFileSync(events, lines.toSpliced(at, 1).join('\n'));
    expect((await residual(['verify', out, '--to', '12'])).stderr).toMatch(
      /events\.jsonl, the checkpoint after step \d+: expected a hash that follows from those before it/,
    );
    writeFileSync(events, lines.join('\n'));
    const file = (step: string) => join(out, 'checkpoint', `checkpoint-0000000${step}.safetensors`);
    cpSync(file('12'), file('06'));
    expect((await residual(['verify', out, '--from', '6', '--to', '12'])).stderr).toMatch(
      /checkpoint-000000006\.safetensors: expected the state that events\.jsonl has, /,
    );
  });

  it('finds two runs the same, and where they part', async () => {
    const same = await residual(['diff', whole, kept]);
    expect(same).toMatchObject({
      code: 0,
      stderr: '',
      stdout: expect.stringMatching(/\nmodel {5}the same, to the byte\n\nThe same/),
    });
    const out = join(place, 'other');
    const words = [...TINY, '--keep-every', '1', '--learning-rate', '0.21', '--out', out];
    expect(await residual(['train', ...words])).toMatchObject({ code: 0 });
    const { code, stdout } = await residual(['diff', kept, out]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^settings {2}training\.optimizer\.learningRate: 0\.2, 0\.21\nstates {4}.*others after step \d+\n/,
    );
    expect(stdout).toMatch(/^tensor {4}after step 6, model\.\S+\[0\]: /m);
    expect(stdout).toMatch(/^epoch {5}1: trainLoss /m);
    expect(stdout).toMatch(/^operation in step 1, the update of \S+\[0\]: \S+, \S+; \d+ of \d+ differ$/m);
    const json = JSON.parse((await residual(['diff', kept, out, '--no-compute', '--json'])).stdout);
    expect(json).toMatchObject({ type: 'diff', isSame: false, tensor: { step: 6 }, model: false });
    expect(json.operation).toBe(null);
  });

  it('says where another machine must tell', async () => {
    const out = join(place, 'elsewhere');
    const words = [...TINY, '--bits', 'portable', '--out', out];
    expect(await residual(['train', ...words])).toMatchObject({ code: 0 });
    const parted = JSON.parse((await residual(['diff', whole, out, '--json'])).stdout);
    expect(parted.operation).toMatchObject({ from: 0, step: 1, operation: 'output', layer: 'stem.conv' });
    const settings = settingsOf(out);
    settings.environment.backend.options = { threads: 1 };
    writeFileSync(join(out, 'config.json'), JSON.stringify(settings));
    const { code, stdout } = await residual(['diff', whole, out]);
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^operation not found, .*both come to the same bits, those of \S+whole: what computed \S+elsewhere rounds otherwise/m,
    );
  });
});

describe('find-rate', () => {
  const range = [...UNPLANNED, '--steps', '14', '--from', '1e-4', '--to', '1'].filter(
    (word, i, words) => word !== '--checkpoint-every' && words[i - 1] !== '--checkpoint-every',
  );

  beforeAll(() => mkdirSync(place, { recursive: true }));

  it('prints the losses, draws them, and suggests a rate', async () => {
    const file = join(place, 'rates.png');
    const { code, stdout, stderr } = await residual(['find-rate', ...range, '--plot', file]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^learning rate {4}loss {2}smoothed\n {7}0\.0001 {2}\d\.\d{4} {4}\d\.\d{4}$/m);
    expect(stdout).toMatch(/^The loss is lowest at /m);
    expect(await sharp(file).metadata()).toMatchObject({ format: 'png', width: 1400 });
  });

  it('prints JSON: a rate a line, and what they come to', async () => {
    const words = ['find-rate', ...range, '--plot', join(place, 'again.png'), '--json'];
    const lines = (await residual(words)).stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(15);
    expect(lines[0]).toMatchObject({ type: 'rate', learningRate: 1e-4 });
    expect(lines[14]).toMatchObject({ type: 'rateRange', steps: 14, hasDiverged: false });
  });

  it('refuses a range that does not rise', async () => {
    const outcome = await residual(['find-rate', ...range, '--from', '2']);
    expect(outcome.code).not.toBe(0);
    expect(outcome.stderr).toContain('from, to and steps: expected rates that rise in two steps or more');
  });
});

describe('train --resume with changes', () => {
  const historyOf = (run: string) => JSON.parse(readFileSync(join(run, 'history.json'), 'utf8'));
  const goOn = (out: string, ...words: string[]) => residual(['train', '--resume', out, ...words]);

  it('gives a run that is over more epochs at another rate: said, recorded, and its model set aside', async () => {
    const out = join(place, 'longer');
    cpSync(whole, out, { recursive: true });
    const words = ['--epochs', '3', '--learning-rate', '0.05', '--schedule', 'constant'];
    const { code, stdout, stderr } = await goOn(out, ...words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(
      /^changed {2}epochs 2, now 3\n {9}learning rate 0\.2, now 0\.05\n {9}schedule oneCycle /m,
    );
    const { training, environment } = settingsOf(out);
    expect(training).toMatchObject({
      epochs: 3,
      schedule: { name: 'constant' },
      optimizer: { learningRate: 0.05 },
    });
    expect(environment.changes).toEqual([
      { step: 12, what: 'epochs', from: 2, to: 3 },
      { step: 12, what: 'learning rate', from: 0.2, to: 0.05 },
      {
        step: 12,
        what: 'schedule',
        from: { name: 'oneCycle', warmup: 0.1 },
        to: { name: 'constant', warmup: 0 },
      },
    ]);
    expect(historyOf(out).slice(0, 2)).toEqual(historyOf(whole));
    expect(historyOf(out)[2]).toMatchObject({ epoch: 3, step: 18, learningRate: 0.05 });
    expect(readFileSync(join(out, 'model-epoch-2.safetensors'))).toEqual(resultOf(whole).model);
    expect(resultOf(out).model).not.toEqual(resultOf(whole).model);
    expect((await goOn(out, ...words)).stdout).toContain('is complete');
  });

  it('goes on with another rate after the loss was not finite, computed otherwise', async () => {
    const out = join(place, 'diverged');
    const words = ['--learning-rate', '1e30', '--checkpoint-every', '60', '--out', out];
    const first = await residual(['train', ...TINY, ...words]);
    expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining('Lower the learning rate') });
    expect(existsSync(join(out, 'model.safetensors'))).toBe(false);
    const events = eventsOf(readFileSync(join(out, 'events.jsonl'), 'utf8'));
    expect(events.at(-1)).toMatchObject({ type: 'error', code: 'NON_FINITE' });
    const { code, stdout } = await goOn(
      out,
      '--learning-rate',
      '0.01',
      '--convolution',
      'direct',
      '--epochs',
      '1',
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^changed {2}epochs 2, now 1$/m);
    expect(
      settingsOf(out).environment.changes.map(({ what, to }: { what: string; to: unknown }) => [what, to]),
    ).toEqual([
      ['epochs', 1],
      ['learning rate', 0.01],
      ['convolution', 'direct'],
    ]);
  });

  it.each([
    [['--batch-size', '32'], /--batch-size: expected 16, .* What may change: --epochs, --learning-rate, /],
    [['--epochs', '1'], /--epochs: expected more than 2, which the run has gone through, received 1\./],
  ])('refuses %j', async (given, message) => {
    expect(await goOn(whole, ...given)).toMatchObject({ code: 2, stderr: expect.stringMatching(message) });
  });
});
