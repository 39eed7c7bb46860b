import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import { eventsOf, folder, interruptAfter, TINY } from './tinyRun.js';

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
