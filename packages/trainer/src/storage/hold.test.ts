import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { HOLD_FILE, holdFolder } from './hold.node.js';

/** While it is slow, each call of the file system ends some time later than it did its work, and in another order. */
const disk = vi.hoisted(() => ({ isSlow: false }));
vi.mock('node:fs/promises', async (original) => {
  const real = await original<Record<string, (...given: unknown[]) => Promise<unknown>>>();
  const later =
    (name: string) =>
    async (...given: unknown[]) => {
      const pause = () => disk.isSlow && new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
      await pause();
      return real[name]!(...given).finally(pause);
    };
  const names = ['copyFile', 'link', 'readFile', 'rename', 'unlink', 'writeFile'];
  return { ...real, ...Object.fromEntries(names.map((name) => [name, later(name)])) };
});

let place: string;
let folder: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'residual-hold-'));
  folder = join(place, 'run');
});
afterEach(() => rmSync(place, { recursive: true }));

const nothing = async () => 'done';

/** Makes it look as if another process held the folder. */
async function heldBy(other: object): Promise<void> {
  await holdFolder(folder, async () => {
    const own = JSON.parse(readFileSync(join(folder, HOLD_FILE), 'utf8'));
    writeFileSync(join(folder, HOLD_FILE), JSON.stringify({ ...own, ...other }));
  });
}

it('lets one at a time work in a folder, and leaves nothing behind', async () => {
  await holdFolder(folder, async () => {
    await expect(holdFolder(folder, nothing)).rejects.toMatchObject({
      code: 'IN_USE',
      message: `${folder}: expected a folder that no other process is using, received one that process ${process.pid} is using. Wait for it or stop it, or choose another folder.`,
    });
  });
  await expect(holdFolder(folder, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await holdFolder(folder, nothing)).toBe('done');
  expect(readdirSync(folder)).toEqual([]);
});

it('is freed by SIGKILL', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  await once(child, 'spawn');
  const path = `/proc/${child.pid}/stat`;
  const stat = existsSync(path) ? readFileSync(path, 'latin1') : undefined;
  const began = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  await heldBy({ pid: child.pid, began });
  await expect(holdFolder(folder, nothing)).rejects.toThrow(
    `received one that process ${child.pid} is using`,
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await holdFolder(folder, nothing)).toBe('done');
});

it('is not held by a process that began later under the same number, by a copy, or by half a file', async () => {
  if (process.platform === 'linux') {
    await heldBy({ pid: process.ppid, began: '1' });
    expect(await holdFolder(folder, nothing)).toBe('done');
  }
  await holdFolder(folder, async () => {
    const copy = join(place, 'copy');
    cpSync(folder, copy, { recursive: true });
    expect(await holdFolder(copy, nothing)).toBe('done');
  });
  writeFileSync(join(folder, HOLD_FILE), '{"host":"h');
  expect(await holdFolder(folder, nothing)).toBe('done');
});

it('of another machine stays until its file is removed', async () => {
  await heldBy({ host: 'elsewhere', pid: 7 });
  await expect(holdFolder(folder, nothing)).rejects.toThrow(
    `received one that process 7 of elsewhere was using. If that one has ended, remove ${join(folder, HOLD_FILE)}.`,
  );
});

it('says what is wrong where the folder cannot be made', async () => {
  writeFileSync(folder, '');
  await expect(holdFolder(folder, nothing)).rejects.toMatchObject({ code: 'STORAGE' });
});

it('says so while it works where the folder is moved, or becomes the one of another', async () => {
  const moved = join(place, 'moved');
  await holdFolder(folder, async (requireHeld) => {
    await requireHeld();
    renameSync(folder, moved);
    const refusal = { code: 'STORAGE', where: folder, received: expect.stringContaining('moved or removed') };
    await expect(requireHeld()).rejects.toMatchObject(refusal);
    await holdFolder(folder, () => expect(requireHeld()).rejects.toMatchObject(refusal));
  });
});

/** Lets `many` come at once, and tells how many were inside at the same time, at most, and who was refused. */
async function rush(many: number): Promise<{ most: number; entered: number; refusals: unknown[] }> {
  let [inside, most, entered] = [0, 0, 0];
  const outcomes = await Promise.allSettled(
    Array.from({ length: many }, () =>
      holdFolder(folder, async () => {
        entered++;
        most = Math.max(most, ++inside);
        await new Promise((resolve) => setTimeout(resolve, 2));
        inside--;
      }),
    ),
  );
  return {
    most,
    entered,
    refusals: outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])),
  };
}

it('of many that come at once to a hold that nobody has any more, one at a time gets it, however slow the disk', async () => {
  for (let round = 0; round < 12; round++) {
    await heldBy({ pid: 2 ** 22 + 1 });
    disk.isSlow = true;
    const { most, entered, refusals } = await rush(8);
    disk.isSlow = false;
    expect(most).toBe(1);
    expect(entered).toBeGreaterThan(0);
    for (const refusal of refusals) expect(refusal).toMatchObject({ code: 'IN_USE' });
    expect(readdirSync(folder)).toEqual([]);
  }
});

it('is taken by the next one also where a process was killed as it took another away', async () => {
  await heldBy({ pid: 2 ** 22 + 1 });
  const left = readFileSync(join(folder, HOLD_FILE), 'utf8');
  const id = createHash('sha256').update(left).digest('hex').slice(0, 12);
  writeFileSync(join(folder, `${HOLD_FILE}-${id}`), left.replace('"id":"', '"id":"0'));
  expect(await holdFolder(folder, nothing)).toBe('done');
  expect(readdirSync(folder)).toEqual([]);
});
