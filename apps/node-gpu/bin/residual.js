#!/usr/bin/env node
import { homedir } from 'node:os';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `error: Node.js: expected 20.19 or newer, received ${process.versions.node}. Install a newer one from nodejs.org.`,
  );
  process.exit(1);
}
// Of a user whom the system doesn't know, as in a container (`docker run --user 1234`), nobody knows a home. Docker says this one.
try {
  homedir();
} catch {
  process.env.HOME = '/';
}
await import('../dist/main.js');
