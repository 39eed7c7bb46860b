import { spawn } from 'node:child_process';
import type { Attempt } from '../findings.js';

const SECONDS = 60;

/** Says as JSON what came of loading the addon whose path is the last argument. */
const PROGRAM = `
let found;
try {
  const addon = require(process.argv.at(-1));
  process.report.excludeNetwork = true;
  const libraries = process.report.getReport().sharedObjects.filter((path) => /tensorflow[^/\\\\]*$/.test(path));
  found = { isLoaded: true, version: addon.TF_Version, usesGpu: addon.isUsingGpuDevice(), libraries };
} catch (error) {
  found = { isLoaded: false, error: String(error.message) };
}
process.stdout.write(JSON.stringify(found));
`;

/** Loads an addon in a process of its own: it may end it (an instruction that the processor lacks), and stays loaded. */
export function attemptToLoad(addon: string): Promise<Attempt> {
  const child = spawn(process.execPath, ['--input-type=commonjs', '-e', PROGRAM, addon], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 1000 * SECONDS,
    // All of what TensorFlow has to say: why it uses no GPU is among it.
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '0', NODE_OPTIONS: '' },
  });
  let output = '';
  let log = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
  return new Promise((resolve) => {
    child.on('error', ({ message }) => resolve({ isLoaded: false, error: message }));
    child.on('close', (code, signal) => {
      try {
        const found = JSON.parse(output);
        resolve(found.isLoaded ? { ...found, log } : found);
      } catch {
        const error = log.trim() || `exit code ${code}`;
        resolve({ isLoaded: false, error, ...(signal !== null && { signal }) });
      }
    });
  });
}
