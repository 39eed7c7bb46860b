import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, inject, test } from 'vitest';

const dist = join(import.meta.dirname, '..', 'dist');
const files = readdirSync(dist, { recursive: true, encoding: 'utf8' });

/** simd's kernels: WebAssembly as text, in four builds of which a page loads one. */
const KERNELS = /(plain|relaxed)(Shared|Unshared)-[^/]*\.js$/;

test('all JavaScript together is at most 300 kB compressed, with the larger build of the kernels', () => {
  const sizes = files
    .filter((file) => file.endsWith('.js'))
    .map((file) => ({ file, bytes: gzipSync(readFileSync(join(dist, file)), { level: 9 }).length }));
  const sum = (some: typeof sizes) => some.reduce((total, { bytes }) => total + bytes, 0);
  const kernels = sizes.filter(({ file }) => KERNELS.test(file));
  expect(kernels).toHaveLength(4);
  expect(sum(sizes) - sum(kernels)).toBeLessThanOrEqual(300_000);
});

test("the page's own thread brings no package that computes: those are the worker's", () => {
  const [script] = files.filter((file) => /^assets.index-[^/]*\.js$/.test(file));
  expect(gzipSync(readFileSync(join(dist, script!)), { level: 9 }).length).toBeLessThan(40_000);
});

test('the page forbids eval, inline styles and scripts, and everything from elsewhere', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8');
  const policy = /Content-Security-Policy"\s+content="([^"]*)"/.exec(html)![1]!;
  expect(policy).toContain("default-src 'self'");
  expect(policy).toContain("script-src 'self' 'wasm-unsafe-eval'");
  expect(policy.replaceAll("'wasm-unsafe-eval'", '')).not.toContain('unsafe-eval');
  expect(policy).not.toContain('unsafe-inline');
  expect(html).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
});

test('the licences of what is bundled come with it', () => {
  const text = readFileSync(join(dist, 'licenses.txt'), 'utf8');
  for (const name of ['@tensorflow/tfjs-core', 'comlink', 'preact', 'valibot']) {
    expect(text).toMatch(new RegExp(`^${name} \\d.* \\(.*(MIT|Apache-2\\.0)`, 'm'));
  }
  expect(text).toContain('Apache License');
});

/** Asks the server of the page, as a browser wouldn't: the request line as it is given. */
async function ask(path: string, host = 'localhost'): Promise<{ head: string; body: string }> {
  const { port } = new URL(inject('sites').isolated);
  const socket = connect(Number(port), 'localhost');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  const [head = '', body = ''] = (await socket.setEncoding('utf8').toArray()).join('').split('\r\n\r\n');
  return { head, body };
}

test('the server says of what is not there that it is not there', async () => {
  for (const path of ['/nothing', '/assets/nothing.js', '/runs/quick', '/train/'])
    expect((await ask(path)).head, path).toMatch(/^HTTP\/1\.1 404 /);
  expect(await ask('/index.html?a=1')).toMatchObject({ body: expect.stringContaining('<title>Residual') });
});

test('the server answers no page of another name, and with no file beside the page', async () => {
  expect(await ask('/')).toMatchObject({
    head: expect.stringMatching(/^HTTP\/1\.1 200 /),
    body: expect.stringContaining('<title>Residual'),
  });
  // Names of somebody else's that lead to this machine: what DNS rebinding does.
  for (const host of [
    ...[
      'elsewhere.example',
      'elsewhere.example:80',
      'localhost.elsewhere.example',
      'localhost@elsewhere.example',
    ],
    ...['127.0.0.1.elsewhere.example', 'elsewhere.example#localhost', ''],
  ])
    expect(await ask('/', host), host).toMatchObject({ head: expect.stringMatching(/^HTTP\/1\.1 403 /) });
  for (const path of [
    ...[
      '/../package.json',
      '/%2e%2e/package.json',
      '/..%2fpackage.json',
      '/..%5cpackage.json',
      '/..\\package.json',
    ],
    ...['/%252e%252e/package.json', '/%c0%ae%c0%ae/package.json', '/assets/..%2f..%2fpackage.json'],
    ...[
      '//etc/passwd',
      '///etc/passwd',
      '/@fs/etc/passwd',
      '/file:///etc/passwd',
      '/package.json%00.js',
      '/.git/config',
    ],
    ...['/%0d%0aInjected:%201', '/?a=%0d%0aInjected:%201', '/assets%0aInjected:%201/'],
  ]) {
    const { head, body } = await ask(path);
    expect(head.startsWith('HTTP/1.1 200 ') && !body.includes('<title>Residual'), path).toBe(false);
    expect(head, path).not.toMatch(/^Injected/im);
  }
});
