import { softwareVulkan } from '@residual/browser';
import { unavailable } from '@residual/testing';
import { expect, it } from 'vitest';
import { Peer } from '../src/peer.ts';
import type { Task } from '../src/protocol.ts';
import { residualProgram } from '../src/residualProgram.ts';

const task: Task = {
  kind: 'training',
  model: 'resnet20',
  inputShape: [1, 8, 8, 1],
  numClasses: 10,
  threads: 1,
};

it("tells of each kernel of a step how long the device took, by the device's own time", {
  timeout: 300_000,
}, async (context) => {
  const env = await softwareVulkan();
  if (env === undefined)
    return unavailable(context, 'webgpu', 'Chromium from npm, which brings SwiftShader, runs on Linux x64');
  const peer = await Peer.start({ ...residualProgram('webgpu', task), env });
  await peer.run(1);
  const profile = await peer.profile(1);
  await peer.stop();
  const kernels = Object.fromEntries(profile!.kernels.map((kernel) => [kernel.kernel, kernel]));
  expect(profile!.milliseconds).toBeGreaterThan(0);
  expect(kernels).toMatchObject({
    convolution: { calls: 22 }, // 21 and the last layer
    convolutionFilterGradient: { calls: 21 },
    convolutionInputGradient: { calls: 20 },
    sgdUpdate: { calls: 1 },
  });
  // Parameters, velocities and gradients at least.
  expect(kernels.sgdUpdate!.bytes).toBeGreaterThanOrEqual(3 * 4 * peer.facts.parameters!);
  expect(kernels.convolution!.milliseconds).toBeGreaterThan(0);
});
