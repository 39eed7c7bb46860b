import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { unpackChromium } from './unpack.ts';

export interface BrowserProgram {
  executablePath: string;
  /** What the program needs in its environment, on top of this process's own. */
  env: Record<string, string>;
}

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const ELSEWHERE: Partial<Record<NodeJS.Platform, string[]>> = {
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].map((name) =>
    join(process.env[name] ?? '', 'Google', 'Chrome', 'Application', 'chrome.exe'),
  ),
};

/**
 * A Chromium or Chrome to test in: `CHROME_PATH`, the system's, else on Linux x64 the one from npm, which needs no
 * installation. Undefined where there is none: install Chrome, or set `CHROME_PATH`.
 */
export async function findBrowser(): Promise<BrowserProgram | undefined> {
  const chosen = process.env.CHROME_PATH;
  if (chosen !== undefined) {
    if (!isExecutable(chosen)) throw new Error(`CHROME_PATH: expected a program, received ${chosen}`);
    return { executablePath: chosen, env: {} };
  }
  const folders = process.env.PATH?.split(delimiter) ?? [];
  const candidates = [
    ...NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...(ELSEWHERE[process.platform] ?? []),
  ];
  const installed = candidates.find(isExecutable);
  if (installed !== undefined) return { executablePath: installed, env: {} };
  return runsNpmChromium() ? npmChromium() : undefined;
}

async function npmChromium(): Promise<BrowserProgram> {
  const folder = await unpackChromium();
  const libraries = [join(folder, 'lib'), process.env.LD_LIBRARY_PATH].filter((path) => path !== undefined);
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: libraries.join(delimiter), FONTCONFIG_PATH: folder },
  };
}

/** Linux x64 with glibc: musl's dynamic linker cannot start it. */
export function runsNpmChromium(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64') return false;
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime !== undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
