/** What a run told of one moment, as logs show it: numbers by name, at a step. */
export interface LogPoint {
  /** Seconds since 1970. */
  time: number;
  /** Steps taken. */
  step: number;
  /** By their names in logs, such as `train/loss`. */
  scalars: Readonly<Record<string, number>>;
  /** A picture beside them: its name in logs, and a PNG file of the run. */
  picture?: { name: string; file: string };
}

/** A mean over the examples since the last one. */
interface StepFigures {
  type: 'step';
  step: number;
  loss: number;
  accuracy: number;
  learningRate: number;
  imagesPerSecond: number;
}

/** What an epoch came to: a line of `historyCsv`, and what an `epoch` event of `@residual/trainer` holds. */
export interface EpochFigures {
  /** From 1. */
  epoch: number;
  step: number;
  trainLoss: number;
  trainAccuracy: number;
  validationLoss?: number;
  validationAccuracy?: number;
  learningRate: number;
}

/** What the model came to on the test part; all null where there is none. */
interface TestFigures {
  type: 'test';
  loss: number | null;
  accuracy: number | null;
  balancedAccuracy: number | null;
}

/** A file that shows what the model takes for something else. */
interface MistakesPicture {
  type: 'mistakes';
  /** The part that it was asked of. */
  part: string;
  file: string;
}

/** What a run tells: the events of `@residual/trainer`, and of the command. Those that no log shows need a type only. */
export type LogEvent =
  | StepFigures
  | (EpochFigures & { type: 'epoch' })
  | TestFigures
  | MistakesPicture
  | { type: 'run' | 'start' | 'checkpoint' | 'warning' | 'stages' | 'end' | 'error' };

/**
 * Makes points for logs of a run's events, in their order.
 *
 * A run that was killed goes through the steps since its last checkpoint again, and tells of them again: what was told before
 * makes no second point. So the points of a run are a function of its whole record, and a log continues at the number of points
 * that it has.
 *
 * @example
 * const points = new LogPoints();
 * for await (const event of train(options)) {
 *   const point = points.take(event, Date.now() / 1000);
 *   if (point) appendFileSync(file, encodePoint(point));
 * }
 */
export class LogPoints {
  #step = 0;
  #epoch = 0;
  /** Of the latest point. */
  #reached = 0;
  /** When the test part and mistakes were told of last, by the step. */
  readonly #toldAt = new Map<string, number>();

  /**
   * The point of an event; undefined where logs show nothing of it, or have it already.
   *
   * @param time when it happened, in seconds since 1970
   */
  take(event: LogEvent, time: number): LogPoint | undefined {
    switch (event.type) {
      case 'step': {
        if (event.step <= this.#step) return undefined;
        this.#step = this.#reached = event.step;
        const { step, loss, accuracy, learningRate, imagesPerSecond } = event;
        return point(time, step, {
          'train/loss': loss,
          'train/accuracy': accuracy,
          learningRate,
          imagesPerSecond,
        });
      }
      case 'epoch': {
        if (event.epoch <= this.#epoch) return undefined;
        this.#epoch = event.epoch;
        this.#reached = Math.max(this.#reached, event.step);
        return epochPoint(event, time);
      }
      case 'test':
        if (event.accuracy === null || this.#isKnown('test')) return undefined;
        return point(time, this.#reached, {
          'test/loss': event.loss,
          'test/accuracy': event.accuracy,
          'test/balancedAccuracy': event.balancedAccuracy,
        });
      case 'mistakes': {
        if (this.#isKnown('mistakes')) return undefined;
        const { part, file } = event;
        return { ...point(time, this.#reached, {}), picture: { name: `${part}/mistakes`, file } };
      }
      default:
        return undefined;
    }
  }

  #isKnown(what: string): boolean {
    const isKnown = this.#toldAt.get(what) === this.#reached;
    this.#toldAt.set(what, this.#reached);
    return isKnown;
  }
}

/** The point of an epoch, at its last step: for who has a history and no events. */
export function epochPoint(figures: EpochFigures, time: number): LogPoint {
  const { epoch, step, trainLoss, trainAccuracy, validationLoss, validationAccuracy } = figures;
  return point(time, step, {
    epoch,
    'train/epochLoss': trainLoss,
    'train/epochAccuracy': trainAccuracy,
    'validation/loss': validationLoss,
    'validation/accuracy': validationAccuracy,
  });
}

/** Leaves out what there isn't, and what JSON made null of as it was not finite. */
function point(time: number, step: number, figures: Record<string, number | null | undefined>): LogPoint {
  const isNumber = (entry: [string, unknown]): entry is [string, number] => Number.isFinite(entry[1]);
  return { time, step, scalars: Object.fromEntries(Object.entries(figures).filter(isNumber)) };
}
