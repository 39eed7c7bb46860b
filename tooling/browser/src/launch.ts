import { type Browser, chromium } from 'playwright-core';
import { findBrowser } from './find.ts';

/** WebGPU on the CPU (SwiftShader), the same on every machine. */
const WEBGPU = ['--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader'];

/** Starts a headless browser with WebGPU, or returns undefined where there is none (see `findBrowser`). */
export async function launchBrowser(): Promise<Browser | undefined> {
  const program = await findBrowser();
  if (program === undefined) return undefined;
  // process.env has no undefined values: its type only says so of names that are not set.
  const env = { ...(process.env as Record<string, string>), ...program.env };
  return chromium.launch({ executablePath: program.executablePath, args: WEBGPU, env });
}
