import { WriteStream } from 'node:tty';
import type { EpochEvent, StartEvent, StepEvent } from '@residual/trainer';
import { describe, expect, it } from 'vitest';
import { logDisplay } from './display.js';
import { LiveLine } from './liveLine.js';
import { type Status, statusLine, statusText } from './status.js';
import { Tracker } from './tracker.js';

const status: Status = {
  epoch: 3,
  epochs: 10,
  step: 117,
  stepsPerEpoch: 469,
  loss: 0.41234,
  accuracy: 0.8512,
  imagesPerSecond: 3214.4,
  secondsLeft: 252,
};
const words = 'epoch 3/10  step 117/469  loss 0.4123  acc 85.12 %  3,214 img/s  ETA 4m 12s';

describe('statusLine', () => {
  it('says everything, with a bar as long as the terminal allows', () => {
    expect(statusText(status)).toBe(words);
    expect(statusLine(status, 200)).toBe(
      words.replace('  step', `  ${'━'.repeat(7)}${'─'.repeat(23)}  step`), // a quarter of 30 is 7.5 less 0.01
    );
    for (let columns = words.length; columns < 150; columns++) {
      expect(statusLine(status, columns).length).toBeLessThanOrEqual(Math.max(words.length, columns - 1));
    }
    expect(statusLine(status, 80)).toBe(words);
  });
});

describe('Tracker', () => {
  const start: StartEvent = {
    type: 'start',
    backend: 'cpu',
    referenceOps: [],
    parameters: 1,
    maxEpochs: 2,
    stepsPerEpoch: 10,
    totalSteps: 20,
    trainExamples: 1000,
    validationExamples: 100,
  };
  const step = (batch: number, changes: Partial<StepEvent> = {}): StepEvent => ({
    type: 'step',
    step: batch,
    epoch: 1,
    batch,
    loss: 1,
    accuracy: 0.5,
    learningRate: 0.1,
    images: 200,
    seconds: 1,
    waitSeconds: 0,
    imagesPerSecond: 200,
    ...changes,
  });

  it('averages over the epoch, by images, and starts anew with the next', () => {
    const tracker = new Tracker(start);
    tracker.step(step(2));
    expect(tracker.step(step(5, { loss: 2, accuracy: 1, images: 600 }))).toMatchObject({
      loss: 1.75,
      accuracy: 0.875,
    });
    tracker.epoch({ type: 'epoch', validationSeconds: 3 } as EpochEvent);
    expect(tracker.step(step(2, { epoch: 2, step: 12 }))).toMatchObject({ epoch: 2, loss: 1, accuracy: 0.5 });
  });

  it('expects the rest of the steps at the present speed, and the rest of the validations', () => {
    const tracker = new Tracker(start);
    // 100 images a step, 200 a second.
    expect(tracker.step(step(2))).toMatchObject({ imagesPerSecond: 200, secondsLeft: 9 });
    tracker.epoch({ type: 'epoch', validationSeconds: 3 } as EpochEvent);
    expect(tracker.step(step(2, { epoch: 2, step: 12 })).secondsLeft).toBe(4 + 3);
  });
});

describe('logDisplay', () => {
  it('writes a status every ten seconds, and every lasting line', () => {
    let time = 0;
    const lines: string[] = [];
    const display = logDisplay(
      (line) => lines.push(line),
      () => time,
    );
    display.status(status);
    time = 9_999;
    display.status(status);
    display.line('epoch 1 done');
    time = 10_000;
    display.status(status);
    time = 15_000;
    display.status(status);
    expect(lines).toEqual(['epoch 1 done', words]);
  });
});

describe('LiveLine', () => {
  /** A terminal that only remembers what was written to it. */
  function terminal(columns: number): { stream: WriteStream; written: string[] } {
    const written: string[] = [];
    const stream: WriteStream = Object.create(WriteStream.prototype, {
      columns: { value: columns },
      write: { value: (text: string) => written.push(text) > 0 },
    });
    return { stream, written };
  }

  it('draws at most ten times a second, within the width, and leaves nothing behind', () => {
    let time = 0;
    const { stream, written } = terminal(6);
    const line = new LiveLine(stream, () => time);
    line.show('123456789');
    line.show('too soon');
    time = 100;
    line.show('again');
    line.print('stays');
    expect(written.join('')).toBe('\x1b[1G12345\x1b[0K\x1b[1Gagain\x1b[0K\x1b[1G\x1b[0Kstays\n');
  });
});
