import type { EpochEvent, StartEvent, StepEvent } from '@residual/trainer';
import type { Status } from './status.js';

/** How much the newest measurement counts for the speed shown: it settles within some ten measurements. */
const NEWEST = 0.2;

/** Follows a run's events and knows where it stands, how fast it is and when it will end. */
export class Tracker {
  #secondsPerStep: number | undefined;
  #validationSeconds = 0;
  #loss = 0;
  #correct = 0;
  #images = 0;

  constructor(private readonly start: StartEvent) {}

  get epochs(): number {
    return this.start.maxEpochs;
  }

  step(event: StepEvent): Status {
    const { stepsPerEpoch, totalSteps, maxEpochs, trainExamples } = this.start;
    const imagesPerStep = trainExamples / stepsPerEpoch;
    const secondsPerStep = imagesPerStep / event.imagesPerSecond;
    this.#secondsPerStep = mix(this.#secondsPerStep, secondsPerStep);
    this.#loss += event.loss * event.images;
    this.#correct += event.accuracy * event.images;
    this.#images += event.images;
    const epochsLeft = maxEpochs - event.epoch + 1;
    return {
      epoch: event.epoch,
      epochs: maxEpochs,
      step: event.batch,
      stepsPerEpoch,
      loss: this.#loss / this.#images,
      accuracy: this.#correct / this.#images,
      imagesPerSecond: imagesPerStep / this.#secondsPerStep,
      secondsLeft: (totalSteps - event.step) * this.#secondsPerStep + epochsLeft * this.#validationSeconds,
    };
  }

  epoch({ validationSeconds }: EpochEvent): void {
    this.#validationSeconds = validationSeconds;
    this.#loss = 0;
    this.#correct = 0;
    this.#images = 0;
  }
}

function mix(before: number | undefined, newest: number): number {
  return before === undefined ? newest : NEWEST * newest + (1 - NEWEST) * before;
}
