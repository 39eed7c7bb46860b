import type { RawPicture } from '@residual/data';
import { expect, test } from 'vitest';
import type { ClassifiedPicture, NetworkFacts } from '../session/session.js';
import { Guess } from './guess.js';

const picture = (level: number): RawPicture => ({ data: Uint8Array.of(level), width: 1, height: 1 });

const answer = (className: string): ClassifiedPicture => ({
  width: 28,
  height: 28,
  pixels: new Uint8Array(784),
  classes: [{ className, probability: 1 }],
});

/** A session whose answers come when `answers` are given. */
function slowSession() {
  const asked: { picture: RawPicture; reply: (className: string) => void; fail: (error: Error) => void }[] =
    [];
  const session = {
    classify: (picture: RawPicture) =>
      new Promise<ClassifiedPicture>((resolve, reject) => {
        asked.push({ picture, reply: (className) => resolve(answer(className)), fail: reject });
      }),
    model: async (): Promise<NetworkFacts> => ({
      name: 'resnet20',
      provenance: 'training',
      step: 1,
      data: 'lamps',
      isLightOnDark: false,
      classNames: ['dark', 'light'],
      parameters: 1,
      layers: [],
      paths: [],
    }),
    somePicture: async () => ({
      index: 3,
      label: 0,
      predicted: 0,
      probability: 1,
      width: 30,
      height: 20,
      pixels: Uint8Array.from({ length: 600 }, (_, i) => i),
    }),
  };
  return { session, asked };
}

test('of several pictures in a row the last is answered, and no answer to an older one is shown', async () => {
  const { session, asked } = slowSession();
  const guess = new Guess(session);
  for (const level of [1, 2, 3]) guess.give(picture(level));
  expect(asked.length).toBe(1);
  asked[0]!.reply('old');
  await expect.poll(() => asked.length).toBe(2);
  expect(guess.answer.value).toBeUndefined();
  expect(asked[1]!.picture).toEqual(picture(3));
  asked[1]!.reply('new');
  await expect.poll(() => guess.answer.value?.classes[0]?.className).toBe('new');
  expect(guess.asking.value).toBe(false);
});

test('a network that is another is met', async () => {
  const guess = new Guess(slowSession().session);
  expect(guess.network.value).toBeUndefined();
  guess.again();
  await expect.poll(() => guess.network.value?.data).toBe('lamps');
});

test('a forgotten picture gets no answer', async () => {
  const { session, asked } = slowSession();
  const guess = new Guess(session);
  guess.give(picture(1));
  guess.forget();
  asked[0]!.reply('late');
  await expect.poll(() => guess.asking.value).toBe(false);
  expect(guess.answer.value).toBeUndefined();
});

test('a problem is shown, survives another look at the same picture, and goes with the next one', async () => {
  const { session, asked } = slowSession();
  const guess = new Guess(session);
  guess.give(picture(1));
  asked[0]!.reply('boot');
  await guess.giveFrom(async () => {
    throw new Error('Not a picture.');
  });
  expect(guess.problem.value).toBe('Not a picture.');
  expect(guess.answer.value?.classes[0]?.className).toBe('boot');
  guess.again();
  expect(guess.problem.value).toBe('Not a picture.');
  guess.give(picture(2));
  expect(guess.problem.value).toBeUndefined();
  asked[1]!.fail(new Error('The device was lost.'));
  await expect.poll(() => guess.problem.value).toBe('The device was lost.');
});

test('a test picture comes as opaque grey', async () => {
  const { data, width, height } = await new Guess(slowSession().session).testPicture();
  expect([width, height, data.length]).toEqual([30, 20, 30 * 20 * 4]);
  expect([...data.slice(4 * 200, 4 * 201)]).toEqual([200, 200, 200, 255]);
});
