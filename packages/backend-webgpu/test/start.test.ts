import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { createBackend, installWebgpu, webgpu } from '../src/node.js';
import { selfCheck } from '../src/selfCheck/selfCheck.js';
import { describeWebgpu as describe } from './support.js';

describe('the adapter', () => {
  it('is described, and a fallback only taken by name', async () => {
    const probe = await webgpu.probe();
    expect(probe).toMatchObject({ usable: true });
    if (probe.usable && probe.device.includes('SwiftShader')) {
      expect(probe.onlyByName).toContain('processor');
      expect(probe.details?.memory).toBe('not reported by WebGPU');
    }
  });

  it('is chosen by a part of its name', async () => {
    await expect(installWebgpu({ gpu: 'no such card' })).rejects.toThrow(
      /expected a part of an adapter's name, received no such card. Choose one of: /,
    );
    expect(await webgpu.probe({ gpu: 'no such card' })).toMatchObject({
      usable: false,
      fix: expect.stringContaining('Choose one of'),
    });
  });
});

describe('the self-check', () => {
  it('passes on a device that computes right, and refuses one that gives zeros', async () => {
    await installWebgpu();
    const backend = await createBackend();
    await selfCheck(backend);
    const { dispatch } = backend;
    backend.dispatch = function (shader, run) {
      if (shader.name !== 'convolutionInputGradient') dispatch.call(this, shader, run as never);
    };
    await expect(selfCheck(backend)).rejects.toThrow(/computes wrong numbers: dx\[0\]/);
    backend.dispose();
  });
});

describe('a process', () => {
  it('ends by itself', async () => {
    const program = `
    const { createRequire } = await import('node:module');
    const require = createRequire(${JSON.stringify(import.meta.url)});
    const { create, globals } = await import(require.resolve('webgpu'));
    Object.assign(globalThis, globals);
    Object.defineProperty(navigator, 'gpu', { value: create([]), configurable: true });
    const device = await (await navigator.gpu.requestAdapter()).requestDevice();
    await device.queue.onSubmittedWorkDone();
    console.log('done');
  `;
    const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program], {
      timeout: 100_000,
    });
    expect(stdout).toBe('done\n');
  });
});
