import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { residual } from './residual.js';
import { eventsOf, folder, whole } from './tinyRun.js';

describe('residual compare', () => {
  it('only reads runs that are there: judges each, compares them pairwise, draws both', async () => {
    const [copy, out] = [join(folder.path, 'copy'), join(folder.path, 'compared')];
    cpSync(whole, copy, { recursive: true });
    const before = readdirSync(whole);
    const words = ['compare', whole, copy, '--out', out, '--backend', 'simd', '--threads', '1'];
    const { code, stdout, stderr } = await residual(words);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { validationAccuracy } = JSON.parse(readFileSync(join(whole, 'history.json'), 'utf8')).at(-1);
    const share = `${(100 * validationAccuracy).toFixed(2)} %`;
    expect(stdout).toMatch(
      new RegExp(`^whole +272,186 +31,021,952 +2 +[\\d.]+ +${share} .*\\ncopy +272,186 +31,021,952 +2 `, 'm'),
    );
    expect(stdout).toMatch(/^whole {2}copy +0 +0\.00 % +-[\d.]+ to [\d.]+ % +0 +0 +1\.0000$/m);
    expect(readdirSync(whole)).toEqual(before);
    expect(readdirSync(out).sort()).toEqual([
      ...['comparison.json', 'comparison.png', 'comparison.svg', 'result.json'],
    ]);
    expect(await sharp(join(out, 'comparison.png')).metadata()).toMatchObject({ format: 'png', width: 2200 });
    const { runs } = JSON.parse(readFileSync(join(out, 'comparison.json'), 'utf8'));
    for (const { folder: path } of runs) expect(existsSync(join(out, path, 'config.json'))).toBe(true);
  });

  it('ends --json with what is wrong', async () => {
    const { code, stdout } = await residual(['compare', 'quick', 'shallow', '--json']);
    expect({ code, events: eventsOf(stdout) }).toEqual({
      code: 2,
      events: [expect.objectContaining({ type: 'error', code: 'USAGE', received: 'shallow' })],
    });
  });
});
