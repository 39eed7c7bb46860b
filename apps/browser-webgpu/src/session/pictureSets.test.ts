import { expect, test } from 'vitest';
import { flags } from '../../test/idxFiles.js';
import { PictureSets } from './pictureSets.js';

const files = Object.entries({ ...flags('train', 39), ...flags('t10k', 13) }).map(([name, bytes]) => ({
  name,
  bytes: new Uint8Array(bytes),
}));

test("the user's own files say what is in them, and teach it", async () => {
  const sets = new PictureSets();
  await expect(sets.get('own')).rejects.toThrow(/no pictures yet/);
  const kind = { height: 40, width: 24, channels: 3, classes: 13 };
  expect(sets.take([...files, { name: 'notes.txt', bytes: new Uint8Array() }])).toEqual({
    train: 39,
    test: 13,
    ...kind,
  });
  expect(sets.ownFiles).toHaveLength(4);
  const { task, train } = await sets.get('own');
  expect(task.picture).toEqual({ height: 40, width: 24, channels: 3 });
  expect(task.classNames).toBe(train.classNames);
});

test('a network is judged by pictures of its own classes and colours, and by no others', async () => {
  const sets = new PictureSets();
  sets.take(files);
  const { task } = await sets.get('own');
  const elsewhere = {
    ...task,
    data: { name: 'flags' },
    picture: { height: 80, width: 48, channels: 3 },
  } as const;
  expect(await sets.ofTask(elsewhere)).toBe(await sets.get('own'));
  const grey = { ...elsewhere, picture: { height: 40, width: 24, channels: 1 } } as const;
  await expect(sets.ofTask(grey)).rejects.toThrow(
    /other pictures.*grey, of 13 classes: 0, 1, .*12\. To judge/,
  );
  const many = { ...elsewhere, classNames: Array.from({ length: 100 }, (_, i) => `bird ${i}`) };
  await expect(sets.ofTask(many)).rejects.toThrow(
    /in colour, of 100 classes: bird 0, .*bird 11, …\. To judge/,
  );
});
