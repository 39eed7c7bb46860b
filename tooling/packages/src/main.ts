import { globSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { launchBrowser } from '@residual/browser';
import { NODE_MAJORS, nodeProgram } from '@residual/nodes';
import { assertManifest } from './manifest.ts';
import { packInto } from './packAll.ts';
import { builtSite, developmentSite, runInPage } from './page.ts';
import { assertOutput, installPrograms, type Program } from './programs.ts';
import { Report } from './report.ts';
import { run } from './shell.ts';
import { assertBillOfMaterials, assertLicenses } from './supplyChain.ts';
import { emptyFolder, type PackedPackage } from './workspace.ts';

// `pnpm run check:packages`: what would be published, used as its users would: packed, installed into a folder of its
// own by npm, run by each Node and in a page. A check that fails prints what it found; the others still run.
const report = new Report();
const folder = emptyFolder('packages');
try {
  const tarballs = join(folder, 'tarballs');
  const user = join(folder, 'user');
  mkdirSync(user);
  const packages = await packInto(tarballs);
  await checkSupplyChain();
  await checkTarballs(packages);
  const programs = installPrograms(user);
  if (
    await report.check('npm installs DIR/*.tgz of pnpm pack:all DIR in an empty folder', () =>
      install(user, tarballs),
    )
  ) {
    for (const { name } of packages) {
      await report.check(`${name}: manifest and files`, () =>
        assertManifest(join(user, 'node_modules', name)),
      );
    }
    await checkNodes(user, programs);
    await checkPages(user, programs);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(report.summary());
process.exitCode = report.failed === 0 ? 0 : 1;

/** As docs/reliability.md says, and the release. */
async function checkSupplyChain(): Promise<void> {
  const root = join(import.meta.dirname, '..', '..', '..');
  const pnpm = (words: string) => run('pnpm', words.split(' '), root);
  await report.check('a bill of materials that the schema of CycloneDX takes', async () => {
    const words = 'sbom --sbom-format cyclonedx --sbom-spec-version 1.6 --prod --lockfile-only';
    await assertBillOfMaterials(await pnpm(words));
  });
  await report.check('licences that are allowed', async () => {
    const words = 'licenses list --prod --json --filter ./packages/** --filter ./apps/**';
    assertLicenses(JSON.parse(await pnpm(words)));
  });
}

async function checkTarballs(packages: PackedPackage[]): Promise<void> {
  const here = join(import.meta.dirname, '..');
  for (const { name, tarball } of packages) {
    for (const [tool, ...options] of [
      ['publint', '--strict'],
      ['attw', '--profile', 'esm-only'],
    ]) {
      await report.check(`${name}: ${tool}`, async () => {
        await run('pnpm', ['exec', tool!, ...options, tarball], here);
      });
    }
  }
}

async function install(user: string, tarballs: string): Promise<void> {
  const tfjs = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'];
  const files = globSync('*.tgz', { cwd: tarballs }).map((file) => join(tarballs, file));
  await run('npm', ['install', '--loglevel=error', '--no-audit', '--no-fund', ...files, ...tfjs], user);
}

async function checkNodes(user: string, programs: Program[]): Promise<void> {
  for (const major of NODE_MAJORS) {
    const node = await nodeProgram(major);
    const version = (await run(node, ['--version'], user)).trim();
    for (const program of programs) {
      await report.check(`Node ${version}: ${program.name}`, async () => {
        assertOutput(program, await run(node, [`${program.name}.js`], user));
      });
    }
    await report.check(`Node ${version}: the command residual trains`, async () => {
      const bin = join('node_modules', '@residual', 'node-gpu', 'bin', 'residual.js');
      const words = ['train', '--recipe', 'quick', '--epochs', '1', '--limit', '16', '--json'];
      const events = await run(node, [bin, ...words, '--out', `run-${major}`], user);
      const last = events.trim().split('\n').at(-1) ?? '';
      if (!last.includes('"type":"end","reason":"completed"'))
        throw new Error(`expected to end, last said ${last}`);
    });
  }
}

async function checkPages(user: string, programs: Program[]): Promise<void> {
  const browser = await launchBrowser();
  if (browser === undefined) {
    const reason = 'no Chrome or Chromium: install one or set CHROME_PATH';
    const isRequired = process.env.REQUIRE_BACKENDS?.split(',').includes('browser');
    if (!isRequired) return report.skip('pages', reason);
    await report.check('pages', () => Promise.reject(new Error(reason)));
    return;
  }
  try {
    for (const [name, open] of [['vite dev', developmentSite] as const, ['vite build', builtSite] as const]) {
      const site = await open(user);
      for (const program of programs) {
        await report.check(`${name}, Chromium ${browser.version()}: ${program.name}`, async () => {
          assertOutput(program, await runInPage(browser, site, program.name));
        });
      }
      await site.close();
    }
  } finally {
    await browser.close();
  }
}
