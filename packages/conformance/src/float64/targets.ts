import type { Values } from '../values.js';

/** (1 - s) * one-hot + s / K, times each class's weight, divided by the mean weight of the labels. */
export function classTargets64(
  { labels, classWeights }: { labels: Values; classWeights?: Values },
  { classes, labelSmoothing }: { classes: number; labelSmoothing: number },
): Values {
  const batch = labels.shape[0]!;
  const weightOf = (k: number) => classWeights?.data[k] ?? 1;
  const mean = Array.from(labels.data).reduce((sum, label) => sum + weightOf(label), 0) / batch;
  const data = new Float64Array(batch * classes);
  for (let b = 0; b < batch; b++) {
    for (let k = 0; k < classes; k++) {
      const smooth = (k === labels.data[b] ? 1 - labelSmoothing : 0) + labelSmoothing / classes;
      data[b * classes + k] = (smooth * weightOf(k)) / mean;
    }
  }
  return { shape: [batch, classes], data };
}

/** The mean over rows of -sum of target * (1 - p)^focusing * log p. */
export function targetCrossEntropy64(
  { logits, targets }: { logits: Values; targets: Values },
  { focusing }: { focusing: number },
): Values {
  const [batch, classes] = logits.shape as [number, number];
  let loss = 0;
  for (let b = 0; b < batch; b++) {
    const row = Float64Array.from(logits.data.subarray(b * classes, (b + 1) * classes));
    const most = Math.max(...row);
    const logSum = most + Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
    row.forEach((logit, k) => {
      const target = targets.data[b * classes + k]!;
      const logProbability = logit - logSum;
      if (target !== 0)
        loss -= (target * (1 - Math.exp(logProbability)) ** focusing * logProbability) / batch;
    });
  }
  return { shape: [], data: Float64Array.of(loss) };
}
