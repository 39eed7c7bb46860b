import { nodeRun } from './nodeRun.ts';
for (const [limit, batchSize, epochs] of [[8, 4, 4], [8, 8, 5], [4, 4, 6]] as const)
  for (const learningRate of [0.02, 0.05, 0.1, 0.2]) {
    const h = await nodeRun({ limit, batchSize, epochs, learningRate, seed: 0 }, 1);
    console.log(limit, batchSize, epochs, learningRate, h.map((e) => e.trainLoss.toFixed(3)).join(' '));
  }
process.exit(0);
