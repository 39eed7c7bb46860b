import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, extname, join, relative, resolve, sep } from 'node:path';
import { promisify } from 'node:util';
import { softwareVulkan } from '@residual/browser';
import { nodeProgram } from '@residual/nodes';
import { commit } from '../machine.ts';

const run = promisify(execFile);
const tooling = join(import.meta.dirname, '..', '..', '..');
const NODE = 24;

/** What the rows of a GPU and of many cores import; what these import comes along. */
const PACKAGES = [
  ...['@residual/backend-simd', '@residual/backend-webgpu', '@residual/blocks', '@residual/conformance'],
  ...['@residual/counting', '@residual/models', '@residual/nodes', '@residual/ops', '@residual/random'],
  ...['@residual/trainer', '@tensorflow/tfjs-backend-webgpu', '@tensorflow/tfjs-core', 'webgpu'],
];
/** Only types, or for what no row does. */
const UNUSED = /^@types\/|^@webgpu\/types$|^@residual\/(pictures|recipes|runs|pretrained)$/;
/** Of a package's folder, what a program doesn't read. */
const UNREAD = /\.(map|md|ts|min\.js|cts|mts)$|[\\/](node_modules|src|test|fesm|scripts)$/;

/**
 * Packs the benchmark, the built packages and what they need for a machine without network, on which only `bench.sh` is run: a Node,
 * Dawn's module, a Vulkan loader. On Linux x64, for Linux x64.
 *
 * @returns the bytes of the file
 */
export async function makeBundle(file: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'residual-bundle-'));
  const root = join(folder, 'residual-bench');
  try {
    await mkdir(join(root, 'lib'), { recursive: true });
    await copyPackages(root);
    await copyTool(root);
    await cp(await nodeProgram(NODE), join(root, 'node'));
    const vulkan = await softwareVulkan();
    const [libraries] = vulkan?.LD_LIBRARY_PATH?.split(':') ?? [];
    if (libraries !== undefined) {
      const loader = await realpath(join(libraries, 'libvulkan.so.1'));
      await cp(loader, join(root, 'lib', 'libvulkan.so.1'));
    }
    await run('tar', ['-cJf', resolve(file), '-C', folder, basename(root)], {
      env: { ...process.env, XZ_OPT: process.env.XZ_OPT ?? '-9e' },
    });
    return (await stat(file)).size;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The benchmark's own files, in the places that they find each other by. */
async function copyTool(root: string): Promise<void> {
  await cp(join(tooling, 'bench', 'src'), join(root, 'tooling', 'bench', 'src'), { recursive: true });
  await cp(join(tooling, 'bench', 'dist'), join(root, 'tooling', 'bench', 'dist'), { recursive: true });
  await cp(join(tooling, 'bench', 'package.json'), join(root, 'tooling', 'bench', 'package.json'));
  await cp(join(tooling, 'fixtures'), join(root, 'tooling', 'fixtures'), {
    recursive: true,
    filter: (path) => extname(path) === '.py' || !/\.\w+$|__pycache__|node_modules/.test(basename(path)),
  });
  await cp(join(import.meta.dirname, 'bench.sh'), join(root, 'bench.sh'));
  await chmod(join(root, 'bench.sh'), 0o755);
  await writeFile(join(root, 'commit'), commit() ?? '');
}

/** Packages and what they depend on, in one `node_modules`; those of `tooling`, which are TypeScript, outside of it. */
async function copyPackages(root: string): Promise<void> {
  const versions = new Map<string, string>();
  const copyOf = async (name: string, from: string, isOptional: boolean): Promise<void> => {
    if (UNUSED.test(name)) return;
    const place = await placeOf(name, from);
    if (place === undefined) {
      if (isOptional) return;
      throw new Error(`bench --bundle: ${name} is not installed, which ${from} needs.`);
    }
    const manifest = JSON.parse(await readFile(join(place, 'package.json'), 'utf8')) as Manifest;
    const known = versions.get(name);
    if (known === manifest.version) return;
    if (known !== undefined)
      throw new Error(
        `bench --bundle: expected one version of ${name}, received ${known}, ${manifest.version}.`,
      );
    versions.set(name, manifest.version);
    await copyPackage(name, place, root);
    const isTool = place.startsWith(tooling);
    const needed = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    for (const each of needed) {
      if (!manifest.peerDependenciesMeta?.[each]?.optional) await copyOf(each, place, isTool);
    }
    for (const each of Object.keys(manifest.optionalDependencies ?? {})) await copyOf(each, place, true);
  };
  for (const name of PACKAGES) await copyOf(name, join(tooling, 'bench'), false);
}

interface Manifest {
  version: string;
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
  optionalDependencies?: Record<string, string>;
}

/** The folder of the package that a file in `from` would import. */
async function placeOf(name: string, from: string): Promise<string | undefined> {
  const folders = createRequire(join(from, 'package.json')).resolve.paths(name) ?? [];
  const found = folders
    .map((folder) => join(folder, name))
    .find((place) => existsSync(join(place, 'package.json')));
  return found && (await realpath(found));
}

async function copyPackage(name: string, place: string, root: string): Promise<void> {
  const isTool = place.startsWith(tooling);
  const to = isTool ? join(root, 'tooling', basename(place)) : join(root, 'node_modules', name);
  await mkdir(dirname(to), { recursive: true });
  const platforms = /[\\/]dist[\\/](darwin|win32|linux)-\w+$/;
  const own = `${process.platform}-${process.arch}`;
  await cp(place, to, {
    recursive: true,
    filter(path) {
      const inside = `${sep}${relative(place, path)}`;
      if (isTool) return !/node_modules|[\\/](test|dist)$/.test(inside);
      return !UNREAD.test(inside) && (!platforms.test(inside) || inside.endsWith(own));
    },
  });
  if (!isTool) return;
  const link = join(root, 'node_modules', name);
  await mkdir(dirname(link), { recursive: true });
  await symlink(relative(dirname(link), to), link);
}
