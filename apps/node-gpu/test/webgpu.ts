import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { softwareVulkan } from '@residual/browser';
import { unavailable } from '@residual/testing';
import { describe, expect, it, type TestContext } from 'vitest';
import { type Outcome, residual } from './residual.js';
import { eventsOf, folder, smallNetwork } from './tinyRun.js';

const backend = createRequire(import.meta.url).resolve('@residual/backend-webgpu/package.json');
const limitedDevice = join(dirname(backend), 'test', 'limitedDevice.ts');
/** Bytes of storage buffers: from 2.2 to 3.3 MB a step of the small network has room for 2 pictures and none for 4. */
const MEMORY = 2.6e6;

/** What a process needs to find an adapter on the processor. */
async function adapter(context: TestContext): Promise<Record<string, string>> {
  const environment = await softwareVulkan();
  return (
    environment ??
    unavailable(context, 'webgpu', 'Chromium from npm, which brings SwiftShader, runs on Linux x64')
  );
}

function train(words: readonly string[], env: Record<string, string>, out: string): Promise<Outcome> {
  const all = ['train', '--backend', 'webgpu', '--recipe', 'quick', '--epochs', '1', '--json', ...words];
  const network = smallNetwork({ stem: 'cifarStem(16)', stages: [[1, 16], [1, 16]] }); // biome-ignore format: an architecture
  return residual([...all, ...network, '--out', out], { env });
}

describe('residual train --backend webgpu', () => {
  it('trains on what adapter there is; with half the batch where its memory is too small, when asked to', {
    timeout: 1_800_000, // ten seconds of a processor
  }, async (context) => {
    const out = join(folder.path, 'halved');
    const env = {
      ...(await adapter(context)),
      NODE_OPTIONS: `--import=${pathToFileURL(limitedDevice)}`,
      LIMITED_MEMORY: String(MEMORY),
    };
    const words = ['--limit', '4', '--batch-size', '4', '--halve-batch', '--checkpoint-every', '3600'];
    const { code, stdout, stderr } = await train(words, env, out);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const events = eventsOf(stdout);
    const types = events.map(({ type }) => type).filter((type) => type !== 'step');
    expect(types).toEqual(['run', 'start', 'run', 'warning', 'start', 'epoch', 'checkpoint', 'test', 'end']);
    expect(events[0]).toMatchObject({ backend: 'webgpu', device: expect.stringMatching(/\w/) });
    expect(events.find(({ type }) => type === 'start')).toMatchObject({ referenceOps: [] });
    expect(events.find(({ type }) => type === 'warning')).toMatchObject({
      message: expect.stringMatching(
        /^after step 1: expected memory for a batch of 4, received too little\. .* Began again with a batch of 2;/,
      ),
    });
    expect(events.at(-1)).toMatchObject({ reason: 'completed', step: 2 });
    expect(existsSync(join(out, 'model.safetensors'))).toBe(true);
    // What --resume would go on with.
    const { training, environment } = JSON.parse(readFileSync(join(out, 'config.json'), 'utf8'));
    expect(training.batchSize).toBe(2);
    expect(environment.backend).toMatchObject({
      name: 'webgpu',
      arithmetic: { device: environment.backend.device, activations: 'float32' },
    });
  });

  it('ends with the reason and the fix where there is no adapter, and makes no folder', async (context) => {
    const out = join(folder.path, 'none');
    const env = { ...(await adapter(context)), VK_ICD_FILENAMES: join(folder.path, 'no driver.json') };
    const outcome = await train([], env, out);
    expect(eventsOf(outcome.stdout)).toEqual([expect.objectContaining({ type: 'error', code: 'BACKEND' })]);
    expect(outcome).toMatchObject({
      code: 1,
      // After what the Vulkan loader says.
      stderr: expect.stringMatching(
        /^error: backend: expected a usable one, received none\. webgpu: Expected an adapter of WebGPU, received none\. Install the graphics driver .*\n$/m,
      ),
    });
    expect(existsSync(out)).toBe(false);
  });
});
