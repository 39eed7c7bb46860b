import { spawn } from 'node:child_process';

/**
 * Runs a program and resolves with what it wrote to stdout. Throws with all that it wrote when it fails.
 * On Windows it goes through the shell, which finds `npm.cmd`.
 */
export function run(command: string, args: string[], cwd: string): Promise<string> {
  const shell = process.platform === 'win32';
  const child = spawn(command, args, { cwd, shell, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let stdout = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (code === 0) resolve(stdout);
      else reject(new Error(`${[command, ...args].join(' ')}: ${signal ?? `exit code ${code}`}\n${output}`));
    });
  });
}
