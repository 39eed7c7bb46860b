import * as tf from '@tensorflow/tfjs-core';

/** Sums over examples, in double precision. */
export interface MetricSums {
  /** The sum of the losses, in nats. */
  loss: number;
  correct: number;
  examples: number;
}

export const noMetrics = (): MetricSums => ({ loss: 0, correct: 0, examples: 0 });

export function addMetrics(a: MetricSums, b: MetricSums): MetricSums {
  return { loss: a.loss + b.loss, correct: a.correct + b.correct, examples: a.examples + b.examples };
}

export const meanLoss = ({ loss, examples }: MetricSums): number => loss / examples;
export const accuracyOf = ({ correct, examples }: MetricSums): number => correct / examples;

/** The metrics of one batch, still on the device. */
export interface DeviceMetrics {
  /** Scalar, the mean over the batch. */
  loss: tf.Scalar;
  /** Scalar, how many were right. */
  correct: tf.Scalar;
}

/**
 * Batches' metrics that wait on the device, to be read together.
 *
 * They are kept one by one and summed on the host in the order of the steps. So the sums do not depend on when they
 * were read, and a run that stopped for a checkpoint has the history of one that did not.
 */
export class PendingMetrics {
  #pending: (DeviceMetrics & { examples: number })[] = [];

  get count(): number {
    return this.#pending.length;
  }

  /** Takes over both tensors. */
  add(metrics: DeviceMetrics, examples: number): void {
    this.#pending.push({ ...metrics, examples });
  }

  /** Waits for the device (a synchronisation point) and returns the metrics of each batch, in order. */
  async read(): Promise<MetricSums[]> {
    const batches = this.#pending;
    if (batches.length === 0) return [];
    const scalars = batches.flatMap(({ loss, correct }) => [loss, correct]);
    const together = tf.stack(scalars); // [2 * batches]
    try {
      const values = await together.data<'float32'>();
      return batches.map(({ examples }, i) => ({
        loss: values[2 * i]! * examples,
        correct: values[2 * i + 1]!,
        examples,
      }));
    } finally {
      together.dispose();
      this.dispose();
    }
  }

  dispose(): void {
    tf.dispose(this.#pending.map(({ loss, correct }) => [loss, correct]));
    this.#pending = [];
  }
}
