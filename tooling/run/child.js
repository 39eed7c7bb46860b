import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a program and resolves with its exit code, or 128 + n when signal n ended it, and with what it wrote where
 * `stdio` pipes it. This process outlives it: whoever is told to stop gets to finish before the prompt returns.
 */
export function runChild(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'inherit', ...options });
  // A Ctrl-C reaches every process of the terminal, the child too: passed on, it would count as a second one.
  const wait = () => {};
  const terminate = () => child.kill('SIGTERM');
  process.on('SIGINT', wait).on('SIGTERM', terminate);
  const output = [];
  child.stdout?.on('data', (chunk) => output.push(chunk));
  child.stderr?.on('data', (chunk) => output.push(chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      process.off('SIGINT', wait).off('SIGTERM', terminate);
      resolve({ code: code ?? 128 + constants.signals[signal], output: Buffer.concat(output).toString() });
    });
  });
}
