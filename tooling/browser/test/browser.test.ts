import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { unavailable } from '@residual/testing';
import { expect, test } from 'vitest';
import { isolation, launchBrowser } from '../src/index.ts';

test('a browser opens, isolates a page, and has WebGPU', async (context) => {
  const browser = await launchBrowser();
  if (browser === undefined) return unavailable(context, 'browser', 'install Chrome or set CHROME_PATH');
  const server = createServer((_, response) => {
    for (const [name, value] of Object.entries(isolation)) response.setHeader(name, value);
    response.setHeader('Content-Type', 'text/html');
    response.end('<p>hello</p>');
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  try {
    const page = await browser.newPage();
    await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const facts = await page.evaluate(async () => {
      const gpu = (navigator as { gpu?: { requestAdapter(): Promise<unknown> } }).gpu;
      return { isolated: crossOriginIsolated, adapter: (await gpu?.requestAdapter()) != null };
    });
    expect(facts).toEqual({ isolated: true, adapter: true });
  } finally {
    await browser.close();
    server.close();
  }
});
