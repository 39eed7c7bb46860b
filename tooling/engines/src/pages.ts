import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { launchBrowser, serveScript } from '@residual/browser';
import type { Outcome } from '../programs/work.ts';
import type { Engine } from './engine.ts';

interface OpenPage {
  /** Rejects when the browser ends by itself. */
  ended: Promise<never>;
  close(): Promise<void>;
}

const page = join(import.meta.dirname, '..', 'programs', 'page.ts');
const fixtures = join(import.meta.dirname, '..', '..', '..', 'packages', 'conformance', 'fixtures');

/** Milliseconds: none has needed a tenth of it. */
const LIMIT = 180_000;

/** Chromium from npm, or the system's; undefined where there is none. */
export async function chromium(): Promise<Engine | undefined> {
  const browser = await launchBrowser();
  if (browser === undefined) return undefined;
  const version = browser.version();
  await browser.close();
  return inPages(`Chromium ${version}`, async (url) => {
    const opened = (await launchBrowser())!;
    const ended = new Promise<never>((_, reject) =>
      opened.once('disconnected', () => reject(new Error('Chromium has ended'))),
    );
    await (await opened.newPage()).goto(url);
    return { ended, close: () => opened.close() };
  });
}

/** The system's Firefox, such as Debian's `firefox-esr`. @throws where there is none */
export async function firefox(): Promise<Engine> {
  const { program, version } = await firstOf(['firefox', 'firefox-esr']);
  return inPages(version.replace('Mozilla ', ''), async (url) => {
    const profile = await mkdtemp(join(tmpdir(), 'residual-firefox-'));
    await writeFile(join(profile, 'user.js'), FIREFOX_PREFERENCES);
    const browser = spawn(program, ['--headless', '--no-remote', '--profile', profile, url]);
    return processPage(browser, () => rm(profile, { recursive: true, force: true, maxRetries: 10 }));
  });
}

/** No page of welcome, and nothing asked of the network. */
const FIREFOX_PREFERENCES = [
  'browser.aboutwelcome.enabled',
  'browser.shell.checkDefaultBrowser',
  'datareporting.policy.dataSubmissionEnabled',
  'app.normandy.enabled',
  'network.captive-portal-service.enabled',
  'network.connectivity-service.enabled',
]
  .map((name) => `user_pref('${name}', false);\n`)
  .join('');

/** The small browser of WebKitGTK (Debian's `libwebkit2gtk-4.1-0`), on a screen of its own (`xvfb`). @throws where either is missing */
export async function webkit(): Promise<Engine> {
  const programs = globSync('/usr/lib/*/webkit2gtk-4.*/MiniBrowser');
  const first = await openScreen();
  const { program, version } = await firstOf(programs, first.env).finally(first.close);
  return inPages(version, async (url) => {
    const { env, close } = await openScreen();
    return processPage(spawn(program, [url], { env }), close);
  });
}

/** A screen that nobody sees, of a number that is free. @throws without Xvfb */
async function openScreen(): Promise<{ env: NodeJS.ProcessEnv; close: () => Promise<void> }> {
  const screen = spawn('Xvfb', ['-displayfd', '1', '-nolisten', 'tcp']);
  const number = await new Promise((resolve, reject) => {
    screen.stdout.once('data', (written) => resolve(String(written).trim()));
    screen.once('error', reject);
    screen.once('exit', (code) => reject(new Error(`Xvfb has ended with ${code}`)));
  });
  const env = { ...process.env, DISPLAY: `:${number}`, GDK_BACKEND: 'x11' };
  return { env, close: async () => void screen.kill() };
}

async function firstOf(programs: string[], env = process.env) {
  for (const program of programs) {
    const said = await promisify(execFile)(program, ['--version'], { env }).catch(() => undefined);
    if (said !== undefined) return { program, version: said.stdout.trim() };
  }
  throw new Error(`there is none here${programs.length > 0 ? ` that starts: ${programs.join(', ')}` : ''}`);
}

function processPage(browser: ChildProcess, after: () => Promise<void>): OpenPage {
  let output = '';
  for (const stream of [browser.stdout!, browser.stderr!])
    stream.on('data', (written) => {
      output = `${output}${written}`.slice(-2000);
    });
  const exited = new Promise<void>((resolve) => {
    browser.once('exit', () => resolve());
    browser.once('error', () => resolve());
  });
  return {
    ended: exited.then(() => {
      throw new Error(`the browser has ended: ${output}`);
    }),
    async close() {
      browser.kill();
      const timer = setTimeout(() => browser.kill('SIGKILL'), 10_000); // where it asks first whether it may
      await exited;
      clearTimeout(timer);
      await after();
    },
  };
}

/** A browser for each job, without a driver: its page asks the server for the job, and does it on one thread, as workers would need a file of their own. */
function inPages(name: string, open: (url: string) => Promise<OpenPage>): Engine {
  return {
    name,
    async work(job) {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      const timer = setTimeout(() => reject(new Error(`no outcome after ${LIMIT / 1000} s`)), LIMIT);
      const answers = {
        job: ({ headers }: IncomingMessage, response: NodeJS.WritableStream) => {
          const conformance = job.conformance && `http://${headers.host}/fixtures/`;
          response.end(JSON.stringify({ ...job, conformance, threads: 1 }));
        },
        outcome: async (request: IncomingMessage, response: NodeJS.WritableStream) => {
          const outcome = (await json(request)) as Outcome & { error?: string };
          response.end();
          if (outcome.error === undefined) resolve(outcome);
          else reject(new Error(outcome.error));
        },
      };
      const server = await serveScript(page, { fixtures }, answers);
      let opened: OpenPage | undefined;
      try {
        opened = await open(server.url);
        opened.ended.catch(reject);
        return await promise;
      } finally {
        clearTimeout(timer);
        await opened?.close();
        server.close();
      }
    },
  };
}
