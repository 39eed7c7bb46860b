#!/usr/bin/env node
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `error: Node.js: expected 20.19 or newer, received ${process.versions.node}. Install a newer one from nodejs.org.`,
  );
  process.exit(1);
}
await import('../dist/main.js');
